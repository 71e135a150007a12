// LpPool: the p-norm of each window, in double. Padding adds nothing.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"},
                                        {"ceil_mode", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},
                                        {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "required"},
                                        {"p", OCTAVO_ATTRIBUTE_INT, "2"},
                                        {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    if (node.integer("p", 2) < 1) return refusal(node, "p is " + std::to_string(node.integer("p", 2)) + ", expected 1 or more");
    OCTAVO_TRY(const Window window, window_of(node));
    return one_output(OCTAVO_F32, pooled_shape(node.input_shape(0), window));
}

double sum_of_powers(const Window& w, double p, const float* plane, std::int64_t oy, std::int64_t ox) {
    double sum = 0;
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (y < 0 || y >= w.input_h) continue;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (x >= 0 && x < w.input_w) sum += std::pow(std::abs(static_cast<double>(plane[y * w.input_w + x])), p);
        }
    }
    return sum;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window w, window_of(node));
    const auto p = static_cast<double>(node.integer("p", 2));
    const std::int64_t planes = inputs[0].shape[0] * inputs[0].shape[1];
    const float* plane = static_cast<const float*>(inputs[0].data);
    float* out = static_cast<float*>(outputs[0].data);
    for (std::int64_t i = 0; i < planes; ++i, plane += w.input_h * w.input_w)
        for (std::int64_t oy = 0; oy < w.output_h; ++oy)
            for (std::int64_t ox = 0; ox < w.output_w; ++ox)
                *out++ = static_cast<float>(std::pow(sum_of_powers(w, p, plane, oy, ox), 1.0 / p));
    return {};
}

}  // namespace

extern const Row lp_pool_row;
const Row lp_pool_row = {"LpPool", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
