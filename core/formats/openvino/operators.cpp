// The table: each operator of ours and the layer, or layers, that say it. Values are computed here, operators_*.cpp has the rest.
#include "core/formats/openvino/operators.h"

#include "core/formats/openvino/operator_rows.h"
#include "core/graph/flat.h"
#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo::openvino {
namespace {

constexpr LayerType kAdd = {"Add", "opset1"}, kMultiply = {"Multiply", "opset1"}, kDivide = {"Divide", "opset1"};

Result<Values> write_same(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {}, job.read_all(), job.output())};
}

Result<Values> write_nothing(Job& job, const LayerType& /*layer*/) {
    return Values{job.read(0)};
}

// Two operands of any number, one after the other.
Result<Values> write_chain(Job& job, const LayerType& layer) {
    Value sum = job.read(0);
    for (std::size_t i = 1; i < job.node.inputs.size(); ++i)
        sum = job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}}, {sum, job.read(i)}, job.output());
    return Values{sum};
}

Result<Values> write_select(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}}, job.read_all(), job.output())};
}

Result<Values> write_mean(Job& job, const LayerType& /*layer*/) {
    OCTAVO_TRY(const Values sum, write_chain(job, kAdd));
    const Value count = job.ir.scalar(job.part("count"), static_cast<float>(job.node.inputs.size()));
    return Values{between(job, kDivide, "mean", {sum[0], count})};
}

// Integers are divided towards zero, as in C.
Result<Values> write_divide(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}, {"m_pythondiv", "false"}}, job.read_all(), job.output())};
}

Result<Values> write_reciprocal(Job& job, const LayerType& layer) {
    const Value one = job.ir.scalar(job.part("one"), 1);
    return Values{job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}}, {one, job.read(0)}, job.output())};
}

Result<Values> write_round(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"mode", "half_to_even"}}, job.read_all(), job.output())};
}

// Both of one type in OpenVINO, which is the result's: the base's here, but that no whole base takes an exponent that is none.
Result<Values> write_power(Job& job, const LayerType& layer) {
    const PortType& type = job.output();
    const auto as = [&](Value x, octavo_type from, octavo_type to, const Shape& shape) {
        const Data data = {{"destination_type", element_type(to)}};
        return from == to ? x : job.ir.add({"Convert", "opset1"}, job.part("convert"), data, {x}, {to, shape});
    };
    const octavo_type common = job.input(1).type == OCTAVO_F32 ? OCTAVO_F32 : type.type;
    const Value base = as(job.read(0), type.type, common, job.input(0).shape);
    const Value exponent = as(job.read(1), job.input(1).type, common, job.input(1).shape);
    const Value power = job.ir.add(layer, job.node.name, {{"auto_broadcast", "numpy"}}, {base, exponent}, {common, type.shape});
    return Values{as(power, common, type.type, type.shape)};
}

Result<Values> write_cast(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"destination_type", element_type(job.output().type)}}, job.read_all(), job.output())};
}

// ---- activations

Result<Values> write_as_activation(Job& job, const LayerType& /*layer*/) {
    const FlatNode flat(job.node);
    const std::optional<Activation> activation = ops::as_activation(ops::NodeView(flat.view(), job.infos));
    if (!activation) return job.refusal("its parameters are not constant");
    return Values{write_activation(job.ir, job.node.name, *activation, job.read(0), job.output())};
}

Result<Values> write_clip(Job& job, const LayerType& layer) {
    if (const std::optional<Bounds> bounds = clip_bounds(job.graph, job.node))
        return Values{
            job.ir.add(layer, job.node.name, {{"min", text_of(bounds->low)}, {"max", text_of(bounds->high)}}, {job.read(0)}, job.output())};
    Value x = job.read(0);
    if (job.has(1)) x = between(job, {"Maximum", "opset1"}, "least", {x, job.read(1)});
    if (job.has(2)) x = between(job, {"Minimum", "opset1"}, "greatest", {x, job.read(2)});
    return Values{x};
}

Result<Values> write_elu(Job& job, const LayerType& layer) {
    return Values{
        job.ir.add(layer, job.node.name, {{"alpha", text_of(attribute_or(job.node, "alpha", 1.0F))}}, job.read_all(), job.output())};
}

// a * Elu(x / a)
Result<Values> write_celu(Job& job, const LayerType& layer) {
    const Value alpha = job.ir.scalar(job.part("alpha"), attribute_or(job.node, "alpha", 1.0F));
    const Value scaled = between(job, kDivide, "scaled", {job.read(0), alpha});
    return Values{between(job, kMultiply, "product", {between(job, layer, "elu", {scaled}, {{"alpha", "1"}}), alpha})};
}

Result<Values> write_selu(Job& job, const LayerType& layer) {
    const Value alpha = job.ir.scalar(job.part("alpha"), attribute_or(job.node, "alpha", 1.67326319F));
    const Value gamma = job.ir.scalar(job.part("gamma"), attribute_or(job.node, "gamma", 1.05070102F));
    return Values{job.ir.add(layer, job.node.name, {}, {job.read(0), alpha, gamma}, job.output())};
}

Result<Values> write_swish(Job& job, const LayerType& layer) {
    const Value alpha = job.ir.scalar(job.part("alpha"), attribute_or(job.node, "alpha", 1.0F));
    return Values{job.ir.add(layer, job.node.name, {}, {job.read(0), alpha}, job.output())};
}

Result<Values> write_gelu(Job& job, const LayerType& layer) {
    const bool bent = attribute_or(job.node, "approximate", std::string("none")) == "tanh";
    return Values{job.ir.add(layer, job.node.name, {{"approximation_mode", bent ? "TANH" : "ERF"}}, job.read_all(), job.output())};
}

// A slope of rank 1 means channels in OpenVINO and the last dimension in ONNX: the full rank means the same in both.
Result<Values> write_prelu(Job& job, const LayerType& layer) {
    Shape shape = job.input(1).shape;
    shape.insert(shape.begin(), static_cast<std::size_t>(job.rank()) - shape.size(), 1);
    return Values{job.ir.add(layer, job.node.name, {}, {job.read(0), job.read_as(1, shape)}, job.output())};
}

// ---- along axes

// Before opset 13 a softmax runs over all dimensions from `axis` on, as if they were one.
Result<Values> write_softmax(Job& job, const LayerType& layer) {
    const bool flattens = attribute_or(job.node, "opset", std::int64_t{13}) < 13;
    const std::int64_t axis = job.axis("axis", flattens ? 1 : -1);
    const Data data = {{"axis", std::to_string(axis)}};
    const Shape& shape = job.input(0).shape;
    const bool is_one = std::all_of(shape.begin() + axis + 1, shape.end(), [](std::int64_t dim) { return dim == 1; });
    if (!flattens || is_one) return Values{job.ir.add(layer, job.node.name, data, {job.read(0)}, job.output())};
    Shape flat(static_cast<std::size_t>(axis), 0), back = flat;
    flat.push_back(-1);
    back.insert(back.end(), shape.begin() + axis, shape.end());
    PortType type = job.output();
    type.shape.resize(static_cast<std::size_t>(axis));
    type.shape.push_back(element_count(std::span(shape).subspan(static_cast<std::size_t>(axis))));
    const LayerType reshape = {"Reshape", "opset1"};
    const Data keeps = {{"special_zero", "true"}};
    const Value x = job.ir.add(reshape, job.part("flatten"), keeps, {job.read(0), job.ir.integers(job.part("flat"), flat)}, type);
    const Value y = job.ir.add(layer, job.node.name, data, {x}, type);
    return Values{job.ir.add(reshape, job.part("reshape"), keeps, {y, job.ir.integers(job.part("shape"), back)}, job.output())};
}

// x * factor + summand, one of each a channel: inputs 1 and 2.
Values scale_and_shift(Job& job, Value x) {
    const Data numpy = {{"auto_broadcast", "numpy"}};
    Shape shape(static_cast<std::size_t>(job.rank()), 1);
    shape[1] = job.input(0).shape[1];
    const Value scaled = between(job, kMultiply, "scale", {x, job.read_as(1, shape)}, numpy);
    return {job.ir.add(kAdd, job.node.name, numpy, {scaled, job.read_as(2, shape)}, job.output())};
}

Result<Values> write_scale_shift(Job& job, const LayerType& /*layer*/) {
    return scale_and_shift(job, job.read(0));
}

Result<Values> write_batch_normalization(Job& job, const LayerType& layer) {
    return Values{
        job.ir.add(layer, job.node.name, {{"epsilon", text_of(attribute_or(job.node, "epsilon", 1e-5F))}}, job.read_all(), job.output())};
}

Result<Values> write_instance_normalization(Job& job, const LayerType& layer) {
    std::vector<std::int64_t> axes;
    for (std::int64_t i = 2; i < job.rank(); ++i) axes.push_back(i);
    const Data data = {
        {"normalize_variance", "true"}, {"eps", text_of(attribute_or(job.node, "epsilon", 1e-5F))}, {"eps_mode", "inside_sqrt"}};
    const Value normal = between(job, layer, "normal", {job.read(0), job.ir.integers(job.part("axes"), axes)}, data);
    return scale_and_shift(job, normal);
}

// alpha * A * B + beta * C; passes leave alpha and beta at 1.
Result<Values> write_gemm(Job& job, const LayerType& layer) {
    const auto flag = [&](const char* name) { return attribute_or(job.node, name, std::int64_t{0}) != 0 ? "true" : "false"; };
    const auto times = [&](Value x, const char* name) {
        const float factor = attribute_or(job.node, name, 1.0F);
        return factor == 1.0F ? x : between(job, kMultiply, name, {x, job.ir.scalar(job.part("factor"), factor)});
    };
    Value y = job.ir.add(layer, job.node.name, {{"transpose_a", flag("transA")}, {"transpose_b", flag("transB")}},
                         {job.read(0), job.read(1)}, job.output());
    y = times(y, "alpha");
    if (!job.has(2)) return Values{y};
    return Values{between(job, kAdd, "bias", {y, times(job.read(2), "beta")}, {{"auto_broadcast", "numpy"}})};
}

Result<Values> write_mat_mul(Job& job, const LayerType& layer) {
    return Values{job.ir.add(layer, job.node.name, {{"transpose_a", "false"}, {"transpose_b", "false"}}, job.read_all(), job.output())};
}

struct Row {
    std::string_view op;
    LayerType layer;
    WriteRow* write;
};

constexpr Row kRows[] = {
    {"Abs", {"Abs", "opset1"}, write_same},
    {"Acos", {"Acos", "opset1"}, write_same},
    {"Acosh", {"Acosh", "opset4"}, write_same},
    {"Add", {"Add", "opset1"}, write_chain},
    {"And", {"LogicalAnd", "opset1"}, write_chain},
    {"ArgMax", {"TopK", "opset11"}, write_arg_extreme},
    {"ArgMin", {"TopK", "opset11"}, write_arg_extreme},
    {"Asin", {"Asin", "opset1"}, write_same},
    {"Asinh", {"Asinh", "opset4"}, write_same},
    {"Atan", {"Atan", "opset1"}, write_same},
    {"Atanh", {"Atanh", "opset4"}, write_same},
    {"AveragePool", {"AvgPool", "opset1"}, write_average_pool},
    {"BatchNormalization", {"BatchNormInference", "opset5"}, write_batch_normalization},
    {"Cast", {"Convert", "opset1"}, write_cast},
    {"Ceil", {"Ceiling", "opset1"}, write_same},
    {"Celu", {"Elu", "opset1"}, write_celu},
    {"Clip", {"Clamp", "opset1"}, write_clip},
    {"Concat", {"Concat", "opset1"}, write_concat},
    {"ConstantOfShape", {"Broadcast", "opset3"}, write_constant_of_shape},
    {"Conv", {"Convolution", "opset1"}, write_convolution},
    {"ConvTranspose", {"ConvolutionBackpropData", "opset1"}, write_transposed_convolution},
    {"Cos", {"Cos", "opset1"}, write_same},
    {"Cosh", {"Cosh", "opset1"}, write_same},
    {"CumSum", {"CumSum", "opset3"}, write_cumulative},
    {"DepthToSpace", {"DepthToSpace", "opset1"}, write_blocks},
    {"DetectionOutput", {"DetectionOutput", "opset8"}, write_detection_output},
    {"Div", {"Divide", "opset1"}, write_divide},
    {"Dropout", {}, write_nothing},
    {"Einsum", {"Einsum", "opset7"}, write_einsum},
    {"Elu", {"Elu", "opset1"}, write_elu},
    {"Equal", {"Equal", "opset1"}, write_chain},
    {"Erf", {"Erf", "opset1"}, write_same},
    {"Exp", {"Exp", "opset1"}, write_same},
    {"Expand", {"Broadcast", "opset3"}, write_expand},
    {"FakeQuantize", {"FakeQuantize", "opset1"}, write_fake_quantize},
    {"Flatten", {"Reshape", "opset1"}, write_flatten},
    {"Floor", {"Floor", "opset1"}, write_same},
    {"Gather", {"Gather", "opset8"}, write_gather},
    {"GatherElements", {"GatherElements", "opset6"}, write_gather_elements},
    {"GatherND", {"GatherND", "opset8"}, write_gather_nd},
    {"Gelu", {"Gelu", "opset7"}, write_gelu},
    {"Gemm", {"MatMul", "opset1"}, write_gemm},
    {"GlobalAveragePool", {"ReduceMean", "opset1"}, write_global},
    {"GlobalLpPool", {}, write_global_lp},
    {"GlobalMaxPool", {"ReduceMax", "opset1"}, write_global},
    {"Greater", {"Greater", "opset1"}, write_chain},
    {"GreaterOrEqual", {"GreaterEqual", "opset1"}, write_chain},
    {"GridSample", {"GridSample", "opset9"}, write_grid_sample},
    {"GroupNormalization", {"GroupNormalization", "opset12"}, write_group_normalization},
    {"HardSigmoid", {}, write_as_activation},
    {"HardSwish", {}, write_as_activation},
    {"Hardmax", {"TopK", "opset11"}, write_hardmax},
    {"Identity", {}, write_nothing},
    {"InstanceNormalization", {"MVN", "opset6"}, write_instance_normalization},
    {"IsInf", {"IsInf", "opset10"}, write_is_infinite},
    {"IsNaN", {"IsNaN", "opset10"}, write_same},
    {"LRN", {"LRN", "opset1"}, write_lrn},
    {"LayerNormalization", {"MVN", "opset6"}, write_layer_normalization},
    {"LeakyRelu", {}, write_as_activation},
    {"Less", {"Less", "opset1"}, write_chain},
    {"LessOrEqual", {"LessEqual", "opset1"}, write_chain},
    {"Log", {"Log", "opset1"}, write_same},
    {"LogSoftmax", {"LogSoftmax", "opset5"}, write_softmax},
    {"LpNormalization", {}, write_normalization},
    {"MatMul", {"MatMul", "opset1"}, write_mat_mul},
    {"Max", {"Maximum", "opset1"}, write_chain},
    {"MaxPool", {"MaxPool", "opset8"}, write_max_pool},
    {"Mean", {"Add", "opset1"}, write_mean},
    {"MeanVarianceNormalization", {"MVN", "opset6"}, write_mean_variance},
    {"Min", {"Minimum", "opset1"}, write_chain},
    {"Mish", {"Mish", "opset4"}, write_same},
    {"Mod", {"Mod", "opset1"}, write_remainder},
    {"Mul", {"Multiply", "opset1"}, write_chain},
    {"Neg", {"Negative", "opset1"}, write_same},
    {"NonMaxSuppression", {"NonMaxSuppression", "opset9"}, write_suppression},
    {"Not", {"LogicalNot", "opset1"}, write_same},
    {"OneHot", {"OneHot", "opset1"}, write_one_hot},
    {"Or", {"LogicalOr", "opset1"}, write_chain},
    {"PRelu", {"PReLU", "opset1"}, write_prelu},
    {"Pad", {"Pad", "opset12"}, write_pad},
    {"Pow", {"Power", "opset1"}, write_power},
    {"PriorBox", {"PriorBox", "opset8"}, write_priors},
    {"PriorBoxClustered", {"PriorBoxClustered", "opset1"}, write_clustered_priors},
    {"Range", {"Range", "opset4"}, write_range},
    {"Reciprocal", {"Divide", "opset1"}, write_reciprocal},
    {"ReduceL1", {"ReduceL1", "opset4"}, write_reduction},
    {"ReduceL2", {"ReduceL2", "opset4"}, write_reduction},
    {"ReduceLogSum", {"ReduceSum", "opset1"}, write_reduction},
    {"ReduceLogSumExp", {"ReduceSum", "opset1"}, write_reduction},
    {"ReduceMax", {"ReduceMax", "opset1"}, write_reduction},
    {"ReduceMean", {"ReduceMean", "opset1"}, write_reduction},
    {"ReduceMin", {"ReduceMin", "opset1"}, write_reduction},
    {"ReduceProd", {"ReduceProd", "opset1"}, write_reduction},
    {"ReduceSum", {"ReduceSum", "opset1"}, write_reduction},
    {"ReduceSumSquare", {"ReduceSum", "opset1"}, write_reduction},
    {"Relu", {}, write_as_activation},
    {"Reshape", {"Reshape", "opset1"}, write_reshape},
    {"Resize", {"Interpolate", "opset4"}, write_resize},
    {"Round", {"Round", "opset5"}, write_round},
    {"ScaleShift", {}, write_scale_shift},
    {"ScatterElements", {"ScatterElementsUpdate", "opset12"}, write_scatter_elements},
    {"ScatterND", {"ScatterNDUpdate", "opset4"}, write_scatter_nd},
    {"Selu", {"Selu", "opset1"}, write_selu},
    {"Shape", {"ShapeOf", "opset3"}, write_shape},
    {"Sigmoid", {}, write_as_activation},
    {"Sign", {"Sign", "opset1"}, write_same},
    {"Silu", {}, write_as_activation},
    {"Sin", {"Sin", "opset1"}, write_same},
    {"Sinh", {"Sinh", "opset1"}, write_same},
    {"Size", {"ShapeOf", "opset3"}, write_size},
    {"Slice", {"Slice", "opset8"}, write_slice},
    {"Softmax", {"SoftMax", "opset8"}, write_softmax},
    {"Softplus", {"SoftPlus", "opset4"}, write_same},
    {"Softsign", {"SoftSign", "opset9"}, write_same},
    {"SpaceToDepth", {"SpaceToDepth", "opset1"}, write_blocks},
    {"Split", {"VariadicSplit", "opset1"}, write_split},
    {"Sqrt", {"Sqrt", "opset1"}, write_same},
    {"Squeeze", {"Squeeze", "opset1"}, write_axes},
    {"Sub", {"Subtract", "opset1"}, write_chain},
    {"Sum", {"Add", "opset1"}, write_chain},
    {"Swish", {"Swish", "opset4"}, write_swish},
    {"Tan", {"Tan", "opset1"}, write_same},
    {"Tanh", {"Tanh", "opset1"}, write_same},
    {"ThresholdedRelu", {"Select", "opset1"}, write_thresholded},
    {"Tile", {"Tile", "opset1"}, write_tile},
    {"TopK", {"TopK", "opset11"}, write_top_k},
    {"Transpose", {"Transpose", "opset1"}, write_transpose},
    {"Trilu", {"Select", "opset1"}, write_trilu},
    {"Unsqueeze", {"Unsqueeze", "opset1"}, write_axes},
    {"Upsample", {"Interpolate", "opset4"}, write_resize},
    {"Where", {"Select", "opset1"}, write_select},
    {"Xor", {"LogicalXor", "opset1"}, write_chain},
};

// OpenVINO's CPU plugin computes a HardSigmoid of slope 1/6 as if its offset were 1/2 (2026.4.1). So that one is HSigmoid, others are
// spelled out.
Value write_hard_sigmoid(IrBuilder& ir, const std::string& name, const Activation& activation, Value x, const PortType& type) {
    if (activation.alpha == 1.0F / 6.0F && activation.beta == 0.5F)
        return ir.add({"HSigmoid", "opset5"}, name + "/hard_sigmoid", {}, {x}, type);
    const Data numpy = {{"auto_broadcast", "numpy"}};
    if (activation.alpha != 1) x = ir.add(kMultiply, name + "/slope", numpy, {x, ir.scalar(name + "/alpha", activation.alpha)}, type);
    if (activation.beta != 0) x = ir.add(kAdd, name + "/offset", numpy, {x, ir.scalar(name + "/beta", activation.beta)}, type);
    return ir.add({"Clamp", "opset1"}, name + "/hard_sigmoid", {{"min", "0"}, {"max", "1"}}, {x}, type);
}

}  // namespace

std::vector<PortType> port_types(const Graph& graph) {
    std::vector<PortType> types;
    for (const Tensor& tensor : graph.tensors) types.push_back({tensor.type, tensor.shape});
    const auto first = std::find_if(graph.inputs.begin(), graph.inputs.end(), [&](TensorId id) { return graph[id].free_batch; });
    if (first == graph.inputs.end()) return types;
    const Result<Graph> larger = with_batch(graph, graph[*first].shape[0] + 1);
    if (!larger) return types;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const Shape& other = larger->tensors[i].shape;
        for (std::size_t k = 0; k < std::min(other.size(), types[i].shape.size()); ++k)
            if (types[i].shape[k] != other[k]) types[i].shape[k] = -1;
    }
    return types;
}

Values Job::read_all() const {
    Values values;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) values.push_back(read(i));
    return values;
}

std::vector<std::int64_t> Job::integers(std::size_t i) const {
    return integer_constant(graph, input_or_none(node, i)).value_or(std::vector<std::int64_t>());
}

std::span<const float> Job::reals(std::size_t i) const {
    const TensorId id = input_or_none(node, i);
    return is_float_constant(graph, id) ? graph[id].data.as<float>() : std::span<const float>();
}

std::vector<std::int64_t> Job::integers(std::size_t i, const char* attribute) const {
    const std::vector<std::int64_t> values = integers(i);
    return values.empty() ? attribute_or(node, attribute, values) : values;
}

std::int64_t Job::axis(const char* attribute, std::int64_t fallback) const {
    const std::int64_t axis = attribute_or(node, attribute, fallback);
    return axis < 0 ? axis + rank() : axis;
}

Error Job::refusal(const std::string& why) const {
    return {Code::model, node.op + " '" + node.name + "': OpenVINO has no layer for it: " + why};
}

Result<Values> write_operator(Job& job) {
    const Row* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.op == job.node.op; });
    if (row == std::end(kRows)) return job.refusal("the table of its operators says nothing of " + job.node.op);
    return row->write(job, row->layer);
}

Value write_activation(IrBuilder& ir, const std::string& name, const Activation& activation, Value x, const PortType& type) {
    switch (activation.kind) {
        case ActivationKind::none:
            return x;
        case ActivationKind::relu:
            return ir.add({"ReLU", "opset1"}, name + "/relu", {}, {x}, type);
        case ActivationKind::clip:
            return ir.add({"Clamp", "opset1"}, name + "/clip", {{"min", text_of(activation.alpha)}, {"max", text_of(activation.beta)}}, {x},
                          type);
        case ActivationKind::leaky_relu: {
            const Value slope = ir.constant(name + "/slope", OCTAVO_F32, {1}, make_buffer(std::vector{activation.alpha}));
            return ir.add({"PReLU", "opset1"}, name + "/leaky_relu", {}, {x, slope}, type);
        }
        case ActivationKind::hard_sigmoid:
            return write_hard_sigmoid(ir, name, activation, x, type);
        case ActivationKind::hard_swish:
            return ir.add({"HSwish", "opset4"}, name + "/hard_swish", {}, {x}, type);
        case ActivationKind::sigmoid:
            return ir.add({"Sigmoid", "opset1"}, name + "/sigmoid", {}, {x}, type);
        case ActivationKind::silu:
            return ir.add({"Swish", "opset4"}, name + "/silu", {}, {x}, type);
        case ActivationKind::gelu:
            return ir.add({"Gelu", "opset7"}, name + "/gelu", {{"approximation_mode", "ERF"}}, {x}, type);
    }
    return x;
}

}  // namespace octavo::openvino
