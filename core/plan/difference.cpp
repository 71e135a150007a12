// first_difference: what a plan says is found by name, so node by node all names that it touches are looked up in both.
#include "core/plan/rules.h"

#include <algorithm>

namespace octavo {
namespace {

template <class Entries>
bool is_same(const Entries& a, const Entries& b, const std::string& name) {
    const auto in_a = a.find(name), in_b = b.find(name);
    return (in_a == a.end()) == (in_b == b.end()) && (in_a == a.end() || in_a->second == in_b->second);
}

}  // namespace

std::size_t first_difference(const Graph& graph, const Plan& a, const Plan& b) {
    if (a.residual_sums != b.residual_sums) return 0;
    const auto says_same = [&](TensorId id) {
        if (id == TensorId::none) return true;
        const std::string& name = graph[id].name;
        return is_same(a.tensors, b.tensors, name) && is_same(a.weight_scale, b.weight_scale, name) &&
               is_same(a.replaced, b.replaced, name);
    };
    const auto differs = [&](const Node& node) {
        return !is_same(a.operators, b.operators, node.name) ||
               !is_same(a.tensors, b.tensors, attribute_or(node, "inner", std::string())) ||
               !std::all_of(node.inputs.begin(), node.inputs.end(), says_same) ||
               !std::all_of(node.outputs.begin(), node.outputs.end(), says_same);
    };
    return static_cast<std::size_t>(std::find_if(graph.nodes.begin(), graph.nodes.end(), differs) - graph.nodes.begin());
}

}  // namespace octavo
