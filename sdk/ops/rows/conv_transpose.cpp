// ConvTranspose: the gradient of a convolution in one or two dimensions, any group, stride, dilation, padding and wanted output size;
// optional bias (input 2). The weight is [input channels][output channels of a group][kernel]. The reference adds products in fp32 to the
// bias in the order input channel, kernel row, kernel column.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"},
                                        {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},
                                        {"group", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "the weight's"},
                                        {"output_padding", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"output_shape", OCTAVO_ATTRIBUTE_INTS, "as pads say"},
                                        {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Window window, transposed_window_of(node));
    const Shape input = node.input_shape(0);
    const Shape weight = node.input_shape(1);
    const std::int64_t group = node.integer("group", 1);
    if (group < 1 || input[1] % group != 0)
        return refusal(node, "group " + std::to_string(group) + " does not divide " + std::to_string(input[1]) + " input channels");
    if (weight[0] != input[1])
        return refusal(node, "weight " + shape_text(weight) + " takes " + std::to_string(weight[0]) + " channels, input " +
                                 shape_text(input) + " has " + std::to_string(input[1]));
    const std::int64_t channels = weight[1] * group;
    if (node.has_input(2) && node.input_shape(2) != Shape{channels})
        return refusal(node, "bias is " + shape_text(node.input_shape(2)) + ", expected " + std::to_string(channels));
    Shape like = input;
    like[1] = channels;
    return one_output(OCTAVO_F32, pooled_shape(like, window));
}

// y[oy][ox] += weight[ky][kx] * x[iy][ix] over one pair of channels.
void scatter(const Window& w, const float* x, const float* weight, float* y) {
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky)
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx, ++weight)
            for (std::int64_t iy = 0; iy < w.input_h; ++iy) {
                const std::int64_t oy = iy * w.stride_h - w.pad_top + ky * w.dilation_h;
                if (oy < 0 || oy >= w.output_h) continue;
                for (std::int64_t ix = 0; ix < w.input_w; ++ix) {
                    const std::int64_t ox = ix * w.stride_w - w.pad_left + kx * w.dilation_w;
                    if (ox >= 0 && ox < w.output_w) y[oy * w.output_w + ox] += *weight * x[iy * w.input_w + ix];
                }
            }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window w, transposed_window_of(node));
    const std::int64_t groups = node.integer("group", 1);
    const std::int64_t in = inputs[0].shape[1] / groups;
    const std::int64_t out = inputs[1].shape[1];
    const std::int64_t plane = w.output_h * w.output_w;
    const float* x = static_cast<const float*>(inputs[0].data);
    const float* weight = static_cast<const float*>(inputs[1].data);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::int64_t n = 0; n < inputs[0].shape[0]; ++n)
        for (std::int64_t oc = 0; oc < groups * out; ++oc, y += plane) {
            std::fill_n(y, plane, is_given(inputs, 2) ? values<const float>(inputs[2])[static_cast<std::size_t>(oc)] : 0.0F);
            const std::int64_t first = oc / out * in;
            for (std::int64_t ic = first; ic < first + in; ++ic)
                scatter(w, x + (n * groups * in + ic) * w.input_h * w.input_w, weight + (ic * out + oc % out) * w.kernel_h * w.kernel_w, y);
        }
    return {};
}

}  // namespace

extern const Row conv_transpose_row;
const Row conv_transpose_row = {"ConvTranspose", 2, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
