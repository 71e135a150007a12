// fold_constants: a tensor whose value is the same for every input becomes a constant. That includes arithmetic on shapes: the graph is
// evaluated at two batch sizes, what agrees is constant, and where a Reshape reads a shape that differs in its batch alone, the batch is
// spelled 0 ("copy") or -1 ("infer"). What else depends on the batch size stays as it is. Graph outputs stay computed.
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>
#include <cstring>

namespace octavo {
namespace {

constexpr std::int64_t kBatchA = 2;
constexpr std::int64_t kBatchB = 3;

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

struct Differing {
    std::vector<std::int64_t> target;  // at batch A
    std::vector<bool> differs;         // from batch B
    Shape input_a, input_b;
};

// An entry that differs copies the input's dimension (0) where that differs likewise, else is inferred (-1).
bool spell_reshape(Differing& shape) {
    bool inferred = std::count(shape.target.begin(), shape.target.end(), -1) > 0;
    for (std::size_t i = 0; i < shape.target.size(); ++i) {
        if (!shape.differs[i]) continue;
        const bool copies = i < shape.input_a.size() && shape.input_a[i] == shape.target[i] && shape.input_a[i] != shape.input_b[i];
        if (!copies && inferred) return false;
        shape.target[i] = copies ? 0 : -1;
        inferred = inferred || !copies;
    }
    return true;
}

void spell_batch(Graph& graph, Node& node, const NodeValues& a, const NodeValues& b) {
    if (node.op != "Reshape" || node.inputs[0] == TensorId::none || input_or_none(node, 1) == TensorId::none) return;
    if (graph[node.inputs[1]].is_constant()) return;
    const std::optional<std::vector<std::int64_t>> at_a = integers(a, node.inputs[1]);
    const std::optional<std::vector<std::int64_t>> at_b = integers(b, node.inputs[1]);
    if (!at_a || !at_b || at_a->size() != at_b->size() || !a.typed[index(node.inputs[0])]) return;
    if (attribute_or(node, "allowzero", std::int64_t{0}) != 0 && std::count(at_a->begin(), at_a->end(), 0) > 0) return;
    Differing shape = {*at_a, {}, a.shape(node.inputs[0]), b.shape(node.inputs[0])};
    for (std::size_t i = 0; i < at_a->size(); ++i) shape.differs.push_back((*at_a)[i] != (*at_b)[i]);
    if (!spell_reshape(shape)) return;
    node.inputs[1] = add_constant(graph, node.name + ".shape", shape.target);
    node.attributes.erase("allowzero");
}

// All outputs of the node have one value, and none is an output of the graph.
bool is_constant_node(const Node& node, const Links& links, const NodeValues& a, const NodeValues& b) {
    return std::all_of(node.outputs.begin(), node.outputs.end(),
                       [&](TensorId id) { return id != TensorId::none && !links.is_output[index(id)] && same(a, b, id); });
}

}  // namespace

Result<void> fold_constants(Graph& graph) {
    const Links links(graph);
    const NodeValues a = evaluate(graph, kBatchA);
    const NodeValues b = has_free_batch(graph) ? evaluate(graph, kBatchB) : a;
    for (Node& node : graph.nodes) {
        if (!is_constant_node(node, links, a, b)) {
            spell_batch(graph, node, a, b);
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
