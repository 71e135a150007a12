// free_batch: makes the batch size free where the model can do any. A model that was exported for one image usually says so in its inputs
// and in the first entry of shapes only; where those are spelled for any batch it computes the same for each image. The change is kept if
// images then stay apart. The other way round, a batch that is called free but that the model cannot change, or whose shapes it computes
// in ways that only folding can follow, becomes fixed at 1. A free batch that can change is the model's own business, images mixed or not.
#include "core/passes/evaluate.h"
#include "core/passes/images_apart.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "core/passes/spell_batch.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cstring>

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

// The first entries of shapes that say the batch, of which `before` says the inputs.
void respell(Graph& graph, std::int64_t batch, const NodeValues& before) {
    for (Node& node : graph.nodes) {
        const std::optional<std::size_t> place = told_by(node);
        if (!place || !before.typed[index(node.inputs[0])]) continue;
        const Shape input = before.shape(node.inputs[0]);
        const std::optional<std::vector<std::int64_t>> told = integer_constant(graph, node.inputs[*place]);
        if (!told || told->empty() || input.empty() || (*told)[0] != batch || input[0] != batch) continue;
        std::vector<bool> is_first(told->size(), false);
        is_first[0] = true;
        spell_batch(graph, node, {*told, is_first, is_first, input});
    }
}

// At many images a value that is computed from the batch size alone is what it is at one, or that for each image.
bool repeats(const NodeValues& one, const NodeValues& many, TensorId id) {
    const Buffer &a = one.values[index(id)], &b = many.values[index(id)];
    if (!b || a.size_bytes == 0 || b.size_bytes % a.size_bytes != 0) return a.size_bytes == 0;
    Shape shape = one.shape(id);
    if (b.size_bytes > a.size_bytes && !shape.empty()) shape[0] *= kTellingBatch;
    if (shape != many.shape(id)) return false;
    for (std::size_t i = 0; i < b.size_bytes; i += a.size_bytes)
        if (std::memcmp(a.data, b.data + i, a.size_bytes) != 0) return false;
    return true;
}

// Whether a model that says that its batch is free reads nothing, shapes left aside, that one image says otherwise than many.
bool is_the_same_for_each_image(const Graph& graph) {
    const NodeValues one = evaluate(graph, 1), many = evaluate(graph, kTellingBatch, &one);
    for (const Node& node : graph.nodes) {
        if (std::all_of(node.outputs.begin(), node.outputs.end(),
                        [&](TensorId id) { return id == TensorId::none || one.values[index(id)]; }))
            continue;
        const std::uint32_t shapes = ops::find(node.op)->value_inputs;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            const bool is_shape = i < 32 && (shapes >> i & 1U) != 0;
            const TensorId id = node.inputs[i];
            if (!is_shape && id != TensorId::none && one.values[index(id)] && !repeats(one, many, id)) return false;
        }
    }
    return true;
}

bool infers(Graph graph, std::int64_t batch) {
    return static_cast<bool>(infer_shapes(graph, batch));
}

void set_free(Graph& graph, bool free) {
    for (const TensorId id : graph.inputs) graph[id].free_batch = free;
}

}  // namespace

Result<void> free_batch(Graph& graph) {
    const bool declared_free = has_free_batch(graph);
    if (Graph two = graph; declared_free && infer_shapes(two, 2) && infers(graph, kTellingBatch)) {
        name_squeezed_axes(graph, [&](TensorId id) { return two[id].shape; });
        return {};
    }
    const bool may_be_free = !declared_free || is_the_same_for_each_image(graph);
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
    if (batch == 0 || !may_be_free) return {};
    respell(freed, batch, before);
    name_squeezed_axes(freed, [&](TensorId id) { return before.shape(id); });
    set_free(freed, true);
    if (!keeps_images_apart(freed)) return {};
    compact(freed);
    graph = std::move(freed);
    return {};
}

}  // namespace octavo
