// fuse_layer_norm: recognizes a layer normalization in its parts, as models of opsets before 17 spell it.
//
//     d = x - ReduceMean(x); d / Sqrt(ReduceMean(d * d or d ^ 2) + epsilon)   -> LayerNormalization(x), over the last axes
//     LayerNormalization(x) * c, and + c behind it                            -> its scale and bias, c constant and as large as they
//
// The node that stays is the last of the pattern. A pattern of which somebody reads a part stays as it is.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace octavo {
namespace {

// The first axis of a mean over the last ones that keeps them.
std::optional<std::int64_t> mean_from(const Graph& graph, const Node& node) {
    const auto rank = static_cast<std::int64_t>(graph[node.inputs[0]].shape.size());
    const std::vector<std::int64_t> axes = reduced_axes(graph, node);
    if (axes.empty() || axes.front() < 1 || attribute_or(node, "keepdims", std::int64_t{1}) == 0) return std::nullopt;
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (axes[i] != rank - std::ssize(axes) + static_cast<std::int64_t>(i)) return std::nullopt;
    return axes.front();
}

// What is squared, by Pow or by Mul with itself.
TensorId squared(const Graph& graph, const Node& node) {
    if (node.op == "Mul" && node.inputs[0] == node.inputs[1]) return node.inputs[0];
    return node.op == "Pow" && scalar_constant(graph, node.inputs[1]) == 2.0F ? node.inputs[0] : TensorId::none;
}

bool make_layer_norm(const Place& place, Node& div) {
    if (div.op != "Div" || has_activation(div)) return false;
    Node* const sqrt = place.producer(div.inputs[1], "Sqrt");
    Node* const add = sqrt ? place.producer(sqrt->inputs[0], "Add") : nullptr;
    if (!add) return false;
    const std::size_t at = scalar_constant(place.graph, add->inputs[1]) ? 1 : 0;
    const std::optional<float> epsilon = scalar_constant(place.graph, add->inputs[at]);
    Node* const variance = epsilon ? place.producer(add->inputs[1 - at], "ReduceMean") : nullptr;
    Node* const square = variance ? producer_of(place.graph, place.links, variance->inputs[0]) : nullptr;
    if (!square || has_activation(*square) || squared(place.graph, *square) != div.inputs[0]) return false;
    Node* const sub = place.producer(div.inputs[0], "Sub");
    Node* const mean = sub ? place.producer(sub->inputs[1], "ReduceMean") : nullptr;
    if (!mean || mean->inputs[0] != sub->inputs[0]) return false;
    const auto first = mean_from(place.graph, *mean);
    if (!first || mean_from(place.graph, *variance) != first) return false;
    const std::pair<Node*, Node*> chain[] = {{mean, sub}, {square, variance}, {variance, add}, {add, sqrt}, {sqrt, &div}};
    if (!std::ranges::all_of(chain, [&](const auto& link) { return place.is_read_by(*link.first, {link.second}); })) return false;
    if (!place.is_read_by(*sub, {square, &div})) return false;

    const TensorId x = sub->inputs[0];
    const Shape& shape = place.graph[x].shape;
    const Shape normal(shape.begin() + *first, shape.end());
    for (Node* part : {mean, sub, square, variance, add, sqrt}) {
        absorb(div, *part);
        erase(*part);
    }
    div.op = "LayerNormalization";
    div.attributes = {{"axis", *first}, {"epsilon", *epsilon}};
    div.inputs = {x, add_constant(place.graph, div.name + ".scale", normal,
                                  std::vector<float>(static_cast<std::size_t>(element_count(normal)), 1.0F))};
    return true;
}

// A constant operand with a value for each of the normalized, or one for all.
std::optional<std::vector<float>> spread(const Graph& graph, TensorId id, const Shape& normal) {
    if (!is_float_constant(graph, id)) return std::nullopt;
    const Shape& own = graph[id].shape;
    const std::span<const float> values = graph[id].data.as<float>();
    if (values.size() == 1 && own.size() <= normal.size())
        return std::vector<float>(static_cast<std::size_t>(element_count(normal)), values[0]);
    if (own != normal) return std::nullopt;
    return std::vector<float>(values.begin(), values.end());
}

// Scale and bias of a normalization behind which a Mul or an Add stands.
bool take_affine(const Place& place, Node& node) {
    if ((node.op != "Mul" && node.op != "Add") || node.inputs.size() != 2 || has_activation(node)) return false;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        Node* const norm = place.producer(node.inputs[i], "LayerNormalization");
        if (!norm || norm->outputs.size() != 1 || !place.is_read_by(*norm, {&node}) || !is_float_constant(place.graph, norm->inputs[1]))
            continue;
        const bool scales = node.op == "Mul", has_bias = input_or_none(*norm, 2) != TensorId::none;
        const Shape normal = place.graph[norm->inputs[1]].shape;
        const auto operand = spread(place.graph, node.inputs[1 - i], normal);
        if (!operand || has_bias) continue;
        std::vector<float> values = *operand;
        if (scales) std::ranges::transform(values, place.graph[norm->inputs[1]].data.as<float>(), values.begin(), std::multiplies<>());
        set_constant(place.graph, place.links, *norm, scales ? 1 : 2, norm->name + (scales ? ".scale" : ".bias"), normal,
                     std::move(values));
        norm->outputs = node.outputs;
        absorb(*norm, node);
        erase(node);
        return true;
    }
    return false;
}

}  // namespace

Result<void> fuse_layer_norm(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) {
        const Place place{graph, links};
        return make_layer_norm(place, graph.nodes[n]) || take_affine(place, graph.nodes[n]);
    });
    return {};
}

}  // namespace octavo
