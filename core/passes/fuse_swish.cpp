// fuse_swish: recognizes activations in their parts, since only what comes out of them should be quantized.
//
//     Clip(x, 0, b) * c or / b, c about 1/b   -> HardSigmoid(x, c, 0)
//     HardSigmoid(x + c, a, b), c a scalar    -> HardSigmoid(x, a, b + a * c)
//     x * Sigmoid(x)                          -> Silu(x)
//     x * HardSigmoid(x, 1/6, 1/2)            -> HardSwish(x)
//     (x * Clip(x + 3, 0, 6)) * 1/6 or / 6    -> HardSwish(x)
//     x * (Erf(x / sqrt(2)) + 1) * 1/2        -> Gelu(x), the three factors in any order
//     x * Tanh(Softplus(x))                   -> Mish(x)
//
// The node that stays is the last of the pattern; the others become its parts where nothing else reads them, and stay otherwise.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <cmath>

namespace octavo {
namespace {

// Gates are found with factors that somebody rounded (0.16667 for 1/6). Where the gate is open it then gives 1 instead of 1.00002.
constexpr float kGateTolerance = 1e-4F;

bool close(float a, float b, float tolerance = 1e-6F) {
    return std::fabs(a - b) <= tolerance;
}

struct Scaled {
    TensorId x = TensorId::none;
    float factor = 0;
};

// Mul by a scalar, or Div by one.
std::optional<Scaled> scaled(const Graph& graph, const Node& node) {
    if (node.op != "Mul" && node.op != "Div") return std::nullopt;
    for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {
        const std::optional<float> constant = scalar_constant(graph, node.inputs[i]);
        if (!constant) continue;
        if (node.op == "Mul") return Scaled{node.inputs[1 - i], *constant};
        if (i == 1 && *constant != 0) return Scaled{node.inputs[0], 1.0F / *constant};
    }
    return std::nullopt;
}

struct Shifted {
    TensorId x = TensorId::none;
    float summand = 0;
};

std::optional<Shifted> shifted(const Graph& graph, const Node& node) {
    if (node.op != "Add") return std::nullopt;
    for (const std::size_t i : {std::size_t{1}, std::size_t{0}})
        if (const std::optional<float> constant = scalar_constant(graph, node.inputs[i])) return Shifted{node.inputs[1 - i], *constant};
    return std::nullopt;
}

// A scalar constant of higher rank than the tensor would change its shape.
bool keeps_shape(const Graph& graph, const Node& node, TensorId x) {
    return graph[x].shape.size() == graph[node.outputs[0]].shape.size();
}

bool make_hard_sigmoid(const Place& place, Node& node) {
    const std::optional<Scaled> outer = scaled(place.graph, node);
    if (!outer || has_activation(node) || !keeps_shape(place.graph, node, outer->x)) return false;
    Node* clip = place.producer(outer->x, "Clip");
    const std::optional<Bounds> bounds = clip ? clip_bounds(place.graph, *clip) : std::nullopt;
    if (!bounds || bounds->low != 0 || !close(bounds->high * outer->factor, 1, kGateTolerance)) return false;
    const TensorId x = clip->inputs[0];
    place.take(node, *clip);
    node.op = "HardSigmoid";
    node.inputs = {x};
    node.attributes = {{"alpha", outer->factor}, {"beta", 0.0F}};
    return true;
}

bool take_summand(const Place& place, Node& node) {
    if (node.op != "HardSigmoid") return false;
    Node* add = place.producer(node.inputs[0], "Add");
    const std::optional<Shifted> inner = add ? shifted(place.graph, *add) : std::nullopt;
    if (!inner || !keeps_shape(place.graph, *add, inner->x)) return false;
    const float alpha = attribute_or(node, "alpha", 0.2F);
    const float beta = attribute_or(node, "beta", 0.5F);
    place.take(node, *add);
    node.inputs = {inner->x};
    node.attributes["alpha"] = alpha;
    node.attributes["beta"] = beta + alpha * inner->summand;
    return true;
}

// (x * Clip(x + 3, 0, 6)) / 6, from the division on.
bool make_hard_swish_of_clip(const Place& place, Node& node) {
    const std::optional<Scaled> outer = scaled(place.graph, node);
    if (!outer || has_activation(node) || !close(outer->factor, 1.0F / 6.0F)) return false;
    Node* product = place.producer(outer->x, "Mul");
    if (!product) return false;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        Node* clip = place.producer(product->inputs[i], "Clip");
        const std::optional<Bounds> bounds = clip ? clip_bounds(place.graph, *clip) : std::nullopt;
        Node* add = bounds && bounds->low == 0 && close(bounds->high, 6) ? place.producer(clip->inputs[0], "Add") : nullptr;
        const std::optional<Shifted> inner = add ? shifted(place.graph, *add) : std::nullopt;
        if (!inner || inner->x != product->inputs[1 - i] || !close(inner->summand, 3) || !keeps_shape(place.graph, node, inner->x))
            continue;
        const bool clip_dies = place.links.only_reader(outer->x) >= 0 && place.links.only_reader(clip->outputs[0]) >= 0;
        place.take(node, *product);
        if (clip_dies) place.take(node, *clip);
        if (clip_dies) place.take(node, *add);
        node.op = "HardSwish";
        node.inputs = {inner->x};
        node.attributes.clear();
        return true;
    }
    return false;
}

const char* swish_of(const Node& gate) {
    if (gate.op == "Sigmoid") return "Silu";
    const bool sixth = close(attribute_or(gate, "alpha", 0.2F), 1.0F / 6.0F) && close(attribute_or(gate, "beta", 0.5F), 0.5F);
    return gate.op == "HardSigmoid" && sixth ? "HardSwish" : nullptr;
}

bool make_swish(const Place& place, Node& node) {
    if (node.op != "Mul" || has_activation(node)) return false;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        Node* gate = producer_of(place.graph, place.links, node.inputs[i]);
        const TensorId x = node.inputs[1 - i];
        if (!gate || has_activation(*gate) || gate->inputs[0] != x || !swish_of(*gate)) continue;
        node.op = swish_of(*gate);
        place.take(node, *gate);
        node.inputs = {x};
        node.attributes.clear();
        return true;
    }
    return false;
}

// Erf(x / sqrt(2)) + 1, from the addition on: x, or none. The nodes before it are put into `chain`.
TensorId gelu_gate(const Place& place, Node* add, std::vector<Node*>& chain) {
    const std::optional<Shifted> outer = add ? shifted(place.graph, *add) : std::nullopt;
    Node* erf = outer && close(outer->summand, 1) ? place.producer(outer->x, "Erf") : nullptr;
    Node* inner = erf ? producer_of(place.graph, place.links, erf->inputs[0]) : nullptr;
    const std::optional<Scaled> scale = inner && !has_activation(*inner) ? scaled(place.graph, *inner) : std::nullopt;
    if (!scale || !close(scale->factor, 0.70710678F, 1e-5F) || !keeps_shape(place.graph, *inner, scale->x)) return TensorId::none;
    chain.insert(chain.end(), {add, erf, inner});
    return scale->x;
}

// The product's operands without a scalar factor of 1/2, be it in the product itself or in one of its operands.
struct Halves {
    TensorId a = TensorId::none, b = TensorId::none;
    std::vector<Node*> taken;  // behind the last product
};

std::optional<Halves> halved_product(const Place& place, Node& node) {
    if (node.op != "Mul" && node.op != "Div") return std::nullopt;
    if (const std::optional<Scaled> outer = scaled(place.graph, node)) {
        Node* product = close(outer->factor, 0.5F) && keeps_shape(place.graph, node, outer->x) ? place.producer(outer->x, "Mul") : nullptr;
        if (!product) return std::nullopt;
        return Halves{product->inputs[0], product->inputs[1], {product}};
    }
    if (node.op != "Mul") return std::nullopt;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        Node* half = producer_of(place.graph, place.links, node.inputs[i]);
        const std::optional<Scaled> inner = half && !has_activation(*half) ? scaled(place.graph, *half) : std::nullopt;
        if (inner && close(inner->factor, 0.5F) && keeps_shape(place.graph, *half, inner->x))
            return Halves{inner->x, node.inputs[1 - i], {half}};
    }
    return std::nullopt;
}

bool make_gelu(const Place& place, Node& node) {
    if (has_activation(node)) return false;
    std::optional<Halves> halves = halved_product(place, node);
    if (!halves) return false;
    for (const auto& [x, gate] : {std::pair{halves->a, halves->b}, std::pair{halves->b, halves->a}}) {
        std::vector<Node*> chain = halves->taken;
        if (gelu_gate(place, place.producer(gate, "Add"), chain) != x) continue;
        for (Node* part : chain) {  // from the last one on: what somebody else reads stays, with all before it
            if (place.links.only_reader(part->outputs[0]) < 0) break;
            place.take(node, *part);
        }
        node.op = "Gelu";
        node.inputs = {x};
        node.attributes.clear();
        return true;
    }
    return false;
}

bool make_mish(const Place& place, Node& node) {
    if (node.op != "Mul" || has_activation(node)) return false;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        Node* tanh = place.producer(node.inputs[i], "Tanh");
        Node* softplus = tanh ? place.producer(tanh->inputs[0], "Softplus") : nullptr;
        const TensorId x = node.inputs[1 - i];
        if (!softplus || softplus->inputs[0] != x) continue;
        if (place.links.only_reader(tanh->outputs[0]) >= 0) place.take(node, *softplus);
        place.take(node, *tanh);
        node.op = "Mish";
        node.inputs = {x};
        node.attributes.clear();
        return true;
    }
    return false;
}

bool fuse(Graph& graph, const Links& links, std::size_t n) {
    const Place place{graph, links};
    Node& node = graph.nodes[n];
    return make_hard_sigmoid(place, node) || take_summand(place, node) || make_hard_swish_of_clip(place, node) || make_swish(place, node) ||
           make_gelu(place, node) || make_mish(place, node);
}

}  // namespace

Result<void> fuse_swish(Graph& graph) {
    const auto step = [&graph](const Links& links, std::size_t n) { return fuse(graph, links, n); };
    rewrite_nodes(graph, step);
    // What became a HardSigmoid may have a summand before it.
    rewrite_nodes(graph, step);
    return {};
}

}  // namespace octavo
