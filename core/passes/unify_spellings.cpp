// unify_spellings: one spelling where ONNX has several. Sum of two is Add; ReduceMean over all positions of an image is GlobalAveragePool,
// with a Flatten behind it where the reduced dimensions are dropped.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

// Height and width of an NCHW tensor, from the attribute or (opset 18) the input.
bool reduces_positions(const Graph& graph, const Node& node) {
    if (node.op != "ReduceMean" || graph[node.inputs[0]].shape.size() != 4 || graph[node.inputs[0]].type != OCTAVO_F32) return false;
    std::vector<std::int64_t> axes = attribute_or(node, "axes", std::vector<std::int64_t>{});
    if (const auto listed = integer_constant(graph, input_or_none(node, 1))) axes = *listed;
    for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
    std::sort(axes.begin(), axes.end());
    return axes == std::vector<std::int64_t>{2, 3};
}

// The node becomes GlobalAveragePool; what it returns is the Flatten to put behind it, erased where none is needed.
Node as_global_average(Graph& graph, Node& node) {
    Node flatten;
    if (attribute_or(node, "keepdims", std::int64_t{1}) == 0) {
        const TensorId pooled = graph.add_tensor({graph.unused_name(node.name + ".pooled"), OCTAVO_F32, {}, {}, false});
        graph[pooled].shape = {graph[node.inputs[0]].shape[0], graph[node.inputs[0]].shape[1], 1, 1};
        flatten = {node.name + ".flatten", "Flatten", {pooled}, {node.outputs[0]}, {{"axis", std::int64_t{1}}}, {}};
        node.outputs = {pooled};
    }
    node.op = "GlobalAveragePool";
    node.inputs.resize(1);
    node.attributes.clear();
    return flatten;
}

}  // namespace

Result<void> unify_spellings(Graph& graph) {
    std::vector<Node> nodes;
    nodes.reserve(graph.nodes.size());
    for (Node& node : graph.nodes) {
        if (node.op == "Sum" && node.inputs.size() == 2) node.op = "Add";
        Node behind;
        if (reduces_positions(graph, node)) behind = as_global_average(graph, node);
        nodes.push_back(std::move(node));
        if (!is_erased(behind)) nodes.push_back(std::move(behind));
    }
    graph.nodes = std::move(nodes);
    compact(graph);
    return {};
}

}  // namespace octavo
