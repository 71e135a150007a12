// fuse_residuals: an Add of two equal shapes, one of them computed by a Conv or Gemm for this Add alone, becomes input 3 of that product.
// The product moves to the Add's place (the other operand is then computed, whatever the order was), writes the Add's output and carries
// its activation; the attribute "inner" keeps the name of the tensor that the Add used to read. Where both operands would do, the later
// product is taken, so that fewer values wait for it.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

// The node that could take the Add in through this operand, or -1. Conv and Gemm want a bias before the residual.
std::int32_t taker(Graph& graph, const Links& links, const Node& add, std::size_t operand) {
    const TensorId own = add.inputs[operand];
    const TensorId other = add.inputs[1 - operand];
    if (links.only_reader(own) < 0 || graph[other].is_constant()) return -1;
    if (graph[own].shape != graph[other].shape || graph[own].shape != graph[add.outputs[0]].shape) return -1;
    const Node* product = producer_of(graph, links, own);
    const bool takes =
        product && is_product(graph, *product) && product->inputs.size() >= 3 && !has_activation(*product) && !has_residual(*product);
    return takes ? links.producer[index(own)] : -1;
}

bool fuse(Graph& graph, const Links& links, std::size_t n) {
    Node& add = graph.nodes[n];
    if (add.op != "Add") return false;
    const std::int32_t first = taker(graph, links, add, 0);
    const std::int32_t second = taker(graph, links, add, 1);
    if (first < 0 && second < 0) return false;
    const std::size_t operand = first > second ? 0 : 1;
    Node& product = graph.nodes[static_cast<std::size_t>(std::max(first, second))];

    product.inputs.resize(4, TensorId::none);
    product.inputs[3] = add.inputs[1 - operand];
    product.attributes["inner"] = graph[add.inputs[operand]].name;
    move_activation(add, product);
    product.outputs = add.outputs;
    absorb(product, add);
    add = std::move(product);
    erase(product);
    return true;
}

}  // namespace

Result<void> fuse_residuals(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return fuse(graph, links, n); });
    return check_invariants(graph, "fuse_residuals");
}

}  // namespace octavo
