// Layers with windows or weights: convolutions, pooling, inner products.
#include "core/formats/caffe/rows.h"

#include <algorithm>

namespace octavo::caffe {
namespace {

using Numbers = std::vector<std::int64_t>;

// Height and width of a window: `key` once for both or once each, or `own` with _h and _w.
Result<Numbers> sides(const Importer& in, const std::string& key, const std::string& own, std::int64_t fallback) {
    OCTAVO_TRY(Numbers listed, in.integers(key));
    if (in.has(own + "_h") || in.has(own + "_w")) {
        if (!listed.empty()) return in.refusal("both " + key + " and " + own + "_h or " + own + "_w");
        OCTAVO_TRY(const std::int64_t height, in.integer(own + "_h", fallback));
        OCTAVO_TRY(const std::int64_t width, in.integer(own + "_w", fallback));
        return Numbers{height, width};
    }
    if (listed.empty()) listed = {fallback};
    if (listed.size() == 1) listed.push_back(listed[0]);
    if (listed.size() != 2) return in.refusal(key + " has " + std::to_string(listed.size()) + " entries, expected 1 or 2");
    return listed;
}

// The same padding on both sides.
Numbers doubled(Numbers pads) {
    pads.insert(pads.end(), {pads[0], pads[1]});
    return pads;
}

Result<std::int64_t> positive(const Importer& in, const char* key, std::int64_t fallback) {
    OCTAVO_TRY(const std::int64_t value, in.integer(key, fallback));
    if (value >= 1) return value;
    return in.refusal(std::string(key) + " is " + std::to_string(value) + ", expected at least 1");
}

}  // namespace

Result<void> read_convolution(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    const bool transposed = in.is("Deconvolution"), depthwise = !transposed && !in.is("Convolution");
    OCTAVO_TRY(const std::size_t axis, in.axis("axis", 1));
    if (axis != 1) return in.refusal("axis is " + std::to_string(axis) + ", expected 1");
    OCTAVO_TRY(const Numbers kernel, sides(in, "kernel_size", "kernel", 0));
    OCTAVO_TRY(const Numbers pads, sides(in, "pad", "pad", 0));
    OCTAVO_TRY(const Numbers strides, sides(in, "stride", "stride", 1));
    OCTAVO_TRY(const Numbers dilations, sides(in, "dilation", "dilation", 1));
    if (kernel[0] < 1 || kernel[1] < 1) return in.refusal("a kernel of " + std::to_string(kernel[0]) + "x" + std::to_string(kernel[1]));
    const std::int64_t channels = in.shape(0)[1];
    OCTAVO_TRY(const std::int64_t outputs, positive(in, "num_output", 0));
    OCTAVO_TRY(std::int64_t group, positive(in, "group", 1));
    if (depthwise) group = channels;
    if (channels % group != 0 || outputs % group != 0)
        return in.refusal("group " + std::to_string(group) + " does not divide " + std::to_string(channels) + " and " +
                          std::to_string(outputs) + " channels");
    const Shape weight =
        transposed ? Shape{channels, outputs / group, kernel[0], kernel[1]} : Shape{outputs, channels / group, kernel[0], kernel[1]};
    std::vector<TensorId> ids = {in.input(0)};
    OCTAVO_TRY(ids.emplace_back(), in.blob(0, "weight", weight));
    OCTAVO_TRY(const bool has_bias, in.flag("bias_term", true));
    if (has_bias) {
        OCTAVO_TRY(ids.emplace_back(), in.blob(1, "bias", {outputs}));
    }
    return in.finish(transposed ? "ConvTranspose" : "Conv", std::move(ids),
                     {{"group", group}, {"pads", doubled(pads)}, {"strides", strides}, {"dilations", dilations}});
}

// Caffe rounds the number of windows up; a window that would start behind image and padding is left out, but without padding not looked
// for. A mean is over the window cut at the padding's end: what AveragePool does that counts the padding.
Result<void> read_pooling(Importer& in) {
    OCTAVO_CHECK_OK(in.expect_rank(4));
    OCTAVO_TRY(const std::size_t method, in.choice("pool", {"MAX", "AVE", "STOCHASTIC"}));
    if (method == 2) return in.refusal("pool is STOCHASTIC, expected MAX or AVE");
    OCTAVO_TRY(const bool global, in.flag("global_pooling", false));
    if (global) return in.finish(method == 0 ? "GlobalMaxPool" : "GlobalAveragePool", {in.input(0)});
    OCTAVO_TRY(const Numbers kernel, sides(in, "kernel_size", "kernel", 0));
    OCTAVO_TRY(const Numbers pads, sides(in, "pad", "pad", 0));
    OCTAVO_TRY(const Numbers strides, sides(in, "stride", "stride", 1));
    OCTAVO_TRY(const std::size_t floors, in.choice("round_mode", {"CEIL", "FLOOR"}));
    OCTAVO_TRY(const bool ceils, in.flag("ceil_mode", floors == 0));
    bool rounds = false;
    for (const std::size_t i : {0U, 1U}) {
        const std::int64_t room = in.shape(0)[2 + i] - kernel[i];
        if (pads[i] < 0 || pads[i] >= kernel[i] || strides[i] < 1 || std::max(kernel[i], strides[i]) > std::int64_t{1} << 31)
            return in.refusal("a window of " + std::to_string(kernel[i]) + " with stride " + std::to_string(strides[i]) + " and padding " +
                              std::to_string(pads[i]));
        const std::int64_t beyond = room > 0 ? (strides[i] - room % strides[i]) % strides[i] : 0;
        if (ceils && pads[0] + pads[1] == 0 && beyond >= kernel[i])
            return in.refusal("its last window lies outside of " + std::to_string(in.shape(0)[2 + i]) + " pixels");
        rounds = rounds || (ceils && (room + 2 * pads[i]) % strides[i] != 0);
    }
    Attributes attributes = {{"kernel_shape", kernel}, {"pads", doubled(pads)}, {"strides", strides}};
    if (rounds) attributes["ceil_mode"] = std::int64_t{1};
    if (method == 1 && pads[0] + pads[1] > 0) attributes["count_include_pad"] = std::int64_t{1};
    return in.finish(method == 0 ? "MaxPool" : "AveragePool", {in.input(0)}, std::move(attributes));
}

// Everything from `axis` on is one vector.
Result<void> read_inner_product(Importer& in) {
    OCTAVO_TRY(const std::size_t axis, in.axis("axis", 1));
    OCTAVO_TRY(const std::int64_t outputs, positive(in, "num_output", 0));
    OCTAVO_TRY(const bool turned, in.flag("transpose", false));
    OCTAVO_TRY(const bool has_bias, in.flag("bias_term", true));
    const Shape& from = in.shape(0);
    const std::int64_t length = element_count(std::span(from).subspan(axis));
    OCTAVO_TRY(const TensorId weight, in.blob(0, "weight", turned ? Shape{length, outputs} : Shape{outputs, length}));
    TensorId bias = TensorId::none;
    if (has_bias) {
        OCTAVO_TRY(bias, in.blob(1, "bias", {outputs}));
    }
    TensorId x = in.input(0);
    if (axis == 1) {
        if (from.size() != 2) {
            OCTAVO_TRY(x, in.between("Flatten", {x}, {{"axis", std::int64_t{1}}}));
        }
        std::vector<TensorId> ids = {x, weight};
        if (has_bias) ids.push_back(bias);
        return in.finish("Gemm", std::move(ids), {{"transB", std::int64_t{!turned}}});
    }
    if (axis + 1 != from.size()) {
        Numbers target(axis, 0);
        target.push_back(-1);
        OCTAVO_TRY(x, in.between("Reshape", {x, in.constant("shape", target)}));
    }
    TensorId columns = weight;
    if (!turned) {
        OCTAVO_TRY(columns, in.between("Transpose", {weight}, {{"perm", Numbers{1, 0}}}));
    }
    std::vector<Step> steps = {{"MatMul", {columns}, {}}};
    if (has_bias) steps.push_back({"Add", {bias}, {}});
    return in.finish(x, std::move(steps));
}

}  // namespace octavo::caffe
