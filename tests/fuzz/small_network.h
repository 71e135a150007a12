// Seeds for parsers of models, and what a run does with a graph that was read.
#pragma once

#include "core/plan/plan.h"

namespace octavo {

struct SmallNetwork {
    Graph graph;  // as read, in floating point
    Graph executed;
    Plan plan;
};

// Convolutions (one depthwise, one with a residual), pooling, concatenation, resizing, a classifier: a few hundred numbers.
SmallNetwork small_network();

// Takes grids out, runs the passes, makes the plan, and writes ONNX and IR.
void follow(Graph graph);

}  // namespace octavo
