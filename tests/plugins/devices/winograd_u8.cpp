// 3x3 convolutions in int8 by Winograd's algorithm: the bits of the reference device, whatever the shape, and only where sums fit.
#include "tests/support/random_network.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

bool by_winograd(const Run& run, const std::string& name) {
    return std::ranges::any_of(run.operators,
                               [&](const OperatorTime& one) { return one.name == name && one.implementation.starts_with("winograd_u8:"); });
}

// A convolution between two others, so that its input and its output are codes; with a residual that has its shape, or none. One that is
// `roomy` gains on every instruction set: enough channels, and outputs in whole tiles.
Graph convolution_between(NetworkBuilder& net, bool roomy) {
    const auto size = [&] { return roomy ? 4 * net.between(5, 10) : net.between(8, 41); };
    const std::int64_t inputs = roomy ? 2 * net.between(32, 50) : net.between(20, 100), outputs = net.between(roomy ? 64 : 24, 150);
    const TensorId x = net.input({net.between(1, 3), 4, size(), size()});
    Attributes first = net.flip() ? Attributes{{"activation", std::string("relu")}} : Attributes{};  // else it has a zero point
    const TensorId before = net.node("Conv", {x, net.random_constant({inputs, 4, 1, 1}, 0.5F), net.random_constant({inputs}, 0.3F)}, first);
    const bool residual = net.flip();
    Attributes attributes = activation(net);
    attributes["pads"] = residual || roomy ? std::vector<std::int64_t>(4, 1)
                                           : std::vector{net.between(0, 2), net.between(0, 2), net.between(0, 2), net.between(0, 2)};
    std::vector<TensorId> taken = {before, net.random_constant({outputs, inputs, 3, 3}, 0.3F / std::sqrt(static_cast<float>(inputs))),
                                   net.random_constant({outputs}, 0.3F)};
    if (residual) {
        taken.push_back(net.node("Conv", {x, net.random_constant({outputs, 4, 1, 1}, 0.5F), net.random_constant({outputs}, 0.3F)}));
        attributes["inner"] = net.unused("inner");
    }
    const TensorId made = net.node("Conv", taken, attributes);
    return net.finish({net.node("Conv", {made, net.random_constant({3, outputs, 1, 1}, 0.1F), net.random_constant({3}, 0.3F)})});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(winograd_u8)

BOOST_AUTO_TEST_CASE(gives_the_bits_of_the_reference_for_any_shape) {
    const DeviceHandle reference = device("reference"), fast = device("onednn", {{"int8_kernels", "own"}});
    for (std::uint32_t seed = 1; seed <= 80; ++seed) {
        NetworkBuilder net(seed);
        const bool roomy = seed % 2 == 0;
        const Graph graph = convolution_between(net, roomy);
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(fast, graph, inputs);
        const Node& middle = graph.nodes[graph.nodes.size() - 2];
        const std::vector<std::string> made = {graph[middle.outputs[0]].name};
        const Run found = run_on(fast, graph, &plan, inputs, made, 1 + static_cast<int>(seed % 4));
        if (roomy) BOOST_TEST(by_winograd(found, middle.name), "seed " << seed);
        const Difference d = bit_difference(run_on(reference, graph, &plan, inputs, made).taps.at(made[0]), found.taps.at(made[0]));
        BOOST_TEST(d.count == 0U, "seed " << seed << ": " << d.count << " differ, the first at " << d.first << ": " << d.expected
                                          << " != " << d.found << "\n"
                                          << (d.count ? dump(graph) : ""));
    }
}

// All codes 255 and all weights 127: 255 * 127 * 9 * 114 is the last such sum below 2^25.
BOOST_AUTO_TEST_CASE(leaves_sums_that_might_not_fit_to_others) {
    const DeviceHandle reference = device("reference"), fast = device("onednn", {{"int8_kernels", "own"}});
    for (const std::int64_t inputs : {114, 116}) {
        NetworkBuilder net(1);
        std::vector<float> weights(static_cast<std::size_t>(48 * inputs * 9), 0.5F);
        std::fill_n(weights.begin(), weights.size() / 2, -0.5F);
        const TensorId constant = net.constant({"weights", OCTAVO_F32, {48, inputs, 3, 3}, make_buffer(std::move(weights))});
        const Graph graph = net.finish({net.node("Conv", {net.input({1, inputs, 22, 22}), constant})});
        const Tensors codes = {std::vector<float>(static_cast<std::size_t>(inputs * 22 * 22), 1.0F)};
        const Plan plan = plan_for(fast, graph, codes, 127.0F);
        const Run found = run_on(fast, graph, &plan, codes);
        BOOST_TEST(by_winograd(found, graph.nodes[0].name) == (inputs == 114));
        BOOST_TEST(bit_difference(run_on(reference, graph, &plan, codes).outputs[0], found.outputs[0]).count == 0U, inputs << " channels");
    }
}

BOOST_AUTO_TEST_SUITE_END()
