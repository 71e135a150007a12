// slice: a part of a graph as a graph of its own, found backwards from the tensors that are wanted. Ids stay what they are.
#include "core/graph/graph.h"

#include <algorithm>

namespace octavo {

Graph slice(const Graph& graph, std::size_t first, std::size_t last, std::span<const TensorId> wanted) {
    std::vector<bool> needed(graph.tensors.size(), false);
    for (const TensorId id : wanted) needed[index(id)] = true;
    std::vector<std::size_t> kept;
    for (std::size_t n = last; n-- > first;) {
        const Node& node = graph.nodes[n];
        const bool writes =
            std::any_of(node.outputs.begin(), node.outputs.end(), [&](TensorId id) { return id != TensorId::none && needed[index(id)]; });
        if (!writes) continue;
        kept.push_back(n);
        for (const TensorId id : node.outputs)
            if (id != TensorId::none) needed[index(id)] = false;
        for (const TensorId id : node.inputs)
            if (id != TensorId::none && !graph[id].is_constant()) needed[index(id)] = true;
    }
    Graph part;
    part.name = graph.name;
    part.imported = graph.imported;
    part.tensors = graph.tensors;
    for (auto n = kept.rbegin(); n != kept.rend(); ++n) part.nodes.push_back(graph.nodes[*n]);
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (needed[i]) part.inputs.push_back(static_cast<TensorId>(i));
    part.outputs.assign(wanted.begin(), wanted.end());
    return part;
}

}  // namespace octavo
