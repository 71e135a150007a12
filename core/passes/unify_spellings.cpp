// unify_spellings: one spelling where ONNX has several. Sum of two is Add; ReduceMean over all positions of an image is GlobalAveragePool,
// with a Flatten behind it where the reduced dimensions are dropped; CastLike is Cast, and Einsum a MatMul with what moves around it. A
// LayerNormalization has the outputs that somebody reads.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "core/passes/spell_einsum.h"

#include <algorithm>

namespace octavo {
namespace {

// Height and width of an NCHW tensor.
bool reduces_positions(const Graph& graph, const Node& node) {
    if (node.op != "ReduceMean" || graph[node.inputs[0]].shape.size() != 4 || graph[node.inputs[0]].type != OCTAVO_F32) return false;
    return reduced_axes(graph, node) == std::vector<std::int64_t>{2, 3};
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

void spell_cast(const Graph& graph, Node& node) {
    constexpr std::pair<octavo_type, std::int64_t> kNumbers[] = {{OCTAVO_F32, 1}, {OCTAVO_U8, 2},  {OCTAVO_S8, 3},
                                                                 {OCTAVO_S32, 6}, {OCTAVO_S64, 7}, {OCTAVO_BOOLEAN, 9}};
    for (const auto& [type, number] : kNumbers)
        if (graph[node.inputs[1]].type == type) node.attributes["to"] = number;
    node.op = "Cast";
    node.inputs.resize(1);
}

void drop_unread_outputs(const Links& links, Node& node) {
    const auto is_read = [&](TensorId id) {
        return id != TensorId::none && (links.is_output[index(id)] || !links.readers[index(id)].empty());
    };
    while (node.outputs.size() > 1 && !is_read(node.outputs.back())) node.outputs.pop_back();
}

}  // namespace

Result<void> unify_spellings(Graph& graph) {
    OCTAVO_CHECK_OK(spell_einsums(graph));
    const Links links(graph);
    std::vector<Node> nodes;
    nodes.reserve(graph.nodes.size());
    for (Node& node : graph.nodes) {
        if (node.op == "Sum" && node.inputs.size() == 2) node.op = "Add";
        if (node.op == "CastLike") spell_cast(graph, node);
        if (node.op == "LayerNormalization") drop_unread_outputs(links, node);
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
