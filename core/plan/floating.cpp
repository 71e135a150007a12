// in_floating_point: the rules of a first layout, asked again with fewer int8 operators; grids are then taken over from the plan.
#include "core/plan/rules.h"

#include <set>

namespace octavo {
namespace {

// A depthwise convolution reads `whole` where the plan had a reason not to give it a grid of its own.
void take_over(const TensorPlan& from, PointKind kind, TensorPlan& to) {
    if (kind == PointKind::depthwise && from.depthwise)
        to.depthwise = from.depthwise;
    else
        to.whole = from.whole;
}

std::map<std::string, TensorPlan> kept_grids(const Graph& graph, const Plan& plan, const std::vector<QuantizationPoint>& points) {
    std::map<std::string, TensorPlan> kept;
    const auto take = [&](const std::string& name, PointKind kind) {
        const auto found = plan.tensors.find(name);
        if (found != plan.tensors.end()) take_over(found->second, kind, kept[name]);
    };
    for (const QuantizationPoint& point : points) {
        if (point.kind == PointKind::inner) take(point.name, PointKind::whole);
        for (const TensorId tensor : point.tensors) take(graph[tensor].name, point.kind);
    }
    return kept;
}

// The constants that an int8 operator reads.
std::set<std::string> int8_constants(const Graph& graph, const Plan& plan) {
    std::set<std::string> names;
    for (const Node& node : graph.nodes) {
        if (!is_int8(plan, node)) continue;
        for (const TensorId id : node.inputs)
            if (id != TensorId::none && graph[id].is_constant()) names.insert(graph[id].name);
    }
    return names;
}

}  // namespace

Plan in_floating_point(const Graph& graph, const Plan& plan, const std::map<NodeId, OperatorPlan>& floating) {
    std::set<std::string> names;
    for (const auto& [node, given] : floating) names.insert(graph[node].name);
    const auto can_run = [&](NodeId node, Precision precision) { return precision == Precision::int8 && is_int8(plan, graph[node]); };
    std::map<NodeId, OperatorPlan> operators =
        assign_precisions(graph, can_run, [&](const Node& node) { return names.contains(node.name); });
    for (auto& [node, decided] : operators) {
        const auto before = plan.operators.find(graph[node].name);
        const bool changed = is_int8(plan, graph[node]) && decided.precision != Precision::int8;
        if (const auto found = floating.find(node); found != floating.end() && changed)
            decided = found->second;
        else if (changed)
            decided = {Precision::fp32, Reason::feeds_no_int8};
        else if (before != plan.operators.end())
            decided = before->second;
    }

    Plan made = plan;
    for (const auto& [node, decided] : operators) made.operators[graph[node].name] = decided;
    made.tensors = kept_grids(graph, plan, quantization_points(graph, operators));
    const std::set<std::string> read = int8_constants(graph, made);
    const auto is_unread = [&read](const auto& entry) { return !read.contains(entry.first); };
    std::erase_if(made.weight_scale, is_unread);
    std::erase_if(made.replaced, is_unread);
    snap_biases(graph, made);
    return made;
}

}  // namespace octavo
