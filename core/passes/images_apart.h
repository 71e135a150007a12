// Whether a graph gives for each image of a batch what it gives for that image alone, judged by shapes and operators.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

// The graph's batch is free, and its shapes are constant. May say no where images stay apart in a way that it does not see.
bool keeps_images_apart(const Graph& graph);

}  // namespace octavo
