// A table of the operators that need more than a copy of their attributes.
#include "core/formats/onnx/operators.h"

#include "core/formats/onnx/detection.h"
#include "core/formats/onnx/newer_operators.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

// What a special writer has to hand. `attributes` are those of ONNX alone.
struct Job {
    ModelBuilder& model;
    const Graph& graph;
    const Node& node;
    Names inputs;
    const Names& outputs;
    Attributes attributes;

    void write(std::string_view op) { model.add_node(node.name, op, inputs, outputs, attributes); }
    std::string between(const char* what) const { return model.unique(node.name + "/" + what); }
    std::string part(const char* what) const { return node.name + "/" + what; }
    const Shape& input_shape(std::size_t i) const { return graph[node.inputs[i]].shape; }
    bool has_input(std::size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
    // The integers of a constant input; none where there is no such input.
    std::span<const std::int64_t> constant(std::size_t i) const {
        if (i >= node.inputs.size() || node.inputs[i] == TensorId::none) return {};
        const Tensor& tensor = graph[node.inputs[i]];
        return tensor.is_constant() && tensor.type == OCTAVO_S64 ? tensor.data.as<std::int64_t>() : std::span<const std::int64_t>();
    }

    void set_input(std::size_t i, const std::string& name) {
        if (inputs.size() <= i) inputs.resize(i + 1);
        inputs[i] = name;
    }
    // An attribute of an older opset that has become an input.
    void attribute_to_input(const char* attribute, std::size_t i) {
        const auto found = attributes.find(attribute);
        if (found == attributes.end()) return;
        if (const auto* values = std::get_if<std::vector<std::int64_t>>(&found->second))
            set_input(i, model.integers(part(attribute), *values));
        if (const auto* value = std::get_if<float>(&found->second)) set_input(i, model.scalar(part(attribute), *value));
        attributes.erase(found);
    }
    // An input of a newer opset that was an attribute; it must be constant.
    void input_to_attribute(std::size_t i, const char* attribute) {
        const std::span<const std::int64_t> values = constant(i);
        if (!has_input(i) || values.empty()) return;
        attributes[attribute] = std::vector<std::int64_t>(values.begin(), values.end());
        inputs.resize(i);
    }
};

// Operators that opset 13 does not have, in parts.
void write_gelu(Job& job) {
    ModelBuilder& m = job.model;
    const std::string& x = job.inputs[0];
    const auto step = [&](const char* op, const char* what, const Names& inputs) {
        const std::string result = job.between(what);
        m.add_node(job.part(what), op, inputs, {result});
        return result;
    };
    std::string gate;
    if (attribute_or(job.node, "approximate", std::string("none")) == "tanh") {
        const std::string cube = step("Mul", "cube", {step("Mul", "square", {x, x}), x});
        const std::string sum = step("Add", "sum", {x, step("Mul", "bent", {cube, m.scalar(job.part("third"), 0.044715F)})});
        gate = step("Tanh", "tanh", {step("Mul", "scaled", {sum, m.scalar(job.part("slope"), 0.79788456F)})});
    } else {
        gate = step("Erf", "erf", {step("Mul", "scaled", {x, m.scalar(job.part("root"), 0.70710678F)})});
    }
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

void write_clip(Job& job) {
    job.attribute_to_input("min", 1);
    job.attribute_to_input("max", 2);
    job.write("Clip");
}

void write_axes_as_input(Job& job) {
    job.attribute_to_input("axes", 1);
    job.write(job.node.op);
}

void write_split(Job& job) {
    job.attribute_to_input("split", 1);
    if (job.attributes.erase("num_outputs") > 0) {  // opset 18: parts that need not be equal
        const auto rank = static_cast<std::int64_t>(job.input_shape(0).size());
        const std::int64_t axis = attribute_or(job.node, "axis", std::int64_t{0});
        std::vector<std::int64_t> parts;
        for (const TensorId id : job.node.outputs)
            parts.push_back(job.graph[id].shape[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)]);
        job.set_input(1, job.model.integers(job.part("split"), parts));
    }
    job.write("Split");
}

void write_pad(Job& job) {
    job.attribute_to_input("pads", 1);
    job.attribute_to_input("value", 2);
    const std::span<const std::int64_t> axes = job.constant(3);
    const std::span<const std::int64_t> pads = job.constant(1);
    if (!axes.empty() && pads.size() == 2 * axes.size()) {  // opset 18: pads of these axes only
        const std::size_t rank = job.input_shape(0).size();
        std::vector<std::int64_t> all(2 * rank, 0);
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const auto axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + static_cast<std::int64_t>(rank) : axes[i]);
            all[axis] = pads[i];
            all[rank + axis] = pads[axes.size() + i];
        }
        job.inputs[1] = job.model.integers(job.part("pads"), all);
    }
    if (job.inputs.size() > 3) job.inputs.resize(3);
    while (job.inputs.back().empty()) job.inputs.pop_back();
    job.write("Pad");
}

void write_slice(Job& job) {
    job.attribute_to_input("starts", 1);
    job.attribute_to_input("ends", 2);
    job.attribute_to_input("axes", 3);
    job.write("Slice");
}

void write_reduction(Job& job) {
    job.input_to_attribute(1, "axes");
    job.attributes.erase("noop_with_empty_axes");
    job.write(job.node.op);
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

void drop_newer_attributes(Job& job, std::initializer_list<const char*> names) {
    for (const char* name : names) job.attributes.erase(name);
    job.write(job.node.op);
}

void write_reshape(Job& job) {
    const std::span<const std::int64_t> target = job.constant(1);
    const bool means_copy = attribute_or(job.node, "allowzero", std::int64_t{0}) == 0;  // opset 14 lets 0 mean 0
    if (means_copy || std::find(target.begin(), target.end(), 0) == target.end()) job.attributes.erase("allowzero");
    job.write("Reshape");
}

void write_batch_normalization(Job& job) {
    drop_newer_attributes(job, {"training_mode", "spatial", "momentum", "is_test"});
}

void write_cast(Job& job) {
    drop_newer_attributes(job, {"saturate", "round_mode"});
}

// What one of these axes has among the numbers of input `i`, and what the others have by `other`, as one tensor.
template <class Other>
std::string spread_over_axes(Job& job, std::size_t i, const std::vector<std::int64_t>& axes, Other other) {
    ModelBuilder& m = job.model;
    const auto rank = static_cast<std::int64_t>(job.input_shape(0).size());
    const auto slice = [&](const std::string& from, std::int64_t at) {
        const std::string name = job.between("one");
        m.add_node(name, "Slice", {from, m.integers(job.part("from"), {at}), m.integers(job.part("to"), {at + 1})}, {name});
        return name;
    };
    Names parts;
    for (std::int64_t d = 0; d < rank; ++d) {
        const auto at = std::find_if(axes.begin(), axes.end(), [&](std::int64_t axis) { return axis == d || axis + rank == d; });
        parts.push_back(at == axes.end() ? other(d, slice) : slice(job.inputs[i], at - axes.begin()));
    }
    const std::string all = job.between("all");
    m.add_node(job.part("all"), "Concat", parts, {all}, {{"axis", std::int64_t{0}}});
    return all;
}

// Opset 18 names axes; here scales and sizes are of all of them.
void give_all_axes(Job& job) {
    const auto found = job.attributes.find("axes");
    if (found == job.attributes.end()) return;
    const auto axes = std::get<std::vector<std::int64_t>>(found->second);
    job.attributes.erase(found);
    if (job.has_input(2)) {
        const std::string one = job.model.constant<float>(job.part("keep"), OCTAVO_F32, {1}, {1.0F});
        job.set_input(2, spread_over_axes(job, 2, axes, [&](std::int64_t, const auto&) { return one; }));
    }
    if (job.has_input(3)) {
        const std::string shape = job.between("shape");
        job.model.add_node(job.part("shape"), "Shape", {job.inputs[0]}, {shape});
        job.set_input(3, spread_over_axes(job, 3, axes, [&](std::int64_t d, const auto& slice) { return slice(shape, d); }));
    }
}

void write_resize(Job& job) {
    if (job.node.op == "Upsample" || job.inputs.size() == 2) {  // before opset 11: x, scales, on a grid without half pixels
        const auto scales = job.attributes.find("scales");
        if (scales != job.attributes.end()) {
            const std::vector<float> values = std::get<std::vector<float>>(scales->second);
            job.attributes.erase(scales);
            job.set_input(1, job.model.constant<float>(job.part("scales"), OCTAVO_F32, {static_cast<std::int64_t>(values.size())}, values));
        }
        job.inputs = {job.inputs[0], "", job.inputs[1]};
        job.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
        job.attributes["nearest_mode"] = std::string("floor");
    }
    for (const char* name : {"antialias", "keep_aspect_ratio_policy"}) job.attributes.erase(name);
    give_all_axes(job);
    job.write("Resize");
}

void write_space_to_depth(Job& job) {
    job.attributes.erase("mode");  // of DepthToSpace alone
    job.write("SpaceToDepth");
}

void write_detections(Job& job) {
    write_detection_output(job.model, job.graph, job.node, job.inputs, job.outputs);
}

struct SpecialRow {
    std::string_view op;
    void (*write)(Job&);
};

constexpr SpecialRow kSpecial[] = {
    {"BatchNormalization", write_batch_normalization},
    {"Cast", write_cast},
    {"Clip", write_clip},
    {"ConstantOfShape", write_constant_of_shape},
    {"DetectionOutput", write_detections},
    {"Dropout", write_dropout},
    {"Gelu", write_gelu},
    {"HardSwish", write_hard_swish},
    {"Hardmax", write_softmax},
    {"LogSoftmax", write_softmax},
    {"Mish", write_mish},
    {"Pad", write_pad},
    {"ReduceL1", write_reduction},
    {"ReduceL2", write_reduction},
    {"ReduceLogSum", write_reduction},
    {"ReduceLogSumExp", write_reduction},
    {"ReduceMax", write_reduction},
    {"ReduceMean", write_reduction},
    {"ReduceMin", write_reduction},
    {"ReduceProd", write_reduction},
    {"ReduceSum", write_axes_as_input},
    {"ReduceSumSquare", write_reduction},
    {"Reshape", write_reshape},
    {"Resize", write_resize},
    {"SpaceToDepth", write_space_to_depth},
    {"ScaleShift", write_scale_shift},
    {"Silu", write_silu},
    {"Slice", write_slice},
    {"Softmax", write_softmax},
    {"Split", write_split},
    {"Squeeze", write_axes_as_input},
    {"Swish", write_swish},
    {"TopK", write_top_k},
    {"Unsqueeze", write_axes_as_input},
    {"Upsample", write_resize},
};

// Attributes that are ours, not ONNX's.
constexpr std::string_view kOwnAttributes[] = {"activation", "activation_alpha", "activation_beta", "inner", "opset"};

}  // namespace

void write_operator(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs) {
    if (write_newer_operator(model, graph, node, inputs, outputs)) return;
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
