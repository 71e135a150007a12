// AveragePool: the mean of each window, summed in double. average.h says which taps count.
#include "ops/average.h"
#include "ops/pool.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"auto_pad", OCTAVO_ATTRIBUTE_STRING, "NOTSET"},
                                        {"ceil_mode", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"count_include_pad", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"dilations", OCTAVO_ATTRIBUTE_INTS, "1s"},
                                        {"kernel_shape", OCTAVO_ATTRIBUTE_INTS, "required"},
                                        {"pads", OCTAVO_ATTRIBUTE_INTS, "0s"},
                                        {"strides", OCTAVO_ATTRIBUTE_INTS, "1s"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window window, window_of(node));
    const bool include_pad = node.integer("count_include_pad", 0) != 0;
    pool_windows(window, inputs[0], outputs[0], [&](const float* plane, std::int64_t oy, std::int64_t ox) {
        const auto [sum, count] = window_sum<double>(window, include_pad, plane, oy, ox);
        return count > 0 ? static_cast<float>(sum / static_cast<double>(count)) : 0.0F;
    });
    return {};
}

}  // namespace

extern const Row average_pool_row;
const Row average_pool_row = {"AveragePool", 1, 1, Role::average, kAttributes, infer_pool, compute};

}  // namespace octavo::ops
