// The slow, obvious way to run a graph: each node's row computes it, then its fused activation is applied. For tests only.
#pragma once

#include "core/graph/flat.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

namespace octavo::testing {

inline octavo_tensor view_of(const octavo_tensor_info& info, const void* data) {
    octavo_tensor view{};
    view.type = info.type;
    view.rank = info.rank;
    std::copy_n(info.shape, info.rank, view.shape);
    std::int64_t stride = 1;
    for (auto i = static_cast<std::size_t>(info.rank); i-- > 0; stride *= info.shape[i]) view.strides[i] = stride;
    view.data = const_cast<void*>(data);
    return view;
}

// Inputs and outputs in the graph's order, at the batch size that its shapes were inferred for; all of them float.
inline std::vector<std::vector<float>> run_graph(const Graph& graph, const std::vector<std::vector<float>>& inputs) {
    const FlatGraph flat(graph);
    const octavo_graph& view = flat.view();
    std::vector<std::vector<std::int64_t>> storage(graph.tensors.size());  // words of 8 bytes, aligned for every type
    std::vector<const void*> data(graph.tensors.size());
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = view.tensors[i].data;
    for (std::size_t i = 0; i < inputs.size(); ++i) data[index(graph.inputs[i])] = inputs[i].data();
    for (std::int32_t n = 0; n < view.node_count; ++n) {
        const ops::NodeView node(view.nodes[n], {view.tensors, static_cast<std::size_t>(view.tensor_count)});
        std::vector<octavo_tensor> ins, outs;
        for (std::size_t i = 0; i < node.input_count(); ++i)
            ins.push_back(node.has_input(i) ? view_of(node.input(i), data[static_cast<std::size_t>(node.input_id(i))]) : octavo_tensor{});
        for (std::size_t i = 0; i < node.output_count(); ++i) {
            const auto id = static_cast<std::size_t>(node.output_id(i));
            storage[id].resize(static_cast<std::size_t>(element_count(graph.tensors[id].shape)) + 1);
            data[id] = storage[id].data();
            outs.push_back(view_of(node.output(i), data[id]));
        }
        const Result<void> done = ops::find(node.op())->compute(node, ins, outs);
        if (!done) throw std::runtime_error(done.error().message());
        const Activation activation = node.activation();
        if (activation.kind == ActivationKind::none) continue;
        float* values = static_cast<float*>(outs[0].data);
        const std::int64_t count = element_count(graph.tensors[static_cast<std::size_t>(node.output_id(0))].shape);
        std::transform(values, values + count, values, [&](float x) { return apply_activation(activation, x); });
    }
    std::vector<std::vector<float>> outputs;
    for (const TensorId id : graph.outputs) {
        const float* values = static_cast<const float*>(data[index(id)]);
        outputs.emplace_back(values, values + element_count(graph[id].shape));
    }
    return outputs;
}

inline std::vector<std::vector<float>> random_inputs(const Graph& graph, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<float>> inputs;
    for (const TensorId id : graph.inputs) {
        inputs.emplace_back(static_cast<std::size_t>(element_count(graph[id].shape)));
        for (float& value : inputs.back()) value = static_cast<float>(random() % 4001) / 1000.0F - 2.0F;
    }
    return inputs;
}

// The largest difference, relative to the largest value of the output it is in (or to 1).
inline double difference(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
    if (a.size() != b.size()) return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].size() != b[i].size()) return INFINITY;
        double largest = 1, apart = 0;
        for (std::size_t k = 0; k < a[i].size(); ++k) {
            largest = std::max(largest, std::fabs(static_cast<double>(a[i][k])));
            const double one = std::fabs(static_cast<double>(a[i][k]) - static_cast<double>(b[i][k]));
            apart = std::isnan(one) ? INFINITY : std::max(apart, one);
        }
        worst = std::max(worst, apart / largest);
    }
    return worst;
}

}  // namespace octavo::testing
