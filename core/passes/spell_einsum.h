// Einsum of two operands as a matrix product with what must move around it. For unify_spellings alone.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

// Each Einsum whose sizes can be said so; others stay as they are. Shapes must be inferred.
Result<void> spell_einsums(Graph& graph);

}  // namespace octavo
