// The helpers of rewrite.h. Clip is understood in both of its spellings: bounds as attributes (before opset 11) and as inputs.
#include "core/passes/rewrite.h"

#include "core/graph/product.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace octavo {

void erase(Node& node) {
    node.op.clear();
    node.inputs.clear();
    node.outputs.clear();
}

bool is_erased(const Node& node) {
    return node.op.empty();
}

void compact(Graph& graph) {
    std::erase_if(graph.nodes, is_erased);
    std::vector<bool> used(graph.tensors.size(), false);
    const auto each_list = [&graph](auto&& visit) {
        visit(graph.inputs);
        visit(graph.outputs);
        for (Node& node : graph.nodes) {
            visit(node.inputs);
            visit(node.outputs);
        }
    };
    each_list([&used](const std::vector<TensorId>& ids) {
        for (const TensorId id : ids)
            if (id != TensorId::none) used[index(id)] = true;
    });
    std::vector<TensorId> moved(graph.tensors.size(), TensorId::none);
    std::size_t count = 0;
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        if (!used[i]) continue;
        moved[i] = static_cast<TensorId>(count);
        if (count != i) graph.tensors[count] = std::move(graph.tensors[i]);
        ++count;
    }
    graph.tensors.resize(count);
    each_list([&moved](std::vector<TensorId>& ids) {
        for (TensorId& id : ids)
            if (id != TensorId::none) id = moved[index(id)];
    });
}

void replace_reads(Graph& graph, const Links& links, TensorId from, TensorId to) {
    for (const std::int32_t reader : links.readers[index(from)])
        for (TensorId& id : graph.nodes[static_cast<std::size_t>(reader)].inputs)
            if (id == from) id = to;
}

void absorb(Node& into, const Node& from) {
    into.parts.push_back(from.name);
    into.parts.insert(into.parts.end(), from.parts.begin(), from.parts.end());
}

TensorId input_or_none(const Node& node, std::size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : TensorId::none;
}

Node* producer_of(Graph& graph, const Links& links, TensorId id) {
    if (id == TensorId::none || links.producer[index(id)] < 0) return nullptr;
    return &graph.nodes[static_cast<std::size_t>(links.producer[index(id)])];
}

Node* Place::producer(TensorId id, std::string_view op) const {
    Node* found = producer_of(graph, links, id);
    return found && found->op == op && !has_activation(*found) ? found : nullptr;
}

bool Place::is_read_by(const Node& node, std::initializer_list<const Node*> readers) const {
    const TensorId id = node.outputs[0];
    return !links.is_output[index(id)] && std::ranges::all_of(links.readers[index(id)], [&](std::int32_t reader) {
        return std::ranges::find(readers, &graph.nodes[static_cast<std::size_t>(reader)]) != readers.end();
    });
}

void Place::take(Node& outer, Node& inner) const {
    if (links.only_reader(inner.outputs[0]) < 0) return;
    absorb(outer, inner);
    erase(inner);
}

std::vector<std::int64_t> reduced_axes(const Graph& graph, const Node& node) {
    const auto rank = static_cast<std::int64_t>(graph[node.inputs[0]].shape.size());
    std::vector<std::int64_t> axes = attribute_or(node, "axes", std::vector<std::int64_t>{});
    if (const auto listed = integer_constant(graph, input_or_none(node, 1))) axes = *listed;
    for (std::int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;
    std::sort(axes.begin(), axes.end());
    return axes;
}

bool is_float_constant(const Graph& graph, TensorId id) {
    return id != TensorId::none && graph[id].is_constant() && graph[id].type == OCTAVO_F32;
}

std::optional<float> scalar_constant(const Graph& graph, TensorId id) {
    if (!is_float_constant(graph, id) || element_count(graph[id].shape) != 1) return std::nullopt;
    return graph[id].data.as<float>()[0];
}

std::optional<std::vector<std::int64_t>> integer_constant(const Graph& graph, TensorId id) {
    if (id == TensorId::none || !graph[id].is_constant()) return std::nullopt;
    const Buffer& data = graph[id].data;
    if (graph[id].type == OCTAVO_S64) return std::vector<std::int64_t>(data.as<std::int64_t>().begin(), data.as<std::int64_t>().end());
    if (graph[id].type == OCTAVO_S32) return std::vector<std::int64_t>(data.as<std::int32_t>().begin(), data.as<std::int32_t>().end());
    return std::nullopt;
}

TensorId add_constant(Graph& graph, const std::string& wish, Shape shape, std::vector<float> values) {
    return graph.add_tensor({graph.unused_name(wish), OCTAVO_F32, std::move(shape), make_buffer(std::move(values)), false});
}

TensorId add_constant(Graph& graph, const std::string& wish, std::vector<std::int64_t> values) {
    Shape shape = {static_cast<std::int64_t>(values.size())};
    return graph.add_tensor({graph.unused_name(wish), OCTAVO_S64, std::move(shape), make_buffer(std::move(values)), false});
}

void set_constant(Graph& graph, const Links& links, Node& node, std::size_t i, const std::string& wish, Shape shape,
                  std::vector<float> values) {
    node.inputs.resize(std::max(node.inputs.size(), i + 1), TensorId::none);
    const TensorId old = node.inputs[i];
    // Constants made since the links were taken have one reader.
    const bool own = old != TensorId::none && (index(old) >= links.readers.size() || links.only_reader(old) >= 0);
    if (!own) {
        node.inputs[i] = add_constant(graph, wish, std::move(shape), std::move(values));
        return;
    }
    graph[old].shape = std::move(shape);
    graph[old].data = make_buffer(std::move(values));
}

std::optional<Bounds> clip_bounds(const Graph& graph, const Node& node) {
    if (graph[node.inputs[0]].type != OCTAVO_F32) return std::nullopt;
    Bounds bounds = {attribute_or(node, "min", -FLT_MAX), attribute_or(node, "max", FLT_MAX)};
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
        const TensorId id = input_or_none(node, i);
        if (id == TensorId::none) continue;
        const std::optional<float> bound = scalar_constant(graph, id);
        if (!bound || std::isnan(*bound)) return std::nullopt;
        (i == 1 ? bounds.low : bounds.high) = *bound;
    }
    bounds.low = std::clamp(bounds.low, -FLT_MAX, FLT_MAX);
    bounds.high = std::clamp(bounds.high, -FLT_MAX, FLT_MAX);
    if (!(bounds.low <= bounds.high)) return std::nullopt;
    return bounds;
}

bool is_product(const Graph& graph, const Node& node) {
    if (node.op != "Conv" && node.op != "Gemm") return false;
    const bool plain = attribute_or(node, "transA", std::int64_t{0}) == 0 && attribute_or(node, "alpha", 1.0F) == 1.0F &&
                       attribute_or(node, "beta", 1.0F) == 1.0F;
    const TensorId bias = input_or_none(node, 2);
    const bool has_bias = bias == TensorId::none || (is_float_constant(graph, bias) && graph[bias].shape.size() == 1);
    return plain && has_bias && is_float_constant(graph, input_or_none(node, 1)) && graph[node.inputs[1]].shape.size() >= 2;
}

bool has_activation(const Node& node) {
    return !attribute_or(node, "activation", std::string()).empty();
}

void move_activation(const Node& from, Node& to) {
    for (const char* name : {"activation", "activation_alpha", "activation_beta"}) {
        const auto found = from.attributes.find(name);
        if (found != from.attributes.end()) to.attributes[name] = found->second;
    }
}

bool has_residual(const Node& node) {
    return residual_of(node) != TensorId::none;
}

std::int64_t output_channels(const Graph& graph, const Node& node) {
    const Shape& weight = graph[node.inputs[1]].shape;
    const bool last = node.op == "Gemm" && attribute_or(node, "transB", std::int64_t{0}) == 0;
    return last ? weight[1] : weight[0];
}

}  // namespace octavo
