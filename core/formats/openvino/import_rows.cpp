// Layers of OpenVINO's opsets as operators of ours: what computes values. import_rows_shape.cpp has what moves them.
#include "core/formats/openvino/import_rows.h"

#include <algorithm>
#include <array>

namespace octavo::openvino {
namespace {

using Ids = std::vector<TensorId>;
using Numbers = std::vector<std::int64_t>;

Ids inputs_of(const Importer& in) {
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i) ids.push_back(in.input(i));
    return ids;
}

// Operators that differ in name alone, if at all.
struct Same {
    std::string_view layer;
    const char* op;
};
constexpr std::array kSame = std::to_array<Same>({
    {"Abs", "Abs"},
    {"Acos", "Acos"},
    {"Acosh", "Acosh"},
    {"Add", "Add"},
    {"Asin", "Asin"},
    {"Asinh", "Asinh"},
    {"Atan", "Atan"},
    {"Atanh", "Atanh"},
    {"Ceiling", "Ceil"},
    {"ConvertLike", "CastLike"},
    {"Cos", "Cos"},
    {"Cosh", "Cosh"},
    {"Divide", "Div"},
    {"Equal", "Equal"},
    {"Erf", "Erf"},
    {"Exp", "Exp"},
    {"Floor", "Floor"},
    {"FloorMod", "Mod"},
    {"Greater", "Greater"},
    {"GreaterEqual", "GreaterOrEqual"},
    {"HSwish", "HardSwish"},
    {"Identity", "Identity"},
    {"IsNaN", "IsNaN"},
    {"Less", "Less"},
    {"LessEqual", "LessOrEqual"},
    {"Log", "Log"},
    {"LogicalAnd", "And"},
    {"LogicalNot", "Not"},
    {"LogicalOr", "Or"},
    {"LogicalXor", "Xor"},
    {"Maximum", "Max"},
    {"Minimum", "Min"},
    {"Mish", "Mish"},
    {"Multiply", "Mul"},
    {"Negative", "Neg"},
    {"Power", "Pow"},
    {"ReLU", "Relu"},
    {"Select", "Where"},
    {"Sigmoid", "Sigmoid"},
    {"Sign", "Sign"},
    {"Sin", "Sin"},
    {"Sinh", "Sinh"},
    {"SoftPlus", "Softplus"},
    {"SoftSign", "Softsign"},
    {"Sqrt", "Sqrt"},
    {"Subtract", "Sub"},
    {"Tan", "Tan"},
    {"Tanh", "Tanh"},
    {"Tile", "Tile"},
});

Result<void> read_same(Importer& in) {
    const std::string& type = in.layer().type;
    const auto row = std::find_if(kSame.begin(), kSame.end(), [&](const Same& same) { return same.layer == type; });
    in.finish(row->op, inputs_of(in));
    return {};
}

Result<void> read_convert(Importer& in) {
    const std::optional<octavo_type> type = graph_type(in.text("destination_type"));
    if (!type) return in.refusal("to '" + in.text("destination_type") + "', which is not supported");
    std::int64_t to = 1;  // numbers of ONNX
    for (const auto& [known, number] :
         {std::pair(OCTAVO_U8, 2), std::pair(OCTAVO_S8, 3), std::pair(OCTAVO_S64, 7), std::pair(OCTAVO_BOOLEAN, 9)})
        if (known == *type) to = number;
    in.finish("Cast", {in.input(0)}, {{"to", to}});
    return {};
}

// ---- activations

// A slope of rank 1 means channels here and the last dimension in ONNX.
Result<void> read_prelu(Importer& in) {
    if (const Result<std::vector<float>> slope = in.reals(1); slope && slope->size() == 1) {
        in.finish("LeakyRelu", {in.input(0)}, {{"alpha", slope->front()}});
        return {};
    }
    TensorId slope = in.input(1);
    if (in.rank(1) == 1 && in.rank(0) > 2) {
        Numbers shape(in.rank(0) - 1, 1);
        shape[0] = -1;
        slope = in.between("slope", "Reshape", {slope, in.constant("slope/shape", shape)});
    }
    in.finish("PRelu", {in.input(0), slope});
    return {};
}

Result<float> single(const Importer& in, std::size_t i) {
    OCTAVO_TRY(const std::vector<float> values, in.reals(i));
    if (values.size() != 1)
        return in.refusal("input " + std::to_string(i) + " has " + std::to_string(values.size()) + " values, expected 1");
    return values[0];
}

Result<void> read_hard_sigmoid(Importer& in) {
    OCTAVO_TRY(const float alpha, single(in, 1));
    OCTAVO_TRY(const float beta, single(in, 2));
    in.finish("HardSigmoid", {in.input(0)}, {{"alpha", alpha}, {"beta", beta}});
    return {};
}

Result<void> read_fixed_hard_sigmoid(Importer& in) {
    in.finish("HardSigmoid", {in.input(0)}, {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}});
    return {};
}

Result<void> read_selu(Importer& in) {
    OCTAVO_TRY(const float alpha, single(in, 1));
    OCTAVO_TRY(const float gamma, single(in, 2));
    in.finish("Selu", {in.input(0)}, {{"alpha", alpha}, {"gamma", gamma}});
    return {};
}

Result<void> read_swish(Importer& in) {
    float beta = 1;
    if (in.input_count() > 1) {
        OCTAVO_TRY(beta, single(in, 1));
    }
    if (beta == 1)
        in.finish("Silu", {in.input(0)});
    else
        in.finish("Swish", {in.input(0)}, {{"alpha", beta}});
    return {};
}

Result<void> read_gelu(Importer& in) {
    in.finish("Gelu", {in.input(0)}, {{"approximate", std::string(in.text("approximation_mode", "ERF") == "TANH" ? "tanh" : "none")}});
    return {};
}

Result<void> read_round(Importer& in) {
    if (in.text("mode", "half_to_even") != "half_to_even") return in.refusal("mode '" + in.text("mode") + "', expected 'half_to_even'");
    in.finish("Round", {in.input(0)});
    return {};
}

Result<void> read_remainder(Importer& in) {
    in.finish("Mod", inputs_of(in), {{"fmod", std::int64_t{1}}});
    return {};
}

Result<void> read_is_infinite(Importer& in) {
    in.finish("IsInf", inputs_of(in),
              {{"detect_negative", std::int64_t{in.flag("detect_negative", true)}},
               {"detect_positive", std::int64_t{in.flag("detect_positive", true)}}});
    return {};
}

// ---- products

Result<void> read_mat_mul(Importer& in) {
    const auto turned = [&](std::size_t i, const char* flag, const char* what) {
        if (!in.flag(flag) || in.rank(i) < 2) return in.input(i);
        Numbers order;
        for (std::size_t axis = 0; axis < in.rank(i); ++axis) order.push_back(static_cast<std::int64_t>(axis));
        std::swap(order[order.size() - 1], order[order.size() - 2]);
        return in.between(what, "Transpose", {in.input(i)}, {{"perm", order}});
    };
    const TensorId a = turned(0, "transpose_a", "a"), b = turned(1, "transpose_b", "b");
    in.finish("MatMul", {a, b});
    return {};
}

Result<void> read_grid_sample(Importer& in) {
    in.finish("GridSample", inputs_of(in),
              {{"align_corners", std::int64_t{in.flag("align_corners")}},
               {"mode", in.text("mode", "bilinear")},
               {"padding_mode", in.text("padding_mode", "zeros")}});
    return {};
}

Result<void> read_einsum(Importer& in) {
    in.finish("Einsum", inputs_of(in), {{"equation", in.text("equation")}});
    return {};
}

Result<Attributes> window_of(const Importer& in) {
    Attributes attributes;
    OCTAVO_TRY(Numbers strides, in.list("strides"));
    OCTAVO_TRY(Numbers dilations, in.list("dilations"));
    OCTAVO_TRY(Numbers begin, in.list("pads_begin"));
    OCTAVO_TRY(const Numbers end, in.list("pads_end"));
    begin.insert(begin.end(), end.begin(), end.end());
    if (!strides.empty()) attributes["strides"] = strides;
    if (!dilations.empty()) attributes["dilations"] = dilations;
    OCTAVO_CHECK_OK(set_pads(in, attributes, begin));
    return attributes;
}

// Groups are a dimension of the weight here, whose shape must be known: it is that of the weight as the file says it.
Result<TensorId> ungrouped(Importer& in, Attributes& attributes) {
    Numbers shape = in.dims(1);
    if (shape.size() < 3 || shape[0] < 1 || shape[1] < 1) return in.refusal("its weight's shape is not known");
    attributes["group"] = shape[0];
    if (__builtin_mul_overflow(shape[0], shape[1], &shape[1])) return in.refusal("its weight is too large");
    shape.erase(shape.begin());
    return in.between("weight", "Reshape", {in.input(1), in.constant("weight/shape", shape)});
}

Result<void> read_convolution(Importer& in) {
    OCTAVO_TRY(Attributes attributes, window_of(in));
    TensorId weight = in.input(1);
    if (in.layer().type.starts_with("Group")) {
        OCTAVO_TRY(weight, ungrouped(in, attributes));
    }
    if (!in.layer().type.ends_with("BackpropData")) {
        in.finish("Conv", {in.input(0), weight}, std::move(attributes));
        return {};
    }
    OCTAVO_TRY(Numbers added, in.list("output_padding"));
    if (!added.empty()) attributes["output_padding"] = added;
    if (in.input_count() > 2) {
        OCTAVO_TRY(attributes["output_shape"], in.integers(2));
    }
    in.finish("ConvTranspose", {in.input(0), weight}, std::move(attributes));
    return {};
}

Result<void> read_pool(Importer& in) {
    OCTAVO_TRY(Attributes attributes, window_of(in));
    OCTAVO_TRY(attributes["kernel_shape"], in.list("kernel"));
    const std::string rounding = in.text("rounding_type", "floor");
    attributes["ceil_mode"] = std::int64_t{rounding.starts_with("ceil")};
    if (in.layer().type == "AvgPool") attributes["count_include_pad"] = std::int64_t{!in.flag("exclude-pad")};
    in.finish(in.layer().type == "AvgPool" ? "AveragePool" : "MaxPool", {in.input(0)}, std::move(attributes));
    return {};
}

// ---- along axes

Result<void> read_softmax(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 1));
    in.finish(in.layer().type == "SoftMax" ? "Softmax" : "LogSoftmax", {in.input(0)}, {{"axis", axis}, {"opset", std::int64_t{13}}});
    return {};
}

Result<void> read_reduction(Importer& in) {
    OCTAVO_TRY(const Numbers axes, in.integers(1));
    const std::string& type = in.layer().type;  // booleans have layers of their own
    const char* op = type == "ReduceLogicalAnd" ? "ReduceMin" : type == "ReduceLogicalOr" ? "ReduceMax" : type.c_str();
    Attributes attributes = {{"axes", axes}, {"keepdims", std::int64_t{in.flag("keep_dims")}}};
    if (axes.empty()) attributes["noop_with_empty_axes"] = std::int64_t{1};
    in.finish(op, {in.input(0)}, std::move(attributes));
    return {};
}

Result<void> read_lrn(Importer& in) {
    OCTAVO_TRY(const Numbers axes, in.integers(1));
    if (axes != Numbers{1}) return in.refusal("not across channels, which alone is supported");
    OCTAVO_TRY(const float alpha, in.real("alpha", 0));
    OCTAVO_TRY(const float beta, in.real("beta", 0));
    OCTAVO_TRY(const float bias, in.real("bias", 1));
    OCTAVO_TRY(const std::int64_t size, in.number("size", 1));
    in.finish("LRN", {in.input(0)}, {{"alpha", alpha}, {"beta", beta}, {"bias", bias}, {"size", size}});
    return {};
}

// x / sqrt(sum of squares, with eps added or as the least)
Result<void> read_normalize(Importer& in) {
    OCTAVO_TRY(const Numbers axes, in.integers(1));
    OCTAVO_TRY(const float eps, in.real("eps", 0));
    const TensorId square = in.between("square", "Mul", {in.input(0), in.input(0)});
    const TensorId sum = in.between("sum", "ReduceSum", {square}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
    const TensorId guarded = in.between("guard", in.text("eps_mode") == "max" ? "Max" : "Add", {sum, in.constant("eps", eps)});
    in.finish("Div", {in.input(0), in.between("norm", "Sqrt", {guarded})});
    return {};
}

// All dimensions from some one on.
bool are_last(Numbers axes, std::size_t rank) {
    for (std::int64_t& axis : axes) axis = axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
    std::sort(axes.begin(), axes.end());
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (axes[i] != static_cast<std::int64_t>(rank - axes.size() + i)) return false;
    return true;
}

Result<void> read_mvn(Importer& in) {
    OCTAVO_TRY(const Numbers axes, in.integers(1));
    OCTAVO_TRY(const float eps, in.real("eps", 0));
    const bool inside = in.text("eps_mode", "inside_sqrt") != "outside_sqrt";
    if (in.flag("normalize_variance", true) && inside && !axes.empty() && are_last(axes, in.rank(0))) {
        in.finish("LayerNormalization", {in.input(0), in.constant("scale", std::vector<float>{1})},
                  {{"axis", -static_cast<std::int64_t>(axes.size())}, {"epsilon", eps}});
        return {};
    }
    const Attributes over = {{"axes", axes}, {"keepdims", std::int64_t{1}}};
    const TensorId mean = in.between("mean", "ReduceMean", {in.input(0)}, over);
    if (!in.flag("normalize_variance", true)) {
        in.finish("Sub", {in.input(0), mean});
        return {};
    }
    const TensorId centred = in.between("centred", "Sub", {in.input(0), mean});
    const TensorId variance = in.between("variance", "ReduceMean", {in.between("square", "Mul", {centred, centred})}, over);
    const TensorId least = in.constant("eps", eps);
    const TensorId deviation = inside ? in.between("deviation", "Sqrt", {in.between("guard", "Add", {variance, least})})
                                      : in.between("guard", "Add", {in.between("deviation", "Sqrt", {variance}), least});
    in.finish("Div", {centred, deviation});
    return {};
}

Result<void> read_group_normalization(Importer& in) {
    OCTAVO_TRY(const std::int64_t groups, in.number("num_groups", 1));
    OCTAVO_TRY(const float epsilon, in.real("epsilon", 0));
    in.finish("GroupNormalization", inputs_of(in), {{"num_groups", groups}, {"epsilon", epsilon}});
    return {};
}

Result<void> read_cumulative(Importer& in) {
    in.finish("CumSum", inputs_of(in), {{"exclusive", std::int64_t{in.flag("exclusive")}}, {"reverse", std::int64_t{in.flag("reverse")}}});
    return {};
}

// Before opset 5 the image stood behind gamma and beta.
Result<void> read_batch_norm(Importer& in) {
    OCTAVO_TRY(const float epsilon, in.real("epsilon", 0));
    Ids ids = inputs_of(in);
    if (in.layer().opset == "opset1" && ids.size() == 5) std::rotate(ids.begin(), ids.begin() + 2, ids.begin() + 3);
    in.finish("BatchNormalization", std::move(ids), {{"epsilon", epsilon}});
    return {};
}

Result<void> read_fake_quantize(Importer& in) {
    OCTAVO_TRY(const std::int64_t levels, in.number("levels", 256));
    in.finish("FakeQuantize", inputs_of(in), {{"levels", levels}});
    return {};
}

struct Row {
    std::string_view type;
    ReadRow* read;
};

constexpr Row kRows[] = {
    {"AvgPool", read_pool},
    {"BatchNormInference", read_batch_norm},
    {"Broadcast", read_broadcast},
    {"Clamp", read_clamp},
    {"Concat", read_concat},
    {"Convert", read_convert},
    {"Convolution", read_convolution},
    {"ConvolutionBackpropData", read_convolution},
    {"CumSum", read_cumulative},
    {"DepthToSpace", read_blocks},
    {"DetectionOutput", read_detection_output},
    {"Einsum", read_einsum},
    {"Elu", read_elu},
    {"FakeQuantize", read_fake_quantize},
    {"Gather", read_gather},
    {"GatherElements", read_gather_elements},
    {"GatherND", read_gather_nd},
    {"Gelu", read_gelu},
    {"GridSample", read_grid_sample},
    {"GroupConvolution", read_convolution},
    {"GroupConvolutionBackpropData", read_convolution},
    {"GroupNormalization", read_group_normalization},
    {"HSigmoid", read_fixed_hard_sigmoid},
    {"HardSigmoid", read_hard_sigmoid},
    {"Interpolate", read_interpolate},
    {"IsInf", read_is_infinite},
    {"LRN", read_lrn},
    {"LogSoftmax", read_softmax},
    {"MVN", read_mvn},
    {"MatMul", read_mat_mul},
    {"MaxPool", read_pool},
    {"Mod", read_remainder},
    {"NonMaxSuppression", read_suppression},
    {"NormalizeL2", read_normalize},
    {"OneHot", read_one_hot},
    {"PReLU", read_prelu},
    {"Pad", read_pad},
    {"PriorBox", read_prior_boxes},
    {"PriorBoxClustered", read_prior_boxes},
    {"Range", read_range},
    {"ReduceL1", read_reduction},
    {"ReduceL2", read_reduction},
    {"ReduceLogSumExp", read_reduction},
    {"ReduceLogicalAnd", read_reduction},
    {"ReduceLogicalOr", read_reduction},
    {"ReduceMax", read_reduction},
    {"ReduceMean", read_reduction},
    {"ReduceMin", read_reduction},
    {"ReduceProd", read_reduction},
    {"ReduceSum", read_reduction},
    {"RegionYolo", read_region},
    {"ReorgYolo", read_reorganization},
    {"Reshape", read_reshape},
    {"Round", read_round},
    {"ScatterElementsUpdate", read_scatter_elements},
    {"ScatterNDUpdate", read_scatter_nd},
    {"Selu", read_selu},
    {"ShapeOf", read_shape},
    {"Slice", read_slice},
    {"SoftMax", read_softmax},
    {"SpaceToDepth", read_blocks},
    {"Split", read_split},
    {"Squeeze", read_axes},
    {"StridedSlice", read_strided_slice},
    {"Swish", read_swish},
    {"TopK", read_top_k},
    {"Transpose", read_transpose},
    {"Unsqueeze", read_axes},
    {"VariadicSplit", read_split},
};

}  // namespace

Result<void> read_clamp(Importer& in) {
    OCTAVO_TRY(const float low, in.real("min", 0));
    OCTAVO_TRY(const float high, in.real("max", 1));
    const TensorId least = in.constant("min", low), most = in.constant("max", high);
    in.finish("Clip", {in.input(0), least, most});
    return {};
}

Result<void> read_elu(Importer& in) {
    OCTAVO_TRY(const float alpha, in.real("alpha", 1));
    in.finish("Elu", {in.input(0)}, {{"alpha", alpha}});
    return {};
}

Result<void> set_pads(const Importer& in, Attributes& attributes, const std::vector<std::int64_t>& pads) {
    const std::string pad = in.text("auto_pad", "explicit");
    constexpr std::pair<std::string_view, const char*> kPads[] = {
        {"same_upper", "SAME_UPPER"}, {"same_lower", "SAME_LOWER"}, {"valid", "VALID"}};
    for (const auto& [name, mode] : kPads)
        if (pad == name) attributes["auto_pad"] = std::string(mode);
    if (!attributes.contains("auto_pad")) {
        if (pad != "explicit" && pad != "notset") return in.refusal("auto_pad '" + pad + "', which is not known");
        if (!pads.empty()) attributes["pads"] = pads;
    }
    return {};
}

ReadRow* row_of(const std::string& type) {
    if (std::any_of(kSame.begin(), kSame.end(), [&](const Same& same) { return same.layer == type; })) return read_same;
    const Row* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.type == type; });
    return row == std::end(kRows) ? nullptr : row->read;
}

}  // namespace octavo::openvino
