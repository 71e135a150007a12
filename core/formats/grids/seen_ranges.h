// What calibration has left in a file instead of grids: the values that it saw, and which products are to be int8. Makes the grids that
// OpenVINO's plugin of 2018 made: symmetric, scale = largest magnitude / 127, or / 255 in u8 where nothing is negative. Under our contract
// a tensor has one scale, one a channel in front of depthwise convolutions, and tensors that share a grid take the widest range; a scale
// below 1e-7 becomes 1. The weights of each output channel reach to 127.
#pragma once

#include "core/plan/plan.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace octavo {

struct SeenRange {
    std::vector<float> low, high;  // one a channel, or one; finite, of the same number
};

struct SeenRanges {
    std::map<std::string, SeenRange> tensors;
    std::set<std::string> products;  // by node: all others stay in floating point
};

// Nothing where no operator can be int8.
std::optional<Plan> plan_from(const Graph& executed, const SeenRanges& statistics);

}  // namespace octavo
