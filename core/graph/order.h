// Brings the nodes of an imported graph into topological order. A file that has it already is left as it is; else each node comes as early
// as what it reads allows, in the file's order. A cycle is an error.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

Result<void> sort_topologically(Graph& graph);

}  // namespace octavo
