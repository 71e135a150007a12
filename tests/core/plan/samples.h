// A small graph with one of everything a plan speaks of, and a plan that fits it.
#pragma once

#include "core/plan/plan.h"
#include "tests/support/graph_builder.h"

namespace octavo::testing {

// x -> conv (weight conv.w, bias conv.b) -> d (depthwise) -> p (MaxPool) -> fc (residual from p, inner sum "inner")
inline Graph sample_graph() {
    GraphBuilder builder;
    const TensorId a = builder.conv("conv", builder.input("x", {-1, 3, 4, 4}), 3, 2);
    const TensorId d = builder.conv("d", a, 2, 2, 3, 2);
    const TensorId p = builder.node("MaxPool", "p", {d}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
    const TensorId out = builder.conv("out", p, 2, 2);
    builder.graph.nodes.back().inputs.push_back(p);
    builder.graph.nodes.back().attributes["inner"] = std::string("inner");
    return builder.done({out});
}

inline Plan sample_plan(const Graph& graph) {
    Plan plan;
    plan.graph_structure = fingerprint(graph).structure;
    plan.graph_constants = fingerprint(graph).constants;
    plan.algorithm = {"percentile", "bias"};
    plan.objective = "latency";
    plan.isa = "avx2";
    plan.tensors["x"].whole = Quantization{{0.1F}, {128}};
    plan.tensors["conv"].depthwise = Quantization{{0.25F, 0.5F}, {0, 3}};
    plan.tensors["d"].whole = plan.tensors["p"].whole = Quantization{{1.5F}, {0}};
    plan.tensors["inner"].whole = Quantization{{0.02F}, {100}};
    plan.weight_scale = {{"conv.w", {0.5F, 0.25F}}, {"d.w", {1, 2}}, {"out.w", {0.125F}}};
    plan.replaced["conv.b"] = {1.5F, -2};
    for (const char* name : {"conv", "d", "p", "out"}) plan.operators[name] = {Precision::int8, Reason::default_int8};
    return plan;
}

}  // namespace octavo::testing
