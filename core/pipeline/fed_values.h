// What passes/feed_input.h puts into a graph, done to the values of an input instead: the slow and obvious form that a converted model is
// compared with.
#pragma once

#include "core/passes/feed_input.h"
#include "core/pipeline/session.h"

#include <cstddef>
#include <span>
#include <vector>

namespace octavo {

// As random_inputs, but pixels, whole numbers of 0 to 255, where a mean or a scale is taken from them.
std::vector<std::vector<std::byte>> raw_inputs(const std::vector<Port>& ports, std::span<const InputFeed> feeds);

// What a model wants that feeds nothing itself.
std::vector<std::vector<std::byte>> preprocessed(const std::vector<std::vector<std::byte>>& raw, const std::vector<Port>& ports,
                                                 std::span<const InputFeed> feeds);

}  // namespace octavo
