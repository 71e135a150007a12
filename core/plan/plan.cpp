// What a plan means for a graph: names become ids, absent entries become "no parameters" and fp32.
#include "core/plan/plan.h"

#include "core/base/check.h"

#include <algorithm>

namespace octavo {
namespace {

octavo_quantization flatten(const std::optional<Quantization>& quantization) {
    if (!quantization) return {0, nullptr, nullptr};
    OCTAVO_CHECK(quantization->scale.size() == quantization->zero_point.size());
    return {static_cast<std::int32_t>(quantization->scale.size()), quantization->scale.data(), quantization->zero_point.data()};
}

}  // namespace

FlatPlan::FlatPlan(const Plan& plan, const Graph& graph) {
    const std::size_t tensors = graph.tensors.size();
    whole_.resize(tensors);
    depthwise_.resize(tensors);
    weights_.resize(tensors);
    replaced_.resize(tensors);
    weight_zero_points_.resize(tensors);
    for (std::size_t i = 0; i < tensors; ++i) {
        const std::string& name = graph.tensors[i].name;
        if (const auto found = plan.tensors.find(name); found != plan.tensors.end()) {
            whole_[i] = flatten(found->second.whole);
            depthwise_[i] = flatten(found->second.depthwise);
        }
        if (const auto found = plan.weight_scale.find(name); found != plan.weight_scale.end()) {
            weight_zero_points_[i].assign(found->second.size(), 0);
            weights_[i] = {static_cast<std::int32_t>(found->second.size()), found->second.data(), weight_zero_points_[i].data()};
        }
        if (const auto found = plan.replaced.find(name); found != plan.replaced.end()) replaced_[i] = found->second.data();
    }
    for (const Node& node : graph.nodes) {
        precision_.push_back(static_cast<std::int32_t>(precision_of(plan, node)));
        const auto inner = plan.tensors.find(attribute_or(node, "inner", std::string()));
        const bool is_rounded = inner != plan.tensors.end() && plan.residual_sums == ResidualSums::rounded;
        inner_.push_back(is_rounded ? flatten(inner->second.whole) : octavo_quantization{});
    }
    view_ = {sizeof(octavo_plan), whole_.data(), depthwise_.data(), weights_.data(), replaced_.data(), precision_.data(), inner_.data()};
}

Precision precision_of(const Plan& plan, const Node& node) {
    const auto found = plan.operators.find(node.name);
    return found == plan.operators.end() ? Precision::fp32 : found->second.precision;
}

bool is_int8(const Plan& plan, const Node& node) {
    return precision_of(plan, node) == Precision::int8;
}

std::size_t count_int8(const Plan& plan, const Graph& graph) {
    return static_cast<std::size_t>(
        std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return is_int8(plan, node); }));
}

bool is_depthwise(const Graph& graph, const Node& node) {
    if (node.op != "Conv" || node.inputs.size() < 2) return false;
    const Shape& input = graph[node.inputs[0]].shape;
    const Shape& weight = graph[node.inputs[1]].shape;
    const auto group = attribute_or(node, "group", std::int64_t{1});
    return group > 1 && input.size() >= 3 && weight.size() >= 3 && group == input[1] && weight[1] == 1 && weight[0] % group == 0;
}

}  // namespace octavo
