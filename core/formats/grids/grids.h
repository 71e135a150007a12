// What the FakeQuantize layers of a model say, as a plan. `take_grids` takes them out of an imported graph, so that passes see the network
// as it was before it was quantized; `plan_from` makes a plan of what they said for the graph that the passes made. An operator is int8
// where everything that it needs was quantized: its inputs, and for a product the weights, which must lie on a grid of 8 bits; where that
// is not symmetric and reaches beyond 127 steps, a channel gets a coarser one.
#pragma once

#include "core/plan/plan.h"

#include <map>
#include <optional>
#include <string>

namespace octavo {

using Grids = std::map<std::string, TensorPlan>;  // by tensor

// Folds constants first: ends of a grid may be computed. Error, Code::model: a FakeQuantize that no grid of ours says (other levels than
// 256, an output that differs from the input, zero off the grid, channels of another axis than 1).
Result<Grids> take_grids(Graph& graph);

// Nothing where no operator can be int8.
std::optional<Plan> plan_from(const Graph& executed, const Grids& grids);

}  // namespace octavo
