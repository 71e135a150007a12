// Shape inference over a graph: the batch size goes into the inputs, then each node's row says what comes out. Evaluates nothing: a shape
// that is computed at run time must have been folded to a constant before (passes/fold_constants.cpp).
#include "core/graph/flat.h"
#include "sdk/ops/op.h"

namespace octavo {
namespace {

Error input_error(const Tensor& input, const std::string& what) {
    return {Code::model, "input '" + input.name + "': " + what};
}

Result<void> set_batch(Graph& graph, std::int64_t batch) {
    if (batch < 1) return Error(Code::config, "batch size " + std::to_string(batch) + ", expected 1 or more");
    for (const TensorId id : graph.inputs) {
        Tensor& input = graph[id];
        if (input.shape.size() > OCTAVO_MAX_RANK)
            return input_error(input, "has " + std::to_string(input.shape.size()) + " dimensions, at most 8 are supported");
        if (!input.shape.empty() && input.shape[0] == -1) input.free_batch = true;
        if (input.free_batch) input.shape[0] = batch;
        for (std::size_t i = 0; i < input.shape.size(); ++i)
            if (input.shape[i] < 0) return input_error(input, "dimension " + std::to_string(i) + " is free, expected a size");
    }
    return {};
}

Error node_error(const ops::NodeView& node, const Error& error) {
    const std::string title = node.title();
    return error.message().starts_with(title) ? error : error.within(title);
}

Result<void> infer_node(Graph& graph, const Node& node, std::vector<octavo_tensor_info>& infos) {
    const FlatNode flat(node);
    const ops::NodeView view(flat.view(), infos);
    const Result<std::vector<ops::TensorType>> types = ops::infer(view);
    if (!types) return node_error(view, types.error());
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i] == TensorId::none) continue;
        if (i >= types->size()) return node_error(view, {Code::model, "has an output " + std::to_string(i) + " that its operator lacks"});
        if ((*types)[i].shape.size() > OCTAVO_MAX_RANK) return node_error(view, {Code::model, "its output has more than 8 dimensions"});
        Tensor& output = graph[node.outputs[i]];
        output.type = (*types)[i].type;
        output.shape = (*types)[i].shape;
        infos[index(node.outputs[i])] = flatten(output);
    }
    return {};
}

}  // namespace

Result<void> infer_shapes(Graph& graph, std::int64_t batch) {
    OCTAVO_CHECK_OK(set_batch(graph, batch));
    std::vector<octavo_tensor_info> infos;
    infos.reserve(graph.tensors.size());
    for (const Tensor& tensor : graph.tensors) infos.push_back(flatten(tensor));
    for (const Node& node : graph.nodes) OCTAVO_CHECK_OK(infer_node(graph, node, infos));
    return {};
}

std::int64_t batch_of(const Graph& graph) {
    return graph.inputs.empty() || graph[graph.inputs[0]].shape.empty() ? 1 : graph[graph.inputs[0]].shape[0];
}

std::int64_t own_batch(const Graph& graph) {
    return !graph.inputs.empty() && graph[graph.inputs[0]].free_batch ? 1 : std::max<std::int64_t>(1, batch_of(graph));
}

Result<Graph> with_batch(const Graph& graph, std::int64_t batch) {
    // The first input carries the batch; others may have a fixed dimension 0 that means something else.
    if (!graph.inputs.empty() && !graph[graph.inputs[0]].shape.empty()) {
        const Tensor& input = graph[graph.inputs[0]];
        if (!input.free_batch && input.shape[0] > 0 && input.shape[0] != batch)
            return input_error(input,
                               "its batch size is fixed at " + std::to_string(input.shape[0]) + ", asked for " + std::to_string(batch));
    }
    Graph copy = graph;
    OCTAVO_CHECK_OK(infer_shapes(copy, batch));
    return copy;
}

Result<Graph> with_batch_if_free(const Graph& graph, std::int64_t batch) {
    const bool is_free = !graph.inputs.empty() && graph[graph.inputs[0]].free_batch;
    return with_batch(graph, is_free ? batch : own_batch(graph));
}

}  // namespace octavo
