// give_bias: afterwards each Conv and Gemm with a constant weight has a bias constant that it alone reads, of shape [output channels], and
// Gemm has alpha and beta of 1. MatMul of rows with a constant matrix becomes such a Gemm. A weight that several share stays shared.
// Left alone: constant weights with computed biases, a transposed activation, a bias that differs from row to row.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

namespace octavo {
namespace {

void as_gemm(const Graph& graph, Node& node) {
    if (node.op != "MatMul" || has_activation(node)) return;
    const TensorId weight = node.inputs[1];
    if (!is_float_constant(graph, weight) || graph[weight].shape.size() != 2 || graph[node.inputs[0]].shape.size() < 2) return;
    node.op = "Gemm";
    node.attributes["transB"] = std::int64_t{0};
}

// `value` as one number a channel, or nothing where it is no such thing.
std::optional<std::vector<float>> by_channel(const Tensor& bias, std::int64_t channels) {
    const std::span<const float> values = bias.data.as<float>();
    if (values.size() == 1) return std::vector<float>(static_cast<std::size_t>(channels), values[0]);
    if (static_cast<std::int64_t>(values.size()) != channels || bias.shape.back() != channels) return std::nullopt;
    return std::vector<float>(values.begin(), values.end());
}

void scale_weight(Graph& graph, const Links& links, Node& node, float alpha) {
    std::vector<float> values;
    for (const float value : graph[node.inputs[1]].data.as<float>()) values.push_back(value * alpha);
    set_constant(graph, links, node, 1, node.name + ".weight", graph[node.inputs[1]].shape, std::move(values));
}

bool give(Graph& graph, const Links& links, std::size_t n) {
    Node& node = graph.nodes[n];
    as_gemm(graph, node);
    if ((node.op != "Conv" && node.op != "Gemm") || !is_float_constant(graph, node.inputs[1])) return false;
    if (attribute_or(node, "transA", std::int64_t{0}) != 0) return false;
    const std::int64_t channels = output_channels(graph, node);
    const TensorId old = input_or_none(node, 2);
    std::optional<std::vector<float>> values(std::in_place, static_cast<std::size_t>(channels), 0.0F);
    if (old != TensorId::none) values = is_float_constant(graph, old) ? by_channel(graph[old], channels) : std::nullopt;
    if (!values) return false;
    const float alpha = attribute_or(node, "alpha", 1.0F);
    const float beta = attribute_or(node, "beta", 1.0F);
    const bool fits = old != TensorId::none && graph[old].shape == Shape{channels} && links.only_reader(old) >= 0;
    if (fits && alpha == 1.0F && beta == 1.0F) return false;

    for (float& value : *values) value *= beta;
    set_constant(graph, links, node, 2, node.name + ".bias", {channels}, std::move(*values));
    if (alpha != 1.0F) scale_weight(graph, links, node, alpha);
    node.attributes.erase("alpha");
    node.attributes.erase("beta");
    return true;
}

}  // namespace

Result<void> give_bias(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return give(graph, links, n); });
    return {};
}

}  // namespace octavo
