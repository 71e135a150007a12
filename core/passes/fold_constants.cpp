// fold_constants: a tensor whose value is the same for every input becomes a constant. That includes arithmetic on shapes: the graph is
// evaluated at two batch sizes, what agrees is constant, and where a node is told a shape that differs in its batch alone, that is spelled
// so that it holds for any. What else depends on the batch size stays as it is. Graph outputs stay computed.
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "core/passes/spell_batch.h"

#include <algorithm>
#include <cstring>

namespace octavo {
namespace {

constexpr std::int64_t kSmallBatch = 2;

bool same(const NodeValues& a, const NodeValues& b, TensorId id) {
    const Buffer& x = a.values[index(id)];
    const Buffer& y = b.values[index(id)];
    return x && y && a.shape(id) == b.shape(id) && x.size_bytes == y.size_bytes && std::memcmp(x.data, y.data, x.size_bytes) == 0;
}

std::optional<std::vector<std::int64_t>> integers(const NodeValues& evaluation, TensorId id) {
    const Buffer& value = evaluation.values[index(id)];
    if (!value || evaluation.infos[index(id)].type != OCTAVO_S64) return std::nullopt;
    return std::vector<std::int64_t>(value.as<std::int64_t>().begin(), value.as<std::int64_t>().end());
}

// A shape that differs between batches is spelled so that it does not.
void respell(Graph& graph, Node& node, const NodeValues& a, const NodeValues& b) {
    const std::optional<std::size_t> place = told_by(node);
    if (!place || graph[node.inputs[*place]].is_constant() || !a.typed[index(node.inputs[0])]) return;
    const std::optional<std::vector<std::int64_t>> at_a = integers(a, node.inputs[*place]), at_b = integers(b, node.inputs[*place]);
    if (!at_a || !at_b || at_a->size() != at_b->size()) return;
    ToldShape shape = {*at_a, {}, {}, a.shape(node.inputs[0])};
    const Shape input_b = b.shape(node.inputs[0]);
    for (std::size_t i = 0; i < at_a->size(); ++i) {
        const bool varies = (*at_a)[i] != (*at_b)[i];
        const bool is_inputs = i < shape.input.size() && i < input_b.size() && shape.input[i] == (*at_a)[i] && input_b[i] == (*at_b)[i];
        shape.varies.push_back(varies);
        shape.copies.push_back(varies && is_inputs);
    }
    spell_batch(graph, node, std::move(shape));
}

// All outputs of the node have one value, and none is an output of the graph.
bool is_constant_node(const Node& node, const Links& links, const NodeValues& a, const NodeValues& b) {
    return std::all_of(node.outputs.begin(), node.outputs.end(),
                       [&](TensorId id) { return id != TensorId::none && !links.is_output[index(id)] && same(a, b, id); });
}

}  // namespace

Result<void> fold_constants(Graph& graph) {
    const Links links(graph);
    const NodeValues a = evaluate(graph, kSmallBatch);
    const NodeValues b = has_free_batch(graph) ? evaluate(graph, kTellingBatch, &a) : a;
    for (Node& node : graph.nodes) {
        if (!is_constant_node(node, links, a, b)) {
            respell(graph, node, a, b);
            continue;
        }
        for (const TensorId id : node.outputs) {
            graph[id].type = a.infos[index(id)].type;
            graph[id].shape = a.shape(id);
            graph[id].data = a.values[index(id)];
        }
        erase(node);
    }
    return remove_dead(graph);
}

}  // namespace octavo
