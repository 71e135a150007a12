// AveragePool: the mean of each window, summed in double. average.h says which taps count.
#include "ops/average.h"
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"},
                                        {"ceil_mode", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"count_include_pad", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},
                                        {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "required"},
                                        {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Window window, window_of(node));
    return one_output(OCTAVO_F32, pooled_shape(node.input_shape(0), window));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window window, window_of(node));
    const bool include_pad = node.integer("count_include_pad", 0) != 0;
    const std::int64_t planes = inputs[0].shape[0] * inputs[0].shape[1];
    const float* plane = static_cast<const float*>(inputs[0].data);
    float* out = static_cast<float*>(outputs[0].data);
    for (std::int64_t i = 0; i < planes; ++i, plane += window.input_h * window.input_w)
        for (std::int64_t oy = 0; oy < window.output_h; ++oy)
            for (std::int64_t ox = 0; ox < window.output_w; ++ox) {
                const auto [sum, count] = window_sum<double>(window, include_pad, plane, oy, ox);
                *out++ = count > 0 ? static_cast<float>(sum / static_cast<double>(count)) : 0.0F;
            }
    return {};
}

}  // namespace

extern const Row average_pool_row;
const Row average_pool_row = {"AveragePool", 1, 1, Role::average, kAttributes, infer_types, compute};

}  // namespace octavo::ops
