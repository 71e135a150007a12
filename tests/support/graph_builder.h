// Graphs for tests by hand: each call adds one tensor or node and gives the id of what it adds. A node's output is named after the node.
// Unlike networks.h this needs nothing above core/graph.
#pragma once

#include "core/graph/graph.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace octavo::testing {

class GraphBuilder {
public:
    GraphBuilder() { graph.name = "test"; }

    TensorId input(const std::string& name, Shape shape) {
        const TensorId id = add(name, OCTAVO_F32, std::move(shape), {});
        graph.inputs.push_back(id);
        return id;
    }
    TensorId constant(const std::string& name, Shape shape, std::vector<float> values) {
        return add(name, OCTAVO_F32, std::move(shape), make_buffer(std::move(values)));
    }
    TensorId scalar(const std::string& name, float value) { return constant(name, {}, {value}); }
    TensorId integers(const std::string& name, std::vector<std::int64_t> values) {
        const auto count = static_cast<std::int64_t>(values.size());
        return add(name, OCTAVO_S64, {count}, make_buffer(std::move(values)));
    }
    // Uniform in low..high, the same on each run.
    TensorId random(const std::string& name, const Shape& shape, float low = -1, float high = 1) {
        std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
        for (float& value : values) value = low + (high - low) * static_cast<float>(random_() % 4096) / 4095.0F;
        return constant(name, shape, std::move(values));
    }
    TensorId node(const std::string& op, const std::string& name, std::vector<TensorId> inputs, Attributes attributes = {}) {
        const TensorId out = add(name, OCTAVO_F32, {}, {});
        graph.nodes.push_back({name, op, std::move(inputs), {out}, std::move(attributes), {}});
        return out;
    }
    // k x k, padded to keep the size, with random weight "NAME.w" and bias "NAME.b".
    TensorId conv(const std::string& name, TensorId x, std::int64_t in, std::int64_t out, std::int64_t k = 1, std::int64_t group = 1) {
        const std::int64_t pad = k / 2;
        return node("Conv", name, {x, random(name + ".w", {out, in / group, k, k}), random(name + ".b", {out})},
                    {{"group", group}, {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}}});
    }

    // Infers at a batch of three.
    Graph done(std::vector<TensorId> outputs, std::int64_t batch = 3) {
        graph.outputs = std::move(outputs);
        const Result<void> valid = check_invariants(graph, "import");
        BOOST_REQUIRE_MESSAGE(valid, (valid ? "" : valid.error().message()));
        const Result<void> inferred = infer_shapes(graph, batch);
        BOOST_REQUIRE_MESSAGE(inferred, (inferred ? "" : inferred.error().message()));
        return graph;
    }

    Graph graph;

private:
    TensorId add(const std::string& name, octavo_type type, Shape shape, Buffer data) {
        return graph.add_tensor({name, type, std::move(shape), std::move(data), false});
    }

    std::mt19937 random_{20240611};
};

inline const Node* find_node(const Graph& graph, std::string_view name) {
    for (const Node& node : graph.nodes)
        if (node.name == name) return &node;
    return nullptr;
}

inline const Node& node_named(const Graph& graph, std::string_view name) {
    const Node* found = find_node(graph, name);
    BOOST_REQUIRE_MESSAGE(found, "no node '" << name << "' in\n" << dump(graph));
    return *found;
}

inline TensorId tensor_named(const Graph& graph, std::string_view name) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        if (graph.tensors[i].name == name) return static_cast<TensorId>(i);
    BOOST_FAIL("no tensor '" << name << "' in\n" << dump(graph));
    return TensorId::none;
}

// Of a float constant.
inline std::vector<float> values_of(const Graph& graph, TensorId id) {
    BOOST_REQUIRE(id != TensorId::none && graph[id].is_constant());
    const auto values = graph[id].data.as<float>();
    return {values.begin(), values.end()};
}

// "Conv Relu Add": the operators in order.
inline std::string ops_of(const Graph& graph) {
    std::string text;
    for (const Node& node : graph.nodes) text += (text.empty() ? "" : " ") + node.op;
    return text;
}

}  // namespace octavo::testing
