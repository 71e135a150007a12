// What the tests of passes share: run one pass, check invariants and that the outputs on random input stay what they were.
#pragma once

#include "core/passes/passes.h"
#include "tests/support/evaluate.h"
#include "tests/support/graph_builder.h"

namespace octavo::testing {

// The graph after the pass, inferred again at its batch size.
inline Graph after(Result<void> (*pass)(Graph&), const Graph& before, double tolerance = 1e-5) {
    const std::int64_t batch = before[before.inputs[0]].shape[0];
    Graph graph = before;
    Result<void> result = pass(graph);
    if (result) result = check_invariants(graph, "the pass");
    if (result) result = infer_shapes(graph, batch);
    BOOST_REQUIRE_MESSAGE(result, (result ? "" : result.error().message()) << "\n" << dump(graph));
    for (const std::uint32_t seed : {1U, 2U}) {
        const auto inputs = random_inputs(before, seed);
        BOOST_TEST(difference(run_graph(before, inputs), run_graph(graph, inputs)) <= tolerance, "seed " << seed << "\n" << dump(graph));
    }
    BOOST_TEST(graph.outputs.size() == before.outputs.size());
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) BOOST_TEST(graph[graph.outputs[i]].name == before[before.outputs[i]].name);
    return graph;
}

inline std::string text_attribute(const Node& node, const char* name) {
    return attribute_or(node, name, std::string());
}
inline float real_attribute(const Node& node, const char* name) {
    return attribute_or(node, name, -999.0F);
}

inline bool has_part(const Node& node, const std::string& part) {
    return std::find(node.parts.begin(), node.parts.end(), part) != node.parts.end();
}

}  // namespace octavo::testing
