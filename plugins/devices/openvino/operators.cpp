// The table: each operator of ours and the function that says it in OpenVINO's. Outputs are computed here, operators_*.cpp has the rest.
#include "operators.h"

#include <ops/support.h>
#include <openvino/op/ops.hpp>

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace octavo::openvino {
namespace {

namespace op = ov::op;

template <class Op>
Result<Outputs> build_unary(const Job& job) {
    return Outputs{make<Op>(job.read(0))};
}

// Two operands of any number, one after the other.
template <class Op>
Result<Outputs> build_chain(const Job& job) {
    Value sum = job.read(0);
    for (std::size_t i = 1; i < job.node.input_count(); ++i) sum = make<Op>(sum, job.read(i));
    return Outputs{sum};
}

// Both of one type in OpenVINO: the base's, but that no whole base takes an exponent that is none.
Result<Outputs> build_power(const Job& job) {
    const Value base = job.read(0), exponent = job.read(1);
    const auto type = base.get_element_type();
    const auto common = exponent.get_element_type().is_real() ? exponent.get_element_type() : type;
    const auto as = [](const Value& x, const ov::element::Type& to) {
        return x.get_element_type() == to ? x : make<op::v0::Convert>(x, to);
    };
    return Outputs{as(make<op::v1::Power>(as(base, common), as(exponent, common)), type)};
}

Result<Outputs> build_mean(const Job& job) {
    OCTAVO_TRY(const Outputs sum, build_chain<op::v1::Add>(job));
    return Outputs{make<op::v1::Divide>(sum[0], real(static_cast<float>(job.node.input_count())))};
}

Result<Outputs> build_divide(const Job& job) {
    constexpr bool kTowardsMinus = false;  // integers are divided towards zero, as in C
    return Outputs{make<op::v1::Divide>(job.read(0), job.read(1), kTowardsMinus)};
}

// As in C, or with the sign of the divisor.
Result<Outputs> build_remainder(const Job& job) {
    if (job.node.integer("fmod", 0) != 0) return Outputs{make<op::v1::Mod>(job.read(0), job.read(1))};
    return Outputs{make<op::v1::FloorMod>(job.read(0), job.read(1))};
}

Result<Outputs> build_reciprocal(const Job& job) {
    return Outputs{make<op::v1::Divide>(real(1), job.read(0))};
}

Result<Outputs> build_round(const Job& job) {
    return Outputs{make<op::v5::Round>(job.read(0), op::v5::Round::RoundMode::HALF_TO_EVEN)};
}

Result<Outputs> build_where(const Job& job) {
    return Outputs{make<op::v1::Select>(job.read(0), job.read(1), job.read(2))};
}

// ---- activations

Result<Outputs> build_as_activation(const Job& job) {
    const std::optional<Activation> activation = ops::as_activation(job.node);
    if (!activation) return ops::refusal(job.node, "its parameters are not constant");
    return Outputs{build_activation(*activation, job.read(0))};
}

Result<Outputs> build_clip(const Job& job) {
    if (ops::as_activation(job.node)) return build_as_activation(job);
    Value x = job.read(0);
    if (job.node.has_input(1)) x = make<op::v1::Maximum>(x, job.read(1));
    if (job.node.has_input(2)) x = make<op::v1::Minimum>(x, job.read(2));
    return Outputs{x};
}

Result<Outputs> build_elu(const Job& job) {
    return Outputs{make<op::v0::Elu>(job.read(0), job.node.real("alpha", 1))};
}

Result<Outputs> build_selu(const Job& job) {
    return Outputs{make<op::v0::Selu>(job.read(0), real(job.node.real("alpha", 1.67326319F)), real(job.node.real("gamma", 1.05070102F)))};
}

Result<Outputs> build_swish(const Job& job) {
    return Outputs{make<op::v4::Swish>(job.read(0), real(job.node.real("alpha", 1)))};
}

Result<Outputs> build_gelu(const Job& job) {
    const bool bent = job.node.text("approximate", "none") == "tanh";
    return Outputs{make<op::v7::Gelu>(job.read(0), bent ? op::GeluApproximationMode::TANH : op::GeluApproximationMode::ERF)};
}

// A slope of rank 1 means channels in OpenVINO and the last dimension in ONNX: the full rank means the same in both.
Result<Outputs> build_prelu(const Job& job) {
    ops::Shape shape = job.node.input_shape(1);
    shape.insert(shape.begin(), static_cast<std::size_t>(job.rank()) - shape.size(), 1);
    return Outputs{make<op::v0::PRelu>(job.read(0), job.read_as(1, shape))};
}

// ---- along axes

// Before opset 13 a softmax runs over all dimensions from `axis` on, as if they were one.
template <class Op, class Axis>
Result<Outputs> build_softmax(const Job& job) {
    const bool flattens = job.node.integer("opset", 13) < 13;
    const std::int64_t axis = job.axis("axis", flattens ? 1 : -1);
    if (!flattens) return Outputs{make<Op>(job.read(0), static_cast<Axis>(axis))};
    const ops::Shape shape = job.node.input_shape(0);
    const auto first = static_cast<std::size_t>(axis);
    const ops::Shape flat = {ops::extent(shape, 0, first), ops::extent(shape, first, shape.size())};
    const Value y = make<Op>(job.read_as(0, flat), Axis{1});
    return Outputs{make<op::v1::Reshape>(y, integers(shape), false)};
}

template <class Op>
Result<Outputs> build_reduction(const Job& job) {
    OCTAVO_TRY(const std::vector<std::int64_t> axes, ops::reduced_axes(job.node));
    if (axes.empty()) return Outputs{job.read(0)};
    return Outputs{make<Op>(job.read(0), integers(axes), job.node.integer("keepdims", 1) != 0)};
}

Result<Outputs> build_reduced_square(const Job& job) {
    OCTAVO_TRY(const std::vector<std::int64_t> axes, ops::reduced_axes(job.node));
    const Value x = job.read(0);
    return Outputs{make<op::v1::ReduceSum>(make<op::v1::Multiply>(x, x), integers(axes), job.node.integer("keepdims", 1) != 0)};
}

std::vector<std::int64_t> spatial_axes(const Job& job) {
    std::vector<std::int64_t> axes;
    for (std::int64_t i = 2; i < job.rank(); ++i) axes.push_back(i);
    return axes;
}

template <class Op>
Result<Outputs> build_global(const Job& job) {
    return Outputs{make<Op>(job.read(0), integers(spatial_axes(job)), true)};
}

// x / norm; the least normal number keeps the 0 that our norm of nothing gives.
Result<Outputs> build_normalization(const Job& job) {
    const Value x = job.read(0), axes = integers({job.axis("axis", -1)});
    const Value norm = job.node.integer("p", 2) == 1 ? make<op::v4::ReduceL1>(x, axes, true) : make<op::v4::ReduceL2>(x, axes, true);
    return Outputs{make<op::v1::Divide>(x, make<op::v1::Maximum>(norm, real(FLT_MIN)))};
}

// OpenVINO's CPU plugin cuts the bias to a whole number (2026.4.1): where it is none, it is taken out of the power.
Result<Outputs> build_lrn(const Job& job) {
    const ops::NodeView& node = job.node;
    const float beta = node.real("beta", 0.75F), bias = node.real("bias", 1);
    const bool is_whole = bias == std::floor(bias);
    if (!is_whole && bias < 0) return ops::refusal(node, "device openvino has no bias of " + std::to_string(bias));
    const float alpha = node.real("alpha", 1e-4F) / (is_whole ? 1.0F : bias);
    const Value y = make<op::v0::LRN>(job.read(0), integers({1}), alpha, beta, is_whole ? bias : 1.0F,
                                      static_cast<std::size_t>(node.integer("size", 1)));
    return Outputs{is_whole ? y : make<op::v1::Multiply>(y, real(std::pow(bias, -beta)))};
}

// x * factor + summand, one of each a channel: inputs 1 and 2.
Outputs scale_and_shift(const Job& job, const Value& x) {
    ops::Shape shape(static_cast<std::size_t>(job.rank()), 1);
    shape[1] = job.node.input(0).shape[1];
    return {make<op::v1::Add>(make<op::v1::Multiply>(x, job.read_as(1, shape)), job.read_as(2, shape))};
}

Result<Outputs> build_scale_shift(const Job& job) {
    return scale_and_shift(job, job.read(0));
}

Result<Outputs> build_batch_normalization(const Job& job) {
    return Outputs{
        make<op::v5::BatchNormInference>(job.read(0), job.read(1), job.read(2), job.read(3), job.read(4), job.node.real("epsilon", 1e-5F))};
}

Result<Outputs> build_instance_normalization(const Job& job) {
    return scale_and_shift(job, make<op::v6::MVN>(job.read(0), integers(spatial_axes(job)), true, job.node.real("epsilon", 1e-5F),
                                                  op::MVNEpsMode::INSIDE_SQRT));
}

// alpha * A * B + beta * C
Result<Outputs> build_gemm(const Job& job) {
    const auto times = [&](const Value& x, const char* name) {
        const float factor = job.node.real(name, 1);
        return factor == 1.0F ? x : make<op::v1::Multiply>(x, real(factor));
    };
    const auto flag = [&](const char* name) { return job.node.integer(name, 0) != 0; };
    const Value y = times(make<op::v0::MatMul>(job.read(0), job.read(1), flag("transA"), flag("transB")), "alpha");
    if (!job.node.has_input(2)) return Outputs{y};
    return Outputs{make<op::v1::Add>(y, times(job.read(2), "beta"))};
}

Result<Outputs> build_mat_mul(const Job& job) {
    return Outputs{make<op::v0::MatMul>(job.read(0), job.read(1), false, false)};
}

Result<Outputs> build_fake_quantize(const Job& job) {
    const auto levels = static_cast<std::size_t>(job.node.integer("levels", 256));
    return Outputs{make<op::v0::FakeQuantize>(job.read(0), job.read(1), job.read(2), job.read(3), job.read(4), levels)};
}

struct Row {
    std::string_view op;
    BuildRow* build;
};

constexpr Row kRows[] = {
    {"Abs", build_unary<op::v0::Abs>},
    {"Acos", build_unary<op::v0::Acos>},
    {"Acosh", build_unary<op::v3::Acosh>},
    {"Add", build_chain<op::v1::Add>},
    {"And", build_chain<op::v1::LogicalAnd>},
    {"ArgMax", build_arg_extreme},
    {"ArgMin", build_arg_extreme},
    {"Asin", build_unary<op::v0::Asin>},
    {"Asinh", build_unary<op::v3::Asinh>},
    {"Atan", build_unary<op::v0::Atan>},
    {"Atanh", build_unary<op::v3::Atanh>},
    {"AveragePool", build_average_pool},
    {"BatchNormalization", build_batch_normalization},
    {"Ceil", build_unary<op::v0::Ceiling>},
    {"Clip", build_clip},
    {"Concat", build_concat},
    {"Conv", build_convolution},
    {"ConvTranspose", build_transposed_convolution},
    {"Cos", build_unary<op::v0::Cos>},
    {"Cosh", build_unary<op::v0::Cosh>},
    {"DepthToSpace", build_depth_to_space},
    {"Div", build_divide},
    {"Dropout", build_same_bytes},
    {"Elu", build_elu},
    {"Equal", build_chain<op::v1::Equal>},
    {"Erf", build_unary<op::v0::Erf>},
    {"Exp", build_unary<op::v0::Exp>},
    {"Expand", build_expand},
    {"FakeQuantize", build_fake_quantize},
    {"Flatten", build_same_bytes},
    {"Floor", build_unary<op::v0::Floor>},
    {"Gather", build_gather},
    {"GatherElements", build_gather_elements},
    {"GatherND", build_gather_nd},
    {"Gelu", build_gelu},
    {"Gemm", build_gemm},
    {"GlobalAveragePool", build_global<op::v1::ReduceMean>},
    {"GlobalMaxPool", build_global<op::v1::ReduceMax>},
    {"Greater", build_chain<op::v1::Greater>},
    {"GreaterOrEqual", build_chain<op::v1::GreaterEqual>},
    {"GridSample", build_grid_sample},
    {"GroupNormalization", build_group_normalization},
    {"HardSigmoid", build_as_activation},
    {"HardSwish", build_as_activation},
    {"Identity", build_same_bytes},
    {"InstanceNormalization", build_instance_normalization},
    {"LRN", build_lrn},
    {"LayerNormalization", build_layer_normalization},
    {"LeakyRelu", build_as_activation},
    {"Less", build_chain<op::v1::Less>},
    {"LessOrEqual", build_chain<op::v1::LessEqual>},
    {"Log", build_unary<op::v0::Log>},
    {"LogSoftmax", build_softmax<op::v5::LogSoftmax, std::int64_t>},
    {"LpNormalization", build_normalization},
    {"MatMul", build_mat_mul},
    {"Max", build_chain<op::v1::Maximum>},
    {"MaxPool", build_max_pool},
    {"Mean", build_mean},
    {"MeanVarianceNormalization", build_mean_variance},
    {"Min", build_chain<op::v1::Minimum>},
    {"Mish", build_unary<op::v4::Mish>},
    {"Mod", build_remainder},
    {"Mul", build_chain<op::v1::Multiply>},
    {"Neg", build_unary<op::v0::Negative>},
    {"Not", build_unary<op::v1::LogicalNot>},
    {"Or", build_chain<op::v1::LogicalOr>},
    {"PRelu", build_prelu},
    {"Pad", build_pad},
    {"Pow", build_power},
    {"Reciprocal", build_reciprocal},
    {"ReduceL1", build_reduction<op::v4::ReduceL1>},
    {"ReduceL2", build_reduction<op::v4::ReduceL2>},
    {"ReduceMax", build_reduction<op::v1::ReduceMax>},
    {"ReduceMean", build_reduction<op::v1::ReduceMean>},
    {"ReduceMin", build_reduction<op::v1::ReduceMin>},
    {"ReduceProd", build_reduction<op::v1::ReduceProd>},
    {"ReduceSum", build_reduction<op::v1::ReduceSum>},
    {"ReduceSumSquare", build_reduced_square},
    {"Relu", build_as_activation},
    {"Reshape", build_same_bytes},
    {"Resize", build_resize},
    {"Round", build_round},
    {"ScaleShift", build_scale_shift},
    {"ScatterElements", build_scatter_elements},
    {"ScatterND", build_scatter_nd},
    {"Selu", build_selu},
    {"Sigmoid", build_as_activation},
    {"Sign", build_unary<op::v0::Sign>},
    {"Silu", build_as_activation},
    {"Sin", build_unary<op::v0::Sin>},
    {"Sinh", build_unary<op::v0::Sinh>},
    {"Slice", build_slice},
    {"Softmax", build_softmax<op::v8::Softmax, std::int64_t>},
    {"Softplus", build_unary<op::v4::SoftPlus>},
    {"Softsign", build_unary<op::v9::SoftSign>},
    {"SpaceToDepth", build_space_to_depth},
    {"Split", build_split},
    {"Sqrt", build_unary<op::v0::Sqrt>},
    {"Squeeze", build_same_bytes},
    {"Sub", build_chain<op::v1::Subtract>},
    {"Sum", build_chain<op::v1::Add>},
    {"Swish", build_swish},
    {"Tan", build_unary<op::v0::Tan>},
    {"Tanh", build_unary<op::v0::Tanh>},
    {"Tile", build_tile},
    {"TopK", build_top_k},
    {"Transpose", build_transpose},
    {"Unsqueeze", build_same_bytes},
    {"Upsample", build_resize},
    {"Where", build_where},
    {"Xor", build_chain<op::v1::LogicalXor>},
};

// OpenVINO's CPU plugin computes a HardSigmoid of slope 1/6 as if its offset were 1/2 (2026.4.1). So that one is HSigmoid, others are
// spelled out.
Value build_hard_sigmoid(const Activation& activation, Value x) {
    if (activation.alpha == 1.0F / 6.0F && activation.beta == 0.5F) return make<op::v5::HSigmoid>(x);
    x = make<op::v1::Add>(make<op::v1::Multiply>(x, real(activation.alpha)), real(activation.beta));
    return make<op::v0::Clamp>(x, 0, 1);
}

}  // namespace

Outputs Job::read_all() const {
    Outputs values;
    for (std::size_t i = 0; i < node.input_count(); ++i) values.push_back(read(i));
    return values;
}

std::int64_t Job::axis(const char* attribute, std::int64_t fallback) const {
    const std::int64_t axis = node.integer(attribute, fallback);
    return axis < 0 ? axis + rank() : axis;
}

Value integers(const std::vector<std::int64_t>& values) {
    return make<op::v0::Constant>(ov::element::i64, ov::Shape{values.size()}, values);
}

Value integer(std::int64_t value) {
    return make<op::v0::Constant>(ov::element::i64, ov::Shape{}, value);
}

Value real(float value) {
    return make<op::v0::Constant>(ov::element::f32, ov::Shape{}, value);
}

Result<Outputs> build_operator(const Job& job) {
    const Row* row = std::ranges::find(kRows, job.node.op(), &Row::op);
    if (row == std::end(kRows)) return ops::refusal(job.node, "device openvino has no such operator, use device onednn or reference");
    return row->build(job);
}

Value build_activation(const Activation& activation, const Value& x) {
    switch (activation.kind) {
        case ActivationKind::none:
            return x;
        case ActivationKind::relu:
            return make<op::v0::Relu>(x);
        case ActivationKind::clip:
            return make<op::v0::Clamp>(x, activation.alpha, activation.beta);
        case ActivationKind::leaky_relu:
            return make<op::v0::PRelu>(x, make<op::v0::Constant>(ov::element::f32, ov::Shape{1}, activation.alpha));
        case ActivationKind::hard_sigmoid:
            return build_hard_sigmoid(activation, x);
        case ActivationKind::hard_swish:
            return make<op::v4::HSwish>(x);
        case ActivationKind::sigmoid:
            return make<op::v0::Sigmoid>(x);
        case ActivationKind::silu:
            return make<op::v4::Swish>(x);
        case ActivationKind::gelu:
            return make<op::v7::Gelu>(x, op::GeluApproximationMode::ERF);
    }
    return x;
}

}  // namespace octavo::openvino
