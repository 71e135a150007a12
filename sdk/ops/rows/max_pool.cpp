// MaxPool: the largest value of each window; padding never wins. The second output (indices) is not supported.
#include <algorithm>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"}, {"ceil_mode", OCTAVO_ATTRIBUTE_INT, "0"},
    {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},      {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "required"},
    {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},           {"storage_order", OCTAVO_ATTRIBUTE_INT, "0"},
    {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Window window, window_of(node));
    return one_output(OCTAVO_F32, pooled_shape(node.input_shape(0), window));
}

float largest(const Window& w, const float* plane, std::int64_t oy, std::int64_t ox) {
    float result = std::numeric_limits<float>::lowest();
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (y < 0 || y >= w.input_h) continue;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (x >= 0 && x < w.input_w) result = std::max(result, plane[y * w.input_w + x]);
        }
    }
    return result;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window window, window_of(node));
    const std::int64_t planes = inputs[0].shape[0] * inputs[0].shape[1];
    const float* plane = static_cast<const float*>(inputs[0].data);
    float* out = static_cast<float*>(outputs[0].data);
    for (std::int64_t i = 0; i < planes; ++i, plane += window.input_h * window.input_w)
        for (std::int64_t oy = 0; oy < window.output_h; ++oy)
            for (std::int64_t ox = 0; ox < window.output_w; ++ox) *out++ = largest(window, plane, oy, ox);
    return {};
}

}  // namespace

extern const Row max_pool_row;
const Row max_pool_row = {"MaxPool", 1, 1, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
