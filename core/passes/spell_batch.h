// Shapes that a node is told, spelled so that they hold for any batch: a Reshape copies the batch (0) or infers it (-1), an Expand takes it
// from what it expands (1), a Resize names the axes that change, and the batch is none.
#pragma once

#include "core/graph/graph.h"

#include <optional>

namespace octavo {

struct ToldShape {
    std::vector<std::int64_t> entries;
    std::vector<bool> varies;  // [entry] belongs to the batch
    std::vector<bool> copies;  // [entry] does so just as the dimension of that place in `input`
    Shape input;               // of input 0
};

// The input that says a shape to a node that may be told one in another way.
std::optional<std::size_t> told_by(const Node& node);

// Changes the node; it stays as it is where no spelling holds for any batch.
void spell_batch(Graph& graph, Node& node, ToldShape shape);

}  // namespace octavo
