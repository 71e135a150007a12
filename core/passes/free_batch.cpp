// free_batch: makes the batch size free where the model can do any. A model that was exported for one image usually says so in its inputs
// and in the first entry of some Reshape targets only; with 0 ("copy") there it computes the same for each image of a batch. The change is
// kept if inference then scales every output with the batch. The other way round, a batch that is called free but that the model cannot
// change, or whose shapes it computes in ways that only folding can follow, becomes fixed at 1.
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

// The first dimension that all inputs share, or 0.
std::int64_t common_batch(const Graph& graph) {
    std::int64_t batch = 0;
    for (const TensorId id : graph.inputs) {
        const Shape& shape = graph[id].shape;
        if (shape.size() < 2 || shape[0] < 1 || (batch != 0 && shape[0] != batch)) return 0;
        batch = shape[0];
    }
    return batch;
}

// Without axes a Squeeze would take the batch out, too, where that is 1. `shape` is of a tensor at another batch.
template <class ShapeOf>
void name_squeezed_axes(Graph& graph, ShapeOf&& shape) {
    for (Node& node : graph.nodes) {
        const std::optional<std::vector<std::int64_t>> listed = integer_constant(graph, input_or_none(node, 1));
        if (node.op != "Squeeze" || node.inputs[0] == TensorId::none) continue;
        if (listed ? !listed->empty() : input_or_none(node, 1) != TensorId::none) continue;
        std::vector<std::int64_t> axes = attribute_or(node, "axes", std::vector<std::int64_t>());
        if (!axes.empty()) continue;
        const Shape from = shape(node.inputs[0]);
        for (std::size_t i = 0; i < from.size(); ++i)
            if (from[i] == 1) axes.push_back(static_cast<std::int64_t>(i));
        if (axes.empty()) node.op = "Identity";
        node.inputs.resize(1);
        node.attributes.clear();
        if (!axes.empty()) node.attributes["axes"] = axes;
    }
}

void copy_batch_in_reshapes(Graph& graph, std::int64_t batch, const NodeValues& before) {
    for (Node& node : graph.nodes) {
        if (node.op != "Reshape" || node.inputs.size() < 2 || !before.typed[index(node.inputs[0])]) continue;
        const Shape input = before.shape(node.inputs[0]);
        std::optional<std::vector<std::int64_t>> target = integer_constant(graph, node.inputs[1]);
        if (!target || target->empty() || input.empty() || (*target)[0] != batch || input[0] != batch) continue;
        const bool has_zero = std::find(target->begin(), target->end(), 0) != target->end();
        if (attribute_or(node, "allowzero", std::int64_t{0}) != 0 && has_zero) continue;
        node.attributes.erase("allowzero");
        (*target)[0] = 0;
        node.inputs[1] = add_constant(graph, node.name + ".shape", *target);
    }
}

bool outputs_scale(const Graph& graph, std::int64_t batch) {
    for (const std::int64_t size : {batch, std::int64_t{1}, std::int64_t{2}, std::int64_t{3}}) {
        Graph other = graph;
        if (!infer_shapes(other, size)) return false;
        for (const TensorId id : other.outputs) {
            const Shape& shape = other[id].shape;
            if (shape.empty() || shape[0] != size) return false;
        }
    }
    return true;
}

void set_free(Graph& graph, bool free) {
    for (const TensorId id : graph.inputs) graph[id].free_batch = free;
}

}  // namespace

Result<void> free_batch(Graph& graph) {
    const bool declared_free = has_free_batch(graph);
    if (declared_free) {
        Graph doubled = graph;
        if (infer_shapes(doubled, 2)) {
            name_squeezed_axes(graph, [&](TensorId id) { return doubled[id].shape; });
            return {};
        }
    }
    Graph freed = graph;
    for (const TensorId id : freed.inputs) {
        Shape& shape = freed[id].shape;
        if (!shape.empty() && (shape[0] == -1 || freed[id].free_batch)) shape[0] = 1;
    }
    set_free(freed, false);
    if (declared_free) OCTAVO_CHECK_OK(fold_constants(freed));
    const std::int64_t batch = common_batch(freed);
    const NodeValues before = evaluate(freed, 1);
    if (!before.errors.empty()) return {};  // inference will say what is wrong
    if (declared_free) graph = freed;
    if (batch == 0) return {};
    copy_batch_in_reshapes(freed, batch, before);
    name_squeezed_axes(freed, [&](TensorId id) { return before.shape(id); });
    set_free(freed, true);
    if (!outputs_scale(freed, batch)) return {};
    compact(freed);
    graph = std::move(freed);
    return {};
}

}  // namespace octavo
