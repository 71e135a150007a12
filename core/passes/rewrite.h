// What passes have in common: walking while rewriting, taking nodes out, looking at constants. Of no interest outside of core/passes.
#pragma once

#include "core/graph/graph.h"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace octavo {

// Takes a node out: it keeps its name but reads and writes nothing until `compact` drops it.
void erase(Node& node);
bool is_erased(const Node& node);

// Drops erased nodes and tensors that nobody writes, reads or lists. Order stays; ids change.
void compact(Graph& graph);

// Calls rewrite(links, n) for each node that is left, in order; where it returns true the links are made anew. Compacts at the end.
template <class Rewrite>
void rewrite_nodes(Graph& graph, Rewrite&& rewrite) {
    Links links(graph);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (!is_erased(graph.nodes[n]) && rewrite(links, n)) links = Links(graph);
    compact(graph);
}

// Everyone who read `from`, the list of graph outputs left aside, reads `to`.
void replace_reads(Graph& graph, const Links& links, TensorId from, TensorId to);

// `from` becomes a part of `into`, with its own parts.
void absorb(Node& into, const Node& from);

TensorId input_or_none(const Node& node, std::size_t i);
// The node that writes the tensor, or nullptr.
Node* producer_of(Graph& graph, const Links& links, TensorId id);

// A graph whose nodes are looked at in patterns.
struct Place {
    Graph& graph;
    const Links& links;

    // The node that writes the tensor, if it is of this operator and carries no activation; or nullptr.
    Node* producer(TensorId id, std::string_view op) const;
    // Whether nobody else reads the node's result.
    bool is_read_by(const Node& node, std::initializer_list<const Node*> readers) const;
    // `inner` goes into `outer` if nobody else reads it.
    void take(Node& outer, Node& inner) const;
};

// Axes of a reduction that are known, by attribute or (newer opsets) by input: counted from 0, in order.
std::vector<std::int64_t> reduced_axes(const Graph& graph, const Node& node);

bool is_float_constant(const Graph& graph, TensorId id);
// The one value of a float constant with a single element.
std::optional<float> scalar_constant(const Graph& graph, TensorId id);
// The values of an s64 or s32 constant.
std::optional<std::vector<std::int64_t>> integer_constant(const Graph& graph, TensorId id);

// The name is `wish`, or `wish` with a number.
TensorId add_constant(Graph& graph, const std::string& wish, Shape shape, std::vector<float> values);
TensorId add_constant(Graph& graph, const std::string& wish, std::vector<std::int64_t> values);

// Gives input `i` of the node new values: in place where the node is the constant's only reader, else in a constant of its own.
void set_constant(Graph& graph, const Links& links, Node& node, std::size_t i, const std::string& wish, Shape shape,
                  std::vector<float> values);

// The bounds of a Clip of floats with constant or absent bounds: -FLT_MAX and FLT_MAX stand for none.
struct Bounds {
    float low = 0;
    float high = 0;
};
std::optional<Bounds> clip_bounds(const Graph& graph, const Node& node);

// Conv or Gemm (without transA, alpha and beta) with a constant weight: what `give_bias` has put into shape and int8 can multiply with.
bool is_product(const Graph& graph, const Node& node);
bool has_activation(const Node& node);
// `to`, whose result `from` has passed on alone, computes the activation of `from`, if there is one.
void move_activation(const Node& from, Node& to);
bool has_residual(const Node& node);
// The number of output channels of a product.
std::int64_t output_channels(const Graph& graph, const Node& node);

}  // namespace octavo
