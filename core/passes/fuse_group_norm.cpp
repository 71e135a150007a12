// fuse_group_norm: recognizes a group normalization as models of opsets before 18 spell it.
//
//     Reshape(InstanceNormalization(Reshape(x, [N, groups, ...])), shape of x)   -> GroupNormalization(x)
//
// Scale and bias of the groups become those of their channels; what stands behind them by channel is fold_batch_norm's. A pattern of which
// somebody reads a part stays as it is.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

namespace octavo {
namespace {

// The numbers of a constant of the groups, one for each channel.
std::vector<float> of_channels(const Graph& graph, TensorId id, std::int64_t channels) {
    std::vector<float> made;
    for (const float value : graph[id].data.as<float>())
        made.insert(made.end(), static_cast<std::size_t>(channels / graph[id].shape[0]), value);
    return made;
}

bool make_group_norm(const Place& place, Node& back) {
    Graph& graph = place.graph;
    if (back.op != "Reshape") return false;
    Node* const norm = place.producer(back.inputs[0], "InstanceNormalization");
    Node* const flat = norm ? place.producer(norm->inputs[0], "Reshape") : nullptr;
    if (!flat || !place.is_read_by(*flat, {norm}) || !place.is_read_by(*norm, {&back})) return false;
    if (!is_float_constant(graph, norm->inputs[1]) || !is_float_constant(graph, norm->inputs[2])) return false;
    const TensorId x = flat->inputs[0];
    const Shape shape = graph[x].shape, groups = graph[flat->outputs[0]].shape;
    if (shape.size() < 2 || graph[back.outputs[0]].shape != shape) return false;
    if (groups[0] != shape[0] || groups[1] < 1 || shape[1] % groups[1] != 0) return false;

    const auto constant = [&](std::size_t i, const char* what) {
        return add_constant(graph, back.name + what, {shape[1]}, of_channels(graph, norm->inputs[i], shape[1]));
    };
    const TensorId scale = constant(1, ".scale"), bias = constant(2, ".bias");
    back.op = "GroupNormalization";
    back.attributes = {{"num_groups", groups[1]}, {"epsilon", attribute_or(*norm, "epsilon", 1e-5F)}};
    back.inputs = {x, scale, bias};
    place.take(back, *flat);
    place.take(back, *norm);
    return true;
}

}  // namespace

Result<void> fuse_group_norm(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return make_group_norm({graph, links}, graph.nodes[n]); });
    return {};
}

}  // namespace octavo
