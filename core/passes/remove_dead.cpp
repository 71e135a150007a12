// remove_dead: takes out nodes and tensors that no output needs. Inputs of the graph stay, needed or not: they are the model's signature.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {

Result<void> remove_dead(Graph& graph) {
    std::vector<bool> needed(graph.tensors.size(), false);
    for (const TensorId id : graph.outputs) needed[index(id)] = true;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        const bool alive =
            std::any_of(node->outputs.begin(), node->outputs.end(), [&](TensorId id) { return id != TensorId::none && needed[index(id)]; });
        if (!alive) {
            erase(*node);
            continue;
        }
        for (const TensorId id : node->inputs)
            if (id != TensorId::none) needed[index(id)] = true;
    }
    compact(graph);
    return {};
}

}  // namespace octavo
