// GlobalAveragePool: the mean of each channel, summed in double.
#include <numeric>

#include "ops/pool.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    pool_planes(inputs[0], outputs[0], [](std::span<const float> plane) {
        return static_cast<float>(std::accumulate(plane.begin(), plane.end(), 0.0) / static_cast<double>(plane.size()));
    });
    return {};
}

}  // namespace

extern const Row global_average_pool_row;
const Row global_average_pool_row = {"GlobalAveragePool", 1, 1, Role::average, {}, infer_global_pool, compute};

}  // namespace octavo::ops
