// Conv: cross-correlation in one or two dimensions, any group, stride, dilation and padding; optional bias (input 2) and residual (input 3,
// of the output's shape). The reference adds products in fp32 in the order channel, kernel row, kernel column, then bias, then residual.
#include <vector>

#include "ops/columns.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"},
                                        {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},
                                        {"group", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "the weight's"},
                                        {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Window window, window_of(node));
    const Shape input = node.input_shape(0);
    const Shape weight = node.input_shape(1);
    const std::int64_t group = node.integer("group", 1);
    if (group < 1 || input[1] % group != 0 || weight[0] % group != 0)
        return refusal(node, "group " + std::to_string(group) + " does not divide " + std::to_string(input[1]) + " input and " +
                                 std::to_string(weight[0]) + " output channels");
    if (weight[1] != input[1] / group)
        return refusal(node, "weight " + shape_text(weight) + " takes " + std::to_string(weight[1]) + " channels a group, input " +
                                 shape_text(input) + " has " + std::to_string(input[1] / group));
    if (node.has_input(2) && node.input_shape(2) != Shape{weight[0]})
        return refusal(node, "bias is " + shape_text(node.input_shape(2)) + ", expected " + std::to_string(weight[0]));
    Shape output = {input[0], weight[0]};
    if (input.size() == 4) output.push_back(window.output_h);
    output.push_back(window.output_w);
    if (node.has_input(3) && node.input_shape(3) != output)
        return refusal(node, "residual is " + shape_text(node.input_shape(3)) + ", expected " + shape_text(output));
    return one_output(OCTAVO_F32, output);
}

// One group of one image: `sums` is [channels_out][positions].
struct Group {
    const Window& window;
    std::int64_t channels_in;
    std::int64_t channels_out;
    const float* x;
    const float* weight;
};

void convolve(const Group& group, float* sums) {
    const Window& w = group.window;
    const std::int64_t positions = w.output_h * w.output_w;
    const std::int64_t taps = group.channels_in * w.kernel_h * w.kernel_w;
    float column[kStretch];
    for (std::int64_t begin = 0; begin < positions; begin += kStretch) {
        const std::int64_t end = std::min(begin + kStretch, positions);
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t kx = tap % w.kernel_w;
            const std::int64_t ky = tap / w.kernel_w % w.kernel_h;
            const std::int64_t ic = tap / (w.kernel_w * w.kernel_h);
            tap_column(w, group.x + ic * w.input_h * w.input_w, ky, kx, begin, end, 0.0F, column);
            for (std::int64_t oc = 0; oc < group.channels_out; ++oc)
                add_column(sums + oc * positions + begin, column, group.weight[oc * taps + tap], end - begin);
        }
    }
}

void add_bias(std::span<const float> bias, std::int64_t positions, std::span<float> y) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += bias[i / static_cast<std::size_t>(positions) % bias.size()];
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window window, window_of(node));
    const std::int64_t groups = node.integer("group", 1);
    const std::int64_t in = inputs[0].shape[1] / groups;
    const std::int64_t out = inputs[1].shape[0] / groups;
    const std::int64_t positions = window.output_h * window.output_w;
    const std::span<float> y = values<float>(outputs[0]);
    std::ranges::fill(y, 0.0F);
    for (std::int64_t n = 0; n < inputs[0].shape[0]; ++n)
        for (std::int64_t g = 0; g < groups; ++g) {
            const Group group = {window, in, out,
                                 static_cast<const float*>(inputs[0].data) + (n * groups + g) * in * window.input_h * window.input_w,
                                 static_cast<const float*>(inputs[1].data) + g * out * in * window.kernel_h * window.kernel_w};
            convolve(group, y.data() + (n * groups + g) * out * positions);
        }
    if (is_given(inputs, 2)) add_bias(values<const float>(inputs[2]), positions, y);
    if (is_given(inputs, 3))
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += values<const float>(inputs[3])[i];
    return {};
}

}  // namespace

extern const Row conv_row;
const Row conv_row = {"Conv", 2, 4, Role::product, kAttributes, infer_types, compute};

}  // namespace octavo::ops
