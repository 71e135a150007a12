// A table of the operators that need more than a copy of their attributes.
#include "core/formats/onnx/operators.h"

#include "core/formats/onnx/detection.h"
#include "core/formats/onnx/operator_rows.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

// In the parts, and their order, that ONNX Runtime takes for one.
void write_gelu_by_erf(ModelBuilder& model, const std::string& name, const std::string& x, const std::string& y) {
    const auto step = [&](const char* op, const char* what, const Names& inputs) {
        const std::string result = model.unique(name + what);
        model.add_node(name + what, op, inputs, {result});
        return result;
    };
    const std::string scaled = step("Div", "/scaled", {x, model.scalar(name + "/root", 1.41421356F)});
    const std::string gate = step("Add", "/gate", {step("Erf", "/erf", {scaled}), model.scalar(name + "/one", 1)});
    model.add_node(name + "/gelu", "Mul", {step("Mul", "/gated", {x, gate}), model.scalar(name + "/half", 0.5F)}, {y});
}

// Operators that are newer than opset 13, in parts.
void write_gelu(Job& job) {
    ModelBuilder& m = job.model;
    const std::string& x = job.inputs[0];
    if (attribute_or(job.node, "approximate", std::string("none")) != "tanh") return write_gelu_by_erf(m, job.node.name, x, job.outputs[0]);
    const auto step = [&](const char* op, const char* what, const Names& inputs) { return job.step(op, what, inputs); };
    const std::string cube = step("Mul", "cube", {step("Mul", "square", {x, x}), x});
    const std::string sum = step("Add", "sum", {x, step("Mul", "bent", {cube, m.scalar(job.part("third"), 0.044715F)})});
    const std::string gate = step("Tanh", "tanh", {step("Mul", "scaled", {sum, m.scalar(job.part("slope"), 0.79788456F)})});
    const std::string open = step("Add", "gate", {gate, m.scalar(job.part("one"), 1)});
    m.add_node(job.node.name, "Mul", {step("Mul", "half", {x, m.scalar(job.part("factor"), 0.5F)}), open}, job.outputs);
}

void write_mish(Job& job) {
    const std::string softplus = job.between("softplus"), tanh = job.between("tanh");
    job.model.add_node(job.part("softplus"), "Softplus", job.inputs, {softplus});
    job.model.add_node(job.part("tanh"), "Tanh", {softplus}, {tanh});
    job.model.add_node(job.node.name, "Mul", {job.inputs[0], tanh}, job.outputs);
}

void write_swish(Job& job) {
    const std::string scaled = job.between("scaled"), gate = job.between("gate");
    const std::string alpha = job.model.scalar(job.part("alpha"), attribute_or(job.node, "alpha", 1.0F));
    job.model.add_node(job.part("scale"), "Mul", {job.inputs[0], alpha}, {scaled});
    job.model.add_node(job.part("sigmoid"), "Sigmoid", {scaled}, {gate});
    job.model.add_node(job.node.name, "Mul", {job.inputs[0], gate}, job.outputs);
}

// The value is our input 1; ONNX has it as an attribute of tensor type, which graphs have not.
void write_constant_of_shape(Job& job) {
    const std::string value = job.has_input(1) ? job.inputs[1] : job.model.scalar(job.part("value"), 0);
    job.inputs = {value, job.inputs[0]};
    job.write("Expand");
}

void write_top_k(Job& job) {
    const auto k = job.attributes.find("k");  // before opset 10
    if (k != job.attributes.end()) {
        job.set_input(1, job.model.integers(job.part("k"), {std::get<std::int64_t>(k->second)}));
        job.attributes.erase(k);
    }
    job.write("TopK");
}

void write_by_parts(Job& job, ActivationKind kind) {
    write_activation(job.model, job.node.name, {kind, 0, 0}, job.inputs[0], job.outputs[0]);
}

void write_silu(Job& job) {
    write_by_parts(job, ActivationKind::silu);
}

void write_hard_swish(Job& job) {
    write_by_parts(job, ActivationKind::hard_swish);
}

void write_scale_shift(Job& job) {
    Shape shape(job.input_shape(0).size(), 1);
    shape[1] = job.input_shape(0)[1];
    Names factors;
    for (const std::size_t i : {1U, 2U}) {
        const Tensor& constant = job.graph[job.node.inputs[i]];
        factors.push_back(job.model.unique(constant.name + "/spread"));
        job.model.add_constant(factors.back(), OCTAVO_F32, shape, constant.data);
    }
    const std::string scaled = job.between("scaled");
    job.model.add_node(job.part("scale"), "Mul", {job.inputs[0], factors[0]}, {scaled});
    job.model.add_node(job.part("shift"), "Add", {scaled, factors[1]}, job.outputs);
}

// Of more dimensions than two ONNX multiplies by MatMul alone.
void write_gemm(Job& job) {
    if (!is_mat_mul(job.graph, job.node)) return job.write("Gemm");
    const std::string product = job.has_input(2) ? job.between("product") : job.outputs[0];
    job.model.add_node(job.node.name, "MatMul", {job.inputs[0], job.inputs[1]}, {product});
    if (job.has_input(2)) job.model.add_node(job.part("bias"), "Add", {product, job.inputs[2]}, job.outputs);
}

void write_clip(Job& job) {
    job.attribute_to_input("min", 1);
    job.attribute_to_input("max", 2);
    job.write("Clip");
}

void write_dropout(Job& job) {
    job.inputs.resize(1);
    job.attributes.clear();
    job.write("Dropout");
}

// Before opset 13 a softmax runs over all dimensions from `axis` on, as if they were one.
void write_softmax(Job& job) {
    const auto rank = static_cast<std::int64_t>(job.input_shape(0).size());
    const bool flattens = attribute_or(job.node, "opset", std::int64_t{13}) < 13;
    std::int64_t axis = attribute_or(job.node, "axis", std::int64_t{flattens ? 1 : -1});
    if (axis < 0) axis += rank;
    if (!flattens || axis == rank - 1) {
        job.attributes["axis"] = axis;
        job.write(job.node.op);
        return;
    }
    const std::string flat = job.between("flat");
    const std::string result = job.between("result");
    Shape shape = job.input_shape(0);
    if (!shape.empty()) shape[0] = -1;
    job.model.add_node(job.part("flatten"), "Flatten", {job.inputs[0]}, {flat}, {{"axis", axis}});
    job.model.add_node(job.node.name, job.node.op, {flat}, {result}, {{"axis", std::int64_t{1}}});
    job.model.add_node(job.part("reshape"), "Reshape", {result, job.model.integers(job.part("shape"), shape)}, job.outputs);
}

void write_batch_normalization(Job& job) {
    job.drop({"training_mode", "spatial", "momentum", "is_test"});
    job.write("BatchNormalization");
}

// float16 and float64 are float32 in graphs.
void write_cast(Job& job) {
    job.drop({"saturate", "round_mode"});
    job.attributes["to"] = onnx_type(job.graph[job.node.outputs[0]].type);
    job.write("Cast");
}

void write_space_to_depth(Job& job) {
    job.drop({"mode"});  // of DepthToSpace alone
    job.write("SpaceToDepth");
}

void write_detections(Job& job) {
    write_detection_output(job.model, job.graph, job.node, job.inputs, job.outputs);
}

struct SpecialRow {
    std::string_view op;
    WriteRow* write;
};

constexpr SpecialRow kSpecial[] = {
    {"AveragePool", write_average_pool},
    {"BatchNormalization", write_batch_normalization},
    {"Cast", write_cast},
    {"Clip", write_clip},
    {"ConstantOfShape", write_constant_of_shape},
    {"Conv", write_window},
    {"ConvTranspose", write_window},
    {"DetectionOutput", write_detections},
    {"Dropout", write_dropout},
    {"Gelu", write_gelu},
    {"Gemm", write_gemm},
    {"GridSample", write_grid_sample},
    {"GroupNormalization", write_group_normalization},
    {"HardSwish", write_hard_swish},
    {"Hardmax", write_softmax},
    {"LayerNormalization", write_layer_normalization},
    {"LogSoftmax", write_softmax},
    {"LpPool", write_lp_pool},
    {"MaxPool", write_window},
    {"Mish", write_mish},
    {"Mod", write_mod},
    {"Pad", write_pad},
    {"ReduceL1", write_reduction},
    {"ReduceL2", write_reduction},
    {"ReduceLogSum", write_reduction},
    {"ReduceLogSumExp", write_reduction},
    {"ReduceMax", write_reduction},
    {"ReduceMean", write_reduction},
    {"ReduceMin", write_reduction},
    {"ReduceProd", write_reduction},
    {"ReduceSum", write_reduction},
    {"ReduceSumSquare", write_reduction},
    {"Reshape", write_reshape},
    {"Resize", write_resize},
    {"ScaleShift", write_scale_shift},
    {"ScatterElements", write_scatter},
    {"ScatterND", write_scatter},
    {"Shape", write_shape},
    {"Silu", write_silu},
    {"Slice", write_slice},
    {"Softmax", write_softmax},
    {"SpaceToDepth", write_space_to_depth},
    {"Split", write_split},
    {"Squeeze", write_axes_as_input},
    {"Swish", write_swish},
    {"TopK", write_top_k},
    {"Trilu", write_trilu},
    {"Unsqueeze", write_axes_as_input},
    {"Upsample", write_resize},
};

// Attributes that are ours, not ONNX's.
constexpr std::string_view kOwnAttributes[] = {"activation", "activation_alpha", "activation_beta", "inner", "opset"};

}  // namespace

bool is_mat_mul(const Graph& graph, const Node& node) {
    return node.op == "MatMul" || (node.op == "Gemm" && graph[node.inputs[0]].shape.size() > 2);
}

void write_operator(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs) {
    Job job{model, graph, node, inputs, outputs, node.attributes};
    for (const std::string_view name : kOwnAttributes) job.attributes.erase(std::string(name));
    const SpecialRow* row = std::find_if(std::begin(kSpecial), std::end(kSpecial), [&](const SpecialRow& r) { return r.op == node.op; });
    if (row != std::end(kSpecial)) return row->write(job);
    job.write(node.op);
}

void write_activation(ModelBuilder& model, const std::string& name, const Activation& activation, const std::string& x,
                      const std::string& y) {
    const auto gated = [&](const char* op, const char* gate, const Attributes& attributes) {
        const std::string factor = model.unique(name + "/" + gate);
        model.add_node(name + "/" + gate, op, {x}, {factor}, attributes);
        model.add_node(name + "/product", "Mul", {x, factor}, {y});
    };
    switch (activation.kind) {
        case ActivationKind::none:
            return;
        case ActivationKind::relu:
            return model.add_node(name + "/relu", "Relu", {x}, {y});
        case ActivationKind::clip: {
            const std::string least = model.scalar(name + "/clip/min", activation.alpha);
            return model.add_node(name + "/clip", "Clip", {x, least, model.scalar(name + "/clip/max", activation.beta)}, {y});
        }
        case ActivationKind::leaky_relu:
            return model.add_node(name + "/leaky_relu", "LeakyRelu", {x}, {y}, {{"alpha", activation.alpha}});
        case ActivationKind::hard_sigmoid:
            return model.add_node(name + "/hard_sigmoid", "HardSigmoid", {x}, {y},
                                  {{"alpha", activation.alpha}, {"beta", activation.beta}});
        case ActivationKind::hard_swish:
            return gated("HardSigmoid", "hard_sigmoid", {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}});
        case ActivationKind::sigmoid:
            return model.add_node(name + "/sigmoid", "Sigmoid", {x}, {y});
        case ActivationKind::silu:
            return gated("Sigmoid", "sigmoid", {});
        case ActivationKind::gelu:
            return write_gelu_by_erf(model, name, x, y);
    }
}

bool spreads_constants(const Node& node) {
    return node.op == "ScaleShift" || node.op == "DetectionOutput";
}

std::vector<bool> free_outputs(const Graph& graph) {
    const auto is_free = [&](TensorId id) { return graph[id].free_batch; };
    if (std::none_of(graph.inputs.begin(), graph.inputs.end(), is_free)) return std::vector<bool>(graph.outputs.size(), false);
    const TensorId first = *std::find_if(graph.inputs.begin(), graph.inputs.end(), is_free);
    const Result<Graph> larger = with_batch(graph, graph[first].shape[0] + 1);
    std::vector<bool> free;
    for (const TensorId id : graph.outputs) {
        const Shape& shape = graph[id].shape;
        free.push_back(!shape.empty() && (!larger || (*larger)[id].shape != shape));
    }
    return free;
}

}  // namespace octavo::onnx
