// GlobalMaxPool: the largest value of each channel.
#include <algorithm>

#include "ops/pool.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    pool_planes(inputs[0], outputs[0], [](std::span<const float> plane) { return *std::ranges::max_element(plane); });
    return {};
}

}  // namespace

extern const Row global_max_pool_row;
const Row global_max_pool_row = {"GlobalMaxPool", 1, 1, Role::passes, {}, infer_global_pool, compute};

}  // namespace octavo::ops
