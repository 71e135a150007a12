// Kahn's algorithm with the smallest file position first: it gives a sorted file back unchanged.
#include "core/graph/order.h"

#include <functional>
#include <queue>

namespace octavo {

Result<void> sort_topologically(Graph& graph) {
    const Links links(graph);
    std::vector<std::size_t> waiting(graph.nodes.size(), 0);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const TensorId id : graph.nodes[i].inputs) {
            if (id != TensorId::none && links.producer[index(id)] >= 0) ++waiting[i];
        }
    }
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting[i] == 0) ready.push(i);
    }
    std::vector<Node> sorted;
    sorted.reserve(graph.nodes.size());
    while (!ready.empty()) {
        const std::size_t i = ready.top();
        ready.pop();
        for (const TensorId output : graph.nodes[i].outputs) {
            if (output == TensorId::none) continue;
            for (const std::int32_t reader : links.readers[index(output)]) {
                if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.push(static_cast<std::size_t>(reader));
            }
        }
        sorted.push_back(std::move(graph.nodes[i]));
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting[i] > 0)
            return Error(Code::model, graph.nodes[i].op + " '" + graph.nodes[i].name + "': reads what it makes itself, by way of others");
    }
    graph.nodes = std::move(sorted);
    return {};
}

}  // namespace octavo
