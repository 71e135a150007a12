// Layers that compute value by value or by norms: activations, arithmetic, normalization.
#include "core/formats/caffe/rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace octavo::caffe {
namespace {

using Numbers = std::vector<std::int64_t>;

// One number a channel of an input: [C, 1, 1].
Shape by_channel(const Importer& in) {
    Shape shape(in.shape(0).size() - 1, 1);
    shape[0] = in.shape(0)[1];
    return shape;
}

Result<void> expect_channels(const Importer& in) {
    if (in.shape(0).size() >= 2) return {};
    return in.refusal("its bottom has no channels");
}

// shift + scale * x, as far as it differs from x.
Result<std::vector<Step>> affine(Importer& in) {
    OCTAVO_TRY(const float scale, in.real("scale", 1));
    OCTAVO_TRY(const float shift, in.real("shift", 0));
    std::vector<Step> steps;
    if (scale != 1) steps.push_back({"Mul", {in.constant("scale", scale)}, {}});
    if (shift != 0) steps.push_back({"Add", {in.constant("shift", shift)}, {}});
    return steps;
}

// The natural logarithm of `base`, which is e where absent or -1; 1 is no base of a logarithm.
Result<float> log_of_base(const Importer& in, bool of_logarithm) {
    OCTAVO_TRY(const float base, in.real("base", -1));
    if (base == -1) return 1.0F;
    if (base > 0 && !(of_logarithm && base == 1)) return std::log(base);
    return in.refusal("base is " + std::to_string(base));
}

// Layers that are operators of ours by another name.
constexpr std::array kSame = std::to_array<std::pair<std::string_view, const char*>>(
    {{"AbsVal", "Abs"}, {"BNLL", "Softplus"}, {"Sigmoid", "Sigmoid"}, {"TanH", "Tanh"}});

// Blobs or a second bottom over axes `axis` on, as something that broadcasts to the first bottom.
struct Spread {
    Shape shape;
    TensorId bottom = TensorId::none;
};

Result<Spread> spread_of(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, in.axis("axis", 1));
    const Shape& whole = in.shape(0);
    const std::size_t left = whole.size() - axis;
    OCTAVO_TRY(const std::int64_t axes, in.integer("num_axes", 1));
    std::size_t covered = axes == -1 ? left : static_cast<std::size_t>(axes);
    if (in.input_count() > 1) covered = in.shape(1).size();
    if (axes < -1 || covered > left) return in.refusal("its factors or summands have more axes than its bottom");
    Spread spread{{whole.begin() + static_cast<std::ptrdiff_t>(axis), whole.begin() + static_cast<std::ptrdiff_t>(axis + covered)}, {}};
    if (in.input_count() > 1) {
        for (std::size_t i = 0; i < covered; ++i)
            if (in.shape(1)[i] != spread.shape[i] && in.shape(1)[i] != 1) return in.refusal("its bottoms do not fit");
        spread.bottom = in.input(1);
        if (covered < left) {
            Numbers target = axis == 0 ? Numbers(covered, 0) : in.shape(1);
            target.resize(left, 1);
            OCTAVO_TRY(spread.bottom, in.between("Reshape", {spread.bottom, in.constant("shape", target)}));
        }
    }
    spread.shape.resize(left, 1);
    return spread;
}

// Over channels or over all but the batch.
Numbers axes_from(const Importer& in, std::size_t first) {
    Numbers axes(in.shape(0).size() - first);
    std::iota(axes.begin(), axes.end(), static_cast<std::int64_t>(first));
    return axes;
}

}  // namespace

Result<void> read_activation(Importer& in) {
    const auto row = std::find_if(kSame.begin(), kSame.end(), [&](const auto& same) { return in.is(same.first); });
    return in.finish(row->second, {in.input(0)});
}

Result<void> read_identity(Importer& in) {
    return in.finish("Identity", {in.input(0)});
}

Result<void> read_relu(Importer& in) {
    OCTAVO_TRY(const float slope, in.real("negative_slope", 0));
    if (slope == 0) return in.finish("Relu", {in.input(0)});
    return in.finish("LeakyRelu", {in.input(0)}, {{"alpha", slope}});
}

Result<void> read_prelu(Importer& in) {
    OCTAVO_CHECK_OK(expect_channels(in));
    OCTAVO_TRY(const bool shared, in.flag("channel_shared", false));
    OCTAVO_TRY(const TensorId slope, in.blob(0, "slope", shared ? Shape{1} : by_channel(in)));
    return in.finish("PRelu", {in.input(0), slope});
}

Result<void> read_elu(Importer& in) {
    OCTAVO_TRY(const float alpha, in.real("alpha", 1));
    return in.finish("Elu", {in.input(0)}, {{"alpha", alpha}});
}

Result<void> read_clip(Importer& in) {
    float low = 0, high = 6;  // ReLU6
    if (in.is("Clip")) {
        if (!in.has("min") || !in.has("max")) return in.refusal("without min or max");
        OCTAVO_TRY(low, in.real("min", 0));
        OCTAVO_TRY(high, in.real("max", 0));
    }
    return in.finish("Clip", {in.input(0), in.constant("min", low), in.constant("max", high)});
}

// (shift + scale * x) ^ power
Result<void> read_power(Importer& in) {
    OCTAVO_TRY(const float power, in.real("power", 1));
    OCTAVO_TRY(std::vector<Step> steps, affine(in));
    if (power != 1) steps.push_back({"Pow", {in.constant("power", power)}, {}});
    return in.finish(in.input(0), std::move(steps));
}

// base ^ (shift + scale * x)
Result<void> read_exp(Importer& in) {
    OCTAVO_TRY(const float factor, log_of_base(in, false));
    OCTAVO_TRY(std::vector<Step> steps, affine(in));
    if (factor != 1) steps.push_back({"Mul", {in.constant("base", factor)}, {}});
    steps.push_back({"Exp", {}, {}});
    return in.finish(in.input(0), std::move(steps));
}

// The logarithm of shift + scale * x
Result<void> read_log(Importer& in) {
    OCTAVO_TRY(const float divisor, log_of_base(in, true));
    OCTAVO_TRY(std::vector<Step> steps, affine(in));
    steps.push_back({"Log", {}, {}});
    if (divisor != 1) steps.push_back({"Div", {in.constant("base", divisor)}, {}});
    return in.finish(in.input(0), std::move(steps));
}

Result<void> read_eltwise(Importer& in) {
    OCTAVO_TRY(const std::size_t operation, in.choice("operation", {"PROD", "SUM", "MAX"}));
    OCTAVO_TRY(const std::vector<float> listed, in.reals("coeff"));
    const bool sums = !in.has("operation") || operation == 1;
    if (!listed.empty() && (!sums || listed.size() != in.input_count()))
        return in.refusal(std::to_string(listed.size()) + " coefficients for " + std::to_string(in.input_count()) + " bottoms");
    for (std::size_t i = 1; i < in.input_count(); ++i)
        if (in.shape(i) != in.shape(0)) return in.refusal("its bottoms differ in shape");
    std::vector<TensorId> ids = in.inputs();
    for (std::size_t i = 0; i < listed.size(); ++i) {
        if (listed[i] == 1) continue;
        OCTAVO_TRY(ids[i], in.between("Mul", {ids[i], in.constant("coeff", listed[i])}));
    }
    if (sums && ids.size() != 2) return in.finish("Sum", std::move(ids));
    std::vector<Step> steps;
    for (std::size_t i = 1; i < ids.size(); ++i) steps.push_back({sums ? "Add" : operation == 0 ? "Mul" : "Max", {ids[i]}, {}});
    return in.finish(ids[0], std::move(steps));
}

// a * x + y with a factor a channel
Result<void> read_axpy(Importer& in) {
    Shape factor = in.shape(0), channels = in.shape(1);
    TensorId a = in.input(0);
    if (channels.size() < 2 || channels != in.shape(2) || element_count(factor) != channels[0] * channels[1] || factor[0] != channels[0])
        return in.refusal("its bottoms do not fit");
    if (factor.size() != channels.size()) {
        Numbers target = {0, -1};
        target.resize(channels.size(), 1);
        OCTAVO_TRY(a, in.between("Reshape", {a, in.constant("shape", target)}));
    }
    return in.finish(in.input(1), {{"Mul", {a}, {}}, {"Add", {in.input(2)}, {}}});
}

// Scale and Bias: factors, or summands, or both, from blobs or from a second bottom.
Result<void> read_scale(Importer& in) {
    OCTAVO_TRY(const Spread spread, spread_of(in));
    const char* const op = in.is("Bias") ? "Add" : "Mul";
    TensorId first = spread.bottom;
    if (in.input_count() == 1) {
        OCTAVO_TRY(first, in.blob(0, in.is("Bias") ? "bias" : "scale", spread.shape));
    }
    std::vector<Step> steps = {{op, {first}, {}}};
    OCTAVO_TRY(const bool has_bias, in.flag("bias_term", false));
    if (has_bias) {
        OCTAVO_TRY(const TensorId bias, in.blob(in.input_count() == 1 ? 1 : 0, "bias", spread.shape));
        steps.push_back({"Add", {bias}, {}});
    }
    return in.finish(in.input(0), std::move(steps));
}

// Blobs: mean and variance as sums, and what they are to be divided by.
Result<void> read_batch_norm(Importer& in) {
    OCTAVO_CHECK_OK(expect_channels(in));
    OCTAVO_TRY(const bool global, in.flag("use_global_stats", true));
    if (!global) return in.refusal("use_global_stats is false: statistics of each batch are not supported");
    OCTAVO_TRY(const float eps, in.real("eps", 1e-5F));
    const std::int64_t channels = in.shape(0)[1];
    OCTAVO_TRY(std::vector<float> mean, in.blob_values(0, "mean", {channels}));
    OCTAVO_TRY(std::vector<float> variance, in.blob_values(1, "variance", {channels}));
    OCTAVO_TRY(const std::vector<float> count, in.blob_values(2, "count", {1}));
    const float factor = count[0] == 0 ? 0 : 1 / count[0];
    for (std::vector<float>* sums : {&mean, &variance})
        for (float& value : *sums) value *= factor;
    const auto of_channels = [&](const char* what, std::vector<float> values) { return in.constant(what, {channels}, std::move(values)); };
    return in.finish(
        "BatchNormalization",
        {in.input(0), of_channels("scale", std::vector<float>(mean.size(), 1)), of_channels("bias", std::vector<float>(mean.size(), 0)),
         of_channels("mean", mean), of_channels("variance", variance)},
        {{"epsilon", eps}});
}

// Within a channel, x * (1 + alpha * mean of squares) ^ -beta over a square.
Result<void> read_lrn(Importer& in) {
    OCTAVO_TRY(const std::int64_t size, in.integer("local_size", 5));
    OCTAVO_TRY(const float alpha, in.real("alpha", 1));
    OCTAVO_TRY(const float beta, in.real("beta", 0.75F));
    OCTAVO_TRY(const float k, in.real("k", 1));
    OCTAVO_TRY(const std::size_t region, in.choice("norm_region", {"ACROSS_CHANNELS", "WITHIN_CHANNEL"}));
    if (size < 1 || size % 2 == 0) return in.refusal("local_size is " + std::to_string(size) + ", expected an odd number");
    if (region == 0) return in.finish("LRN", {in.input(0)}, {{"alpha", alpha}, {"beta", beta}, {"bias", k}, {"size", size}});
    const std::int64_t pad = (size - 1) / 2;
    OCTAVO_TRY(const TensorId square, in.between("Mul", {in.input(0), in.input(0)}));
    const Attributes window = {
        {"kernel_shape", Numbers{size, size}}, {"pads", Numbers{pad, pad, pad, pad}}, {"count_include_pad", std::int64_t{1}}};
    return in.finish(square, {{"AveragePool", {}, window},
                              {"Mul", {in.constant("alpha", alpha)}, {}},
                              {"Add", {in.constant("one", 1.0F)}, {}},
                              {"Pow", {in.constant("beta", -beta)}, {}},
                              {"Mul", {in.input(0)}, {}}});
}

// x / sqrt(sum of squares + eps) * scale, over channels or over all of an image.
Result<void> read_normalize(Importer& in) {
    OCTAVO_CHECK_OK(expect_channels(in));
    OCTAVO_TRY(const bool whole, in.flag("across_spatial", true));
    OCTAVO_TRY(const bool shared, in.flag("channel_shared", true));
    OCTAVO_TRY(const float eps, in.real("eps", 1e-10F));
    OCTAVO_TRY(const TensorId scale, in.blob(0, "scale", shared ? Shape{1} : by_channel(in)));
    const Attributes over = {{"axes", whole ? axes_from(in, 1) : Numbers{1}}, {"keepdims", std::int64_t{1}}};
    OCTAVO_TRY(const TensorId sum, in.between("ReduceSumSquare", {in.input(0)}, over));
    OCTAVO_TRY(const TensorId guarded, in.between("Add", {sum, in.constant("eps", eps)}));
    OCTAVO_TRY(const TensorId norm, in.between("Sqrt", {guarded}));
    return in.finish(in.input(0), {{"Div", {norm}, {}}, {"Mul", {scale}, {}}});
}

// (x - mean) / (deviation + eps)
Result<void> read_mvn(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    OCTAVO_TRY(const bool divides, in.flag("normalize_variance", true));
    OCTAVO_TRY(const bool across, in.flag("across_channels", false));
    OCTAVO_TRY(const float eps, in.real("eps", 1e-9F));
    const Attributes over = {{"axes", axes_from(in, across ? 1 : 2)}, {"keepdims", std::int64_t{1}}};
    OCTAVO_TRY(const TensorId mean, in.between("ReduceMean", {in.input(0)}, over));
    if (!divides) return in.finish("Sub", {in.input(0), mean});
    OCTAVO_TRY(const TensorId centred, in.between("Sub", {in.input(0), mean}));
    OCTAVO_TRY(const TensorId square, in.between("Mul", {centred, centred}));
    OCTAVO_TRY(const TensorId variance, in.between("ReduceMean", {square}, over));
    OCTAVO_TRY(const TensorId deviation, in.between("Sqrt", {variance}));
    OCTAVO_TRY(const TensorId guarded, in.between("Add", {deviation, in.constant("eps", eps)}));
    return in.finish("Div", {centred, guarded});
}

Result<void> read_softmax(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, in.axis("axis", 1));
    return in.finish("Softmax", {in.input(0)}, {{"axis", static_cast<std::int64_t>(axis)}, {"opset", std::int64_t{13}}});
}

}  // namespace octavo::caffe
