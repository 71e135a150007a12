// LpPool: the p-norm of each window, in double. Padding adds nothing.
#include <cmath>
#include <cstdlib>

#include "ops/average.h"
#include "ops/pool.h"

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
    OCTAVO_CHECK_OK(expect_norm(node));
    return infer_pool(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Window window, window_of(node));
    const auto p = static_cast<double>(node.integer("p", 2));
    const auto term = [p](float x) { return std::pow(std::abs(static_cast<double>(x)), p); };
    pool_windows(window, inputs[0], outputs[0], [&](const float* plane, std::int64_t oy, std::int64_t ox) {
        return static_cast<float>(std::pow(window_sum<double>(window, false, plane, oy, ox, term).sum, 1.0 / p));
    });
    return {};
}

}  // namespace

extern const Row lp_pool_row;
const Row lp_pool_row = {"LpPool", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
