// Links: the graph read backwards, built in one walk.
#include "core/graph/graph.h"

namespace octavo {

Links::Links(const Graph& graph)
    : producer(graph.tensors.size(), -1), readers(graph.tensors.size()), is_output(graph.tensors.size(), false) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const auto number = static_cast<std::int32_t>(n);
        for (const TensorId id : graph.nodes[n].inputs)
            if (id != TensorId::none) readers[index(id)].push_back(number);
        for (const TensorId id : graph.nodes[n].outputs)
            if (id != TensorId::none) producer[index(id)] = number;
    }
    for (const TensorId id : graph.outputs) is_output[index(id)] = true;
}

std::int32_t Links::only_reader(TensorId id) const {
    const std::vector<std::int32_t>& found = readers[index(id)];
    return found.size() == 1 && !is_output[index(id)] ? found.front() : -1;
}

}  // namespace octavo
