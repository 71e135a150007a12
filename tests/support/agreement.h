// Device `onednn` beside `reference`, the oracle, on one graph. What was found is handed back, for what a test wants of it besides.
#pragma once

#include "tests/support/random_network.h"

namespace octavo::testing {

// By the plan, or in fp32 without one.
inline Run expect_same_bits(const Graph& graph, const Tensors& inputs, const Plan* plan, const std::string& what) {
    const Run expected = run_on(device("reference"), graph, plan, inputs);
    Run found = run_on(device("onednn"), graph, plan, inputs);
    for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
        const Difference d = bit_difference(expected.outputs[o], found.outputs[o]);
        BOOST_TEST(d.count == 0U, what << ", output " << o << ": " << d.count << " differ, at " << d.first << " " << d.expected
                                       << " != " << d.found << "\n"
                                       << (d.count ? dump(graph) : ""));
    }
    return found;
}

// In fp32 within 1e-5 of the range, and the same bits for any number of threads.
inline Run expect_near(const Graph& graph, const Tensors& inputs, const std::string& what) {
    const Run expected = run_on(device("reference"), graph, nullptr, inputs);
    Run found = run_on(device("onednn"), graph, nullptr, inputs);
    for (std::size_t o = 0; o < expected.outputs.size(); ++o)
        BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) < 1e-5F, what << ", output " << o << "\n" << dump(graph));
    BOOST_TEST((run_on(device("onednn"), graph, nullptr, inputs, {}, 1).outputs == found.outputs), what << "\n" << dump(graph));
    return found;
}

inline void expect_no_table(const Run& run, const Graph& graph, const std::string& what) {
    for (const OperatorTime& step : run.operators)
        BOOST_TEST((step.implementation != "table"), step.op << ", " << what << "\n" << dump(graph));
}

}  // namespace octavo::testing
