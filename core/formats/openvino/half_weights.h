// float16 in a file: the weights of products that a model multiplies in floating point, which is where its bytes are.
#pragma once

#include "core/graph/graph.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace octavo {

// The weights of products rounded to float16; a constant with values beyond its range stays as it is.
Graph with_half_weights(Graph graph);

// The bits of values that are float16 all of them.
std::optional<std::vector<std::uint16_t>> half_bits(std::span<const float> values);

}  // namespace octavo
