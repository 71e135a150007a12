// remove_identities: takes out operators that hand their input on unchanged. Judged by inferred shapes, so it must not run before
// inference; where the batch is free, by those at two batches, since a Slice of three images takes all of three. Names of graph outputs
// survive: the producer then writes the output itself. A graph output that is an input or a constant handed on keeps its operator.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace octavo {
namespace {

using Predicate = bool (*)(const Graph& graph, const Node& node);

bool always(const Graph&, const Node&) {
    return true;
}
bool single_input(const Graph&, const Node& node) {
    return node.inputs.size() == 1;
}
bool same_type(const Graph& graph, const Node& node) {
    return graph[node.inputs[0]].type == graph[node.outputs[0]].type;
}
bool same_shape(const Graph& graph, const Node& node) {
    return graph[node.inputs[0]].shape == graph[node.outputs[0]].shape;
}

bool same_order(const Graph& graph, const Node& node) {
    const auto order = attribute_or(node, "perm", std::vector<std::int64_t>{});
    if (order.empty()) return graph[node.inputs[0]].shape.size() < 2;
    std::vector<std::int64_t> unchanged(order.size());
    std::iota(unchanged.begin(), unchanged.end(), 0);
    return order == unchanged;
}

bool no_padding(const Graph& graph, const Node& node) {
    std::vector<std::int64_t> pads = attribute_or(node, "pads", std::vector<std::int64_t>{});
    if (node.inputs.size() > 1) {
        const auto listed = integer_constant(graph, node.inputs[1]);
        if (!listed) return false;
        pads = *listed;
    }
    return std::all_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad == 0; });
}

// The whole tensor, and not backwards.
bool whole_slice(const Graph& graph, const Node& node) {
    if (!same_shape(graph, node)) return false;
    if (input_or_none(node, 4) == TensorId::none) return true;
    const auto steps = integer_constant(graph, node.inputs[4]);
    return steps && std::all_of(steps->begin(), steps->end(), [](std::int64_t step) { return step > 0; });
}

struct Row {
    const char* op;
    Predicate is_identity;
};
constexpr std::array<Row, 12> kRows = {{{"Identity", &always},
                                        {"Dropout", &always},
                                        {"Concat", &single_input},
                                        {"Sum", &single_input},
                                        {"Cast", &same_type},
                                        {"Transpose", &same_order},
                                        {"Reshape", &same_shape},
                                        {"Flatten", &same_shape},
                                        {"Squeeze", &same_shape},
                                        {"Unsqueeze", &same_shape},
                                        {"Pad", &no_padding},
                                        {"Slice", &whole_slice}}};

bool is_identity(const Graph& graph, const Links& links, const Node& node) {
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&node](const Row& known) { return node.op == known.op; });
    if (row == kRows.end() || node.inputs.empty() || node.inputs[0] == TensorId::none || has_activation(node)) return false;
    for (std::size_t i = 1; i < node.outputs.size(); ++i) {  // the mask of a Dropout
        const TensorId id = node.outputs[i];
        if (id != TensorId::none && (links.is_output[index(id)] || !links.readers[index(id)].empty())) return false;
    }
    return row->is_identity(graph, node);
}

void rename_output(Node& producer, TensorId from, TensorId to) {
    std::replace(producer.outputs.begin(), producer.outputs.end(), from, to);
}

// `larger` is the graph as it was, at another batch where that is free.
bool take_out(Graph& graph, const Graph& larger, const Links& links, std::size_t n) {
    Node& node = graph.nodes[n];
    if (!is_identity(graph, links, node) || !is_identity(larger, links, larger.nodes[n])) return false;
    const TensorId from = node.inputs[0];
    const TensorId to = node.outputs[0];
    Node* producer = producer_of(graph, links, from);
    if (links.is_output[index(to)]) {
        if (!producer || links.is_output[index(from)]) return false;
        rename_output(*producer, from, to);
        replace_reads(graph, links, from, to);
    } else {
        replace_reads(graph, links, to, from);
    }
    if (producer) absorb(*producer, node);
    erase(node);
    return true;
}

}  // namespace

Result<void> remove_identities(Graph& graph) {
    const Result<Graph> larger = with_batch_if_free(graph, batch_of(graph) + 1);
    if (!larger) return {};  // shapes that hold at some batches only: nothing is known to stay what it is
    rewrite_nodes(graph, [&](const Links& links, std::size_t n) { return take_out(graph, *larger, links, n); });
    return {};
}

}  // namespace octavo
