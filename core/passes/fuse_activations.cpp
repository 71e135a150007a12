// fuse_activations: an activation whose input comes from a product, Add, Mul, ScaleShift, InstanceNormalization or GroupNormalization and
// is read by nothing else becomes attributes of that operator ("activation", "activation_alpha", "activation_beta"; see sdk/ops/op.h),
// which then writes the activation's output under that output's name. Clip from 0 without an upper bound is spelled relu.
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <array>
#include <cfloat>

namespace octavo {
namespace {

struct Fused {
    const char* name;
    std::optional<float> alpha, beta;
};

using Recognize = std::optional<Fused> (*)(const Graph& graph, const Node& node);

std::optional<Fused> of_clip(const Graph& graph, const Node& node) {
    const std::optional<Bounds> bounds = clip_bounds(graph, node);
    if (!bounds) return std::nullopt;
    if (bounds->low == 0 && bounds->high == FLT_MAX) return Fused{"relu", {}, {}};
    return Fused{"clip", bounds->low, bounds->high};
}

struct Row {
    const char* op;
    Recognize recognize;
};
const std::array<Row, 8> kRows = {{
    {"Relu",
     [](const Graph&, const Node&) {
         return std::optional(Fused{"relu", {}, {}});
     }},
    {"Clip", &of_clip},
    {"LeakyRelu",
     [](const Graph&, const Node& node) {
         return std::optional(Fused{"leaky_relu", attribute_or(node, "alpha", 0.01F), {}});
     }},
    {"HardSigmoid",
     [](const Graph&, const Node& node) {
         return std::optional(Fused{"hard_sigmoid", attribute_or(node, "alpha", 0.2F), attribute_or(node, "beta", 0.5F)});
     }},
    {"HardSwish",
     [](const Graph&, const Node&) {
         return std::optional(Fused{"hard_swish", {}, {}});
     }},
    {"Sigmoid",
     [](const Graph&, const Node&) {
         return std::optional(Fused{"sigmoid", {}, {}});
     }},
    {"Silu",
     [](const Graph&, const Node&) {
         return std::optional(Fused{"silu", {}, {}});
     }},
    {"Gelu",
     [](const Graph&, const Node& node) {
         const bool is_exact = attribute_or(node, "approximate", std::string("none")) == "none";
         return is_exact ? std::optional(Fused{"gelu", {}, {}}) : std::nullopt;
     }},
}};

std::optional<Fused> recognize(const Graph& graph, const Node& node) {
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&node](const Row& known) { return node.op == known.op; });
    return row == kRows.end() ? std::nullopt : row->recognize(graph, node);
}

bool carries_activations(const Graph& graph, const Node& node) {
    constexpr std::string_view kOthers[] = {"Add", "Mul", "ScaleShift", "InstanceNormalization", "GroupNormalization"};
    const ops::Row* row = ops::find(node.op);
    return row && (row->role == ops::Role::product || std::ranges::count(kOthers, node.op) > 0) && !has_activation(node) &&
           graph[node.outputs[0]].type == OCTAVO_F32;
}

bool fuse(Graph& graph, const Links& links, std::size_t n) {
    Node& node = graph.nodes[n];
    const std::optional<Fused> fused = recognize(graph, node);
    if (!fused || has_activation(node) || links.only_reader(node.inputs[0]) < 0) return false;
    Node* producer = producer_of(graph, links, node.inputs[0]);
    if (!producer || !carries_activations(graph, *producer)) return false;
    producer->attributes["activation"] = std::string(fused->name);
    if (fused->alpha) producer->attributes["activation_alpha"] = *fused->alpha;
    if (fused->beta) producer->attributes["activation_beta"] = *fused->beta;
    producer->outputs[0] = node.outputs[0];
    absorb(*producer, node);
    erase(node);
    return true;
}

}  // namespace

Result<void> fuse_activations(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return fuse(graph, links, n); });
    return {};
}

}  // namespace octavo
