// Old layers that compute values.
#include "core/formats/openvino/old_rows.h"

#include "core/base/text.h"
#include "core/formats/openvino/import_rows.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace octavo::openvino {
namespace {

using Ids = std::vector<TensorId>;
using Numbers = std::vector<std::int64_t>;

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ends_with_ignoring_case(a, b);
}

struct Same {
    std::string_view layer;
    const char* op;
};
constexpr std::array kUnary = std::to_array<Same>({
    {"Abs", "Abs"},
    {"Ceiling", "Ceil"},
    {"Copy", "Identity"},
    {"Erf", "Erf"},
    {"Exp", "Exp"},
    {"Floor", "Floor"},
    {"Log", "Log"},
    {"Logistic", "Sigmoid"},
    {"Neg", "Neg"},
    {"Sigmoid", "Sigmoid"},
    {"Sign", "Sign"},
    {"SoftPlus", "Softplus"},
    {"Sqrt", "Sqrt"},
    {"TanH", "Tanh"},
});

Result<void> unary(Importer& in, std::string_view name) {
    const auto row = std::find_if(kUnary.begin(), kUnary.end(), [&](const Same& same) { return same_name(same.layer, name); });
    in.finish(row->op, {in.input(0)});
    return {};
}

Result<void> read_unary(Importer& in) {
    return unary(in, in.layer().type);
}

// ---- activations

Result<void> read_relu(Importer& in) {
    OCTAVO_TRY(const float slope, in.real("negative_slope", 0));
    if (slope == 0)
        in.finish("Relu", {in.input(0)});
    else
        in.finish("LeakyRelu", {in.input(0)}, {{"alpha", slope}});
    return {};
}

Result<void> read_relu6(Importer& in) {
    OCTAVO_TRY(const float most, in.real("n", 6));
    const TensorId low = in.constant("low", 0.0F), high = in.constant("high", most);
    in.finish("Clip", {in.input(0), low, high});
    return {};
}

// One slope a channel, or one.
Result<void> read_prelu(Importer& in) {
    OCTAVO_TRY(const TensorId slopes, in.blob("weights"));
    Numbers shape(in.rank(0) < 2 ? 1 : in.rank(0) - 1, 1);
    if (in.count(slopes) > 1) shape[0] = -1;
    in.finish("PRelu", {in.input(0), in.between("slope", "Reshape", {slopes, in.constant("slope/shape", shape)})});
    return {};
}

struct Row {
    std::string_view type;
    ReadRow* read;
};
constexpr Row kActivations[] = {
    {"Clamp", read_clamp}, {"ELU", read_elu}, {"PReLU", read_prelu}, {"ReLU", read_relu}, {"ReLU6", read_relu6}};

template <class Table>
auto find_row(const Table& table, std::string_view type) {
    const auto row = std::find_if(std::begin(table), std::end(table), [&](const Row& r) { return same_name(r.type, type); });
    return row == std::end(table) ? nullptr : row->read;
}

bool is_unary(std::string_view type) {
    return std::any_of(kUnary.begin(), kUnary.end(), [&](const Same& same) { return same_name(same.layer, type); });
}

Result<void> read_activation(Importer& in) {
    const std::string type = in.text("type");
    if (is_unary(type)) return unary(in, type);
    if (ReadRow* const read = find_row(kActivations, type)) return read(in);
    return in.refusal("type '" + type + "', which is not supported");
}

// ---- windows

// Lists are height, width; version 2 had an attribute a side instead.
Result<Numbers> sides(const Importer& in, const char* list, const char* prefix, std::int64_t fallback) {
    OCTAVO_TRY(Numbers values, in.list(list));
    if (!values.empty()) return values;
    for (const char* side : {"-y", "-x"}) {
        OCTAVO_TRY(const std::int64_t value, in.number((prefix + std::string(side)).c_str(), fallback));
        values.push_back(value);
    }
    return values;
}

Result<Numbers> pads_of(const Importer& in) {
    OCTAVO_TRY(Numbers pads, sides(in, "pads_begin", "pad", 0));
    OCTAVO_TRY(Numbers end, in.list("pads_end"));
    if (end.empty() && pads.size() == 2) {
        OCTAVO_TRY(const std::int64_t bottom, in.number("pad-b", pads[0]));
        OCTAVO_TRY(const std::int64_t right, in.number("pad-r", pads[1]));
        end = {bottom, right};
    }
    pads.insert(pads.end(), end.begin(), end.end());
    return pads;
}

Result<Attributes> window_of(const Importer& in) {
    Attributes attributes;
    OCTAVO_TRY(attributes["kernel_shape"], sides(in, "kernel", "kernel", 0));
    OCTAVO_TRY(attributes["strides"], sides(in, "strides", "stride", 1));
    OCTAVO_TRY(attributes["dilations"], sides(in, "dilations", "dilation", 1));
    OCTAVO_TRY(const Numbers pads, pads_of(in));
    OCTAVO_CHECK_OK(set_pads(in, attributes, pads));
    return attributes;
}

// A weight that lies beside the layer, or that another layer computes.
Result<TensorId> weight(Importer& in, const Shape& shape) {
    if (in.input_count() < 2) return in.blob("weights", shape);
    if (in.dims(1) == shape) return in.input(1);
    return in.between("weight", "Reshape", {in.input(1), in.constant("weight/shape", shape)});
}

// Input, weight and bias; what is to be multiplied may have another shape than input 0.
Result<Ids> product(Importer& in, TensorId x, const Shape& shape, std::int64_t outputs) {
    OCTAVO_TRY(const TensorId weights, weight(in, shape));
    Ids ids = {x, weights};
    if (in.input_count() > 2) {
        ids.push_back(in.input(2));
    } else if (in.has_blob("biases")) {
        OCTAVO_TRY(const TensorId bias, in.blob("biases", Shape{outputs}));
        ids.push_back(bias);
    }
    return ids;
}

Result<void> read_convolution(Importer& in) {
    OCTAVO_TRY(Attributes attributes, window_of(in));
    OCTAVO_TRY(const std::int64_t group, in.number("group", 1));
    OCTAVO_TRY(const std::int64_t output, in.number("output", 0));
    const std::int64_t channels = in.rank(0) > 1 ? in.dims(0)[1] : 0;
    if (group < 1 || output < 1 || channels < 1 || output % group != 0 || channels % group != 0)
        return in.refusal(std::to_string(channels) + " channels become " + std::to_string(output) + " in " + std::to_string(group) +
                          " groups");
    attributes["group"] = group;
    const bool transposed = !same_name(in.layer().type, "Convolution");
    Shape shape = transposed ? Shape{channels, output / group} : Shape{output, channels / group};
    const Numbers kernel = std::get<Numbers>(attributes["kernel_shape"]);
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    OCTAVO_TRY(Ids ids, product(in, in.input(0), shape, output));
    in.finish(transposed ? "ConvTranspose" : "Conv", std::move(ids), std::move(attributes));
    return {};
}

// Over all values of an image.
Result<void> read_fully_connected(Importer& in) {
    OCTAVO_TRY(const std::int64_t output, in.number("out-size", 0));
    std::int64_t count = 1;
    for (std::size_t axis = 1; axis < in.rank(0); ++axis)
        if (in.dims(0)[axis] < 1 || __builtin_mul_overflow(count, in.dims(0)[axis], &count)) return in.refusal("its input's shape is open");
    const TensorId x = in.rank(0) == 2 ? in.input(0) : in.between("flat", "Flatten", {in.input(0)}, {{"axis", std::int64_t{1}}});
    OCTAVO_TRY(Ids ids, product(in, x, {output, count}, output));
    in.finish("Gemm", std::move(ids), {{"transB", std::int64_t{1}}});
    return {};
}

// Rounds up unless it says that it does not.
Result<void> read_pooling(Importer& in) {
    OCTAVO_TRY(Attributes attributes, window_of(in));
    attributes.erase("dilations");
    attributes["ceil_mode"] = std::int64_t{in.text("rounding_type", in.text("rounding-type", "ceil").c_str()) != "floor"};
    const std::string method = in.text("pool-method", "max");
    if (method != "max" && method != "avg") return in.refusal("pool-method '" + method + "', expected 'max' or 'avg'");
    if (method == "avg") attributes["count_include_pad"] = std::int64_t{!in.flag("exclude-pad")};
    in.finish(method == "avg" ? "AveragePool" : "MaxPool", {in.input(0)}, std::move(attributes));
    return {};
}

// ---- arithmetic

constexpr std::array kEltwise = std::to_array<Same>({
    {"sum", "Add"},
    {"sub", "Sub"},
    {"mul", "Mul"},
    {"prod", "Mul"},
    {"div", "Div"},
    {"max", "Max"},
    {"min", "Min"},
    {"pow", "Pow"},
});

Result<void> read_eltwise(Importer& in) {
    const std::string operation = in.text("operation", "sum");
    const auto row = std::find_if(kEltwise.begin(), kEltwise.end(), [&](const Same& same) { return same_name(same.layer, operation); });
    if (row == kEltwise.end() || in.input_count() < 2)
        return in.refusal("operation '" + operation + "' of " + std::to_string(in.input_count()) + " inputs, which is not supported");
    OCTAVO_TRY(const std::vector<float> factors, in.real_list("coeff"));
    if (!factors.empty() && (row->layer != "sum" || factors.size() != in.input_count()))
        return in.refusal(std::to_string(factors.size()) + " coefficients for " + std::to_string(in.input_count()) + " inputs");
    const auto term = [&](std::size_t i) {
        if (factors.empty() || factors[i] == 1) return in.input(i);
        return in.between("term", "Mul", {in.input(i), in.constant("factor", factors[i])});
    };
    TensorId sum = term(0);
    for (std::size_t i = 1; i + 1 < in.input_count(); ++i) sum = in.between("part", row->op, {sum, term(i)});
    in.finish(row->op, {sum, term(in.input_count() - 1)});
    return {};
}

// (scale * x + shift) ^ power; steps that change nothing are left out.
Result<void> read_power(Importer& in) {
    std::vector<std::pair<const char*, float>> steps;
    for (const auto& [attribute, op, neutral] : {std::tuple("scale", "Mul", 1.0F), {"shift", "Add", 0.0F}, {"power", "Pow", 1.0F}}) {
        OCTAVO_TRY(const float value, in.real(attribute, neutral));
        if (value != neutral) steps.emplace_back(op, value);
    }
    TensorId x = in.input(0);
    if (steps.empty()) in.finish("Identity", {x});
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const TensorId constant = in.constant("constant", steps[i].second);
        if (i + 1 < steps.size())
            x = in.between("step", steps[i].first, {x, constant});
        else
            in.finish(steps[i].first, {x, constant});
    }
    return {};
}

std::size_t channels_of(const Importer& in) {
    return in.rank(0) > 1 && in.dims(0)[1] > 0 ? static_cast<std::size_t>(in.dims(0)[1]) : 0;
}

Result<void> read_scale_shift(Importer& in) {
    Ids ids = {in.input(0)};
    OCTAVO_TRY(const TensorId scale, in.blob("weights"));
    const std::size_t count = in.count(scale);
    ids.push_back(scale);
    if (in.has_blob("biases")) {
        OCTAVO_TRY(const TensorId shift, in.blob("biases", Shape{static_cast<std::int64_t>(count)}));
        ids.push_back(shift);
    } else {
        ids.push_back(in.constant("shift", std::vector<float>(count, 0)));
    }
    if (count == 1 && channels_of(in) != 1)
        in.finish("Add", {in.between("scaled", "Mul", {ids[0], ids[1]}), ids[2]});
    else
        in.finish("ScaleShift", ids);
    return {};
}

// The variance lies in the weights, the mean in the biases.
Result<void> read_batch_normalization(Importer& in) {
    OCTAVO_TRY(const float epsilon, in.real("epsilon", 1e-3F));
    OCTAVO_TRY(const TensorId variance, in.blob("weights"));
    OCTAVO_TRY(const TensorId mean, in.blob("biases"));
    const std::size_t count = in.count(variance);
    const TensorId scale = in.constant("scale", std::vector<float>(count, 1)), shift = in.constant("shift", std::vector<float>(count, 0));
    in.finish("BatchNormalization", {in.input(0), scale, shift, mean, variance}, {{"epsilon", epsilon}});
    return {};
}

// Across channels, or over a square of each channel: x / (k + alpha * mean of squares) ^ beta, where the border counts as zeros.
Result<void> read_norm(Importer& in) {
    OCTAVO_TRY(const std::int64_t legacy_size, in.number("local-size", 1));
    OCTAVO_TRY(const std::int64_t size, in.number("local_size", legacy_size));
    OCTAVO_TRY(const float alpha, in.real("alpha", 1));
    OCTAVO_TRY(const float beta, in.real("beta", 1));
    OCTAVO_TRY(const float k, in.real("k", 1));
    if (in.text("region", "across") == "across") {
        in.finish("LRN", {in.input(0)}, {{"alpha", alpha}, {"beta", beta}, {"bias", k}, {"size", size}});
        return {};
    }
    const std::int64_t pad = (size - 1) / 2;
    const TensorId square = in.between("square", "Mul", {in.input(0), in.input(0)});
    const TensorId mean =
        in.between("mean", "AveragePool", {square},
                   {{"kernel_shape", Numbers{size, size}}, {"pads", Numbers(4, pad)}, {"count_include_pad", std::int64_t{1}}});
    const TensorId sum = in.between("sum", "Add", {in.between("scaled", "Mul", {mean, in.constant("alpha", alpha)}), in.constant("k", k)});
    in.finish("Div", {in.input(0), in.between("divisor", "Pow", {sum, in.constant("beta", beta)})});
    return {};
}

Result<void> read_soft_max(Importer& in) {
    OCTAVO_TRY(const std::int64_t axis, in.number("axis", 1));
    in.finish("Softmax", {in.input(0)}, {{"axis", axis}, {"opset", std::int64_t{13}}});
    return {};
}

// x / sqrt(sum of squares + eps), over a channel's pixels too or not, times a weight.
Result<void> read_normalize(Importer& in) {
    OCTAVO_TRY(const float eps, in.real("eps", 1e-10F));
    Numbers axes = {1};
    if (in.flag("across_spatial", true))
        for (std::size_t axis = 2; axis < in.rank(0); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
    const TensorId square = in.between("square", "Mul", {in.input(0), in.input(0)});
    const TensorId sum = in.between("sum", "ReduceSum", {square}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
    const TensorId norm = in.between("norm", "Sqrt", {in.between("guard", "Add", {sum, in.constant("eps", eps)})});
    OCTAVO_TRY(const TensorId weights, in.blob("weights"));
    Numbers shape(in.rank(0) < 2 ? 1 : in.rank(0) - 1, 1);
    if (in.count(weights) > 1) shape[0] = -1;
    const TensorId scale = in.between("scale", "Reshape", {weights, in.constant("scale/shape", shape)});
    in.finish("Mul", {in.between("unit", "Div", {in.input(0), norm}), scale});
    return {};
}

Result<void> read_fake_quantize(Importer& in) {
    OCTAVO_TRY(const std::int64_t levels, in.number("levels", 256));
    Ids ids;
    for (std::size_t i = 0; i < in.input_count(); ++i) ids.push_back(in.input(i));
    in.finish("FakeQuantize", std::move(ids), {{"levels", levels}});
    return {};
}

constexpr Row kRows[] = {
    {"Activation", read_activation},
    {"ArgMax", read_old_arg_max},
    {"BatchNormalization", read_batch_normalization},
    {"Concat", read_old_concat},
    {"Convolution", read_convolution},
    {"Crop", read_old_crop},
    {"Deconvolution", read_convolution},
    {"DetectionOutput", read_old_detection_output},
    {"Eltwise", read_eltwise},
    {"FakeQuantize", read_fake_quantize},
    {"Flatten", read_old_flatten},
    {"FullyConnected", read_fully_connected},
    {"Gather", read_old_gather},
    {"InnerProduct", read_fully_connected},
    {"Interp", read_old_interp},
    {"Norm", read_norm},
    {"Normalize", read_normalize},
    {"Permute", read_old_permute},
    {"Pooling", read_pooling},
    {"Power", read_power},
    {"PriorBox", read_old_priors},
    {"PriorBoxClustered", read_old_priors},
    {"RegionYolo", read_region},
    {"ReorgYolo", read_reorganization},
    {"Resample", read_old_resample},
    {"Reshape", read_old_reshape},
    {"ScaleShift", read_scale_shift},
    {"Slice", read_old_split},
    {"SoftMax", read_soft_max},
    {"Split", read_old_split},
    {"Squeeze", read_axes},
    {"StridedSlice", read_old_strided_slice},
    {"Tile", read_old_tile},
    {"Unsqueeze", read_axes},
};

}  // namespace

ReadRow* old_row_of(const std::string& type) {
    if (is_unary(type)) return read_unary;
    if (ReadRow* const read = find_row(kActivations, type)) return read;
    return find_row(kRows, type);
}

}  // namespace octavo::openvino
