// groups_to_return: disjoint sets of the readers of each grid.
#include "core/base/disjoint_sets.h"
#include "core/plan/rules.h"
#include "core/search/search.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

bool computes(const Node& node) {
    const ops::Row* row = ops::find(node.op);
    return row && row->role != ops::Role::passes && row->role != ops::Role::floating;
}

// Through a grid of this kind: a depthwise convolution has one of its own for its data.
bool reads(const Graph& graph, const Node& node, TensorId tensor, PointKind kind) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (node.inputs[i] == tensor && (kind == PointKind::depthwise) == (i == 0 && is_depthwise(graph, node))) return true;
    return false;
}

}  // namespace

std::vector<std::vector<NodeId>> groups_to_return(const Graph& graph, const Plan& plan) {
    std::map<NodeId, OperatorPlan> operators;
    std::vector<std::size_t> candidates;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (!is_int8(plan, graph.nodes[n])) continue;
        operators[static_cast<NodeId>(n)] = plan.operators.at(graph.nodes[n].name);
        if (computes(graph.nodes[n])) candidates.push_back(n);
    }
    DisjointSets groups(graph.nodes.size());
    for (const QuantizationPoint& point : quantization_points(graph, operators)) {
        std::optional<std::size_t> first;
        for (const std::size_t n : candidates)
            for (const TensorId tensor : point.tensors) {
                if (!reads(graph, graph.nodes[n], tensor, point.kind)) continue;
                if (!first) first = n;
                groups.join(*first, n);
            }
    }
    std::map<std::size_t, std::vector<NodeId>> made;  // by representative, which is the first node
    for (const std::size_t n : candidates) made[groups.find(n)].push_back(static_cast<NodeId>(n));
    std::vector<std::vector<NodeId>> list;
    for (auto& [representative, nodes] : made) list.push_back(std::move(nodes));
    return list;
}

}  // namespace octavo
