// GlobalLpPool: the p-norm of each channel, in double.
#include <cmath>
#include <cstdlib>

#include "ops/pool.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"p", OCTAVO_ATTRIBUTE_INT, "2"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_norm(node));
    return infer_global_pool(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const auto p = static_cast<double>(node.integer("p", 2));
    pool_planes(inputs[0], outputs[0], [p](std::span<const float> plane) {
        double sum = 0;
        for (const float x : plane) sum += std::pow(std::abs(static_cast<double>(x)), p);
        return static_cast<float>(std::pow(sum, 1.0 / p));
    });
    return {};
}

}  // namespace

extern const Row global_lp_pool_row;
const Row global_lp_pool_row = {"GlobalLpPool", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
