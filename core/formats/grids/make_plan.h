// How a plan is made of what a file says. An operator is int8 where everything that it needs has a grid: its inputs, and for a product each
// output channel of the weights.
#pragma once

#include "core/plan/rules.h"

#include <functional>
#include <optional>
#include <span>

namespace octavo {

struct GridSource {
    // Nothing where the file has no grid for the point.
    std::function<std::optional<Quantization>(const QuantizationPoint&)> grid;
    // The scale of `count` weights of a product's output channel, the first of them and every `stride`-th behind it.
    std::function<std::optional<float>(const Node&, std::span<const float> weight, std::size_t first, std::size_t stride,
                                       std::size_t count)>
        weight_scale;
};

// Nothing where no operator can be int8.
std::optional<Plan> make_plan(const Graph& executed, const char* algorithm, const GridSource& source);

}  // namespace octavo
