// fuse_pads: a Pad that continues an image by zeros and is read by convolutions only becomes their pads, as exporters from TensorFlow write
// "SAME". Outside of the border lies the real number 0, in int8 too (docs/numbers.md). Poolings keep their Pad: they leave out, or do not
// count, what lies outside.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

using Ints = std::vector<std::int64_t>;

std::optional<Ints> listed(const Graph& graph, const Node& node, std::size_t input, const char* name) {
    if (input_or_none(node, input) != TensorId::none) return integer_constant(graph, node.inputs[input]);
    const Ints values = attribute_or(node, name, Ints{});
    return values.empty() ? std::nullopt : std::optional(values);
}

bool continues_by_zeros(const Graph& graph, const Node& node) {
    if (node.op != "Pad" || has_activation(node) || graph[node.inputs[0]].type != OCTAVO_F32) return false;
    if (attribute_or(node, "mode", std::string("constant")) != "constant") return false;
    const TensorId value = input_or_none(node, 2);
    return (value == TensorId::none ? attribute_or(node, "value", 0.0F) : scalar_constant(graph, value)) == 0.0F;
}

// Begin and end of each spatial axis, as a Conv lists them; nothing where other axes are padded or something is cut off.
std::optional<Ints> spatial_pads(const Graph& graph, const Node& node) {
    const auto rank = static_cast<std::int64_t>(graph[node.inputs[0]].shape.size());
    const std::optional<Ints> pads = listed(graph, node, 1, "pads");
    if (!pads || rank < 3) return std::nullopt;
    Ints axes;
    for (std::int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
    if (input_or_none(node, 3) != TensorId::none) {
        const std::optional<Ints> given = integer_constant(graph, node.inputs[3]);
        if (!given) return std::nullopt;
        axes = *given;
    }
    const std::int64_t spatial = rank - 2;
    Ints made(static_cast<std::size_t>(2 * spatial), 0);
    for (std::size_t i = 0; i < pads->size(); ++i) {
        const std::int64_t axis = axes[i % axes.size()] + (axes[i % axes.size()] < 0 ? rank : 0);
        if ((*pads)[i] < 0 || (axis < 2 && (*pads)[i] != 0)) return std::nullopt;
        if (axis >= 2) made[static_cast<std::size_t>(axis - 2 + (i < axes.size() ? 0 : spatial))] = (*pads)[i];
    }
    return made;
}

// A convolution that reads the tensor as its picture, with pads that are listed.
bool takes_pads(const Graph& graph, const Node& node, TensorId picture) {
    if (node.op != "Conv" || node.inputs[0] != picture || std::ranges::count(node.inputs, picture) != 1) return false;
    const std::string choice = attribute_or(node, "auto_pad", std::string("NOTSET"));
    const Ints pads = attribute_or(node, "pads", Ints{});
    return (choice.empty() || choice == "NOTSET" || choice == "VALID") &&
           (pads.empty() || pads.size() == 2 * (graph[picture].shape.size() - 2));
}

void add_pads(Node& node, const Ints& pads) {
    Ints sum = attribute_or(node, "pads", Ints{});
    if (sum.empty() || attribute_or(node, "auto_pad", std::string()) == "VALID") sum.assign(pads.size(), 0);
    for (std::size_t i = 0; i < pads.size(); ++i) sum[i] += pads[i];
    node.attributes["pads"] = std::move(sum);
    node.attributes.erase("auto_pad");
}

bool fuse(Graph& graph, const Links& links, std::size_t n) {
    Node& pad = graph.nodes[n];
    if (!continues_by_zeros(graph, pad)) return false;
    const TensorId padded = pad.outputs[0];
    const std::vector<std::int32_t>& readers = links.readers[index(padded)];
    const std::optional<Ints> pads = spatial_pads(graph, pad);
    if (!pads || readers.empty() || links.is_output[index(padded)]) return false;
    for (const std::int32_t reader : readers)
        if (!takes_pads(graph, graph.nodes[static_cast<std::size_t>(reader)], padded)) return false;
    for (const std::int32_t reader : readers) {
        Node& conv = graph.nodes[static_cast<std::size_t>(reader)];
        add_pads(conv, *pads);
        conv.inputs[0] = pad.inputs[0];
        absorb(conv, pad);
    }
    erase(pad);
    return true;
}

}  // namespace

Result<void> fuse_pads(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return fuse(graph, links, n); });
    return {};
}

}  // namespace octavo
