// Device `onednn` against `reference` where its kernels for single values have to leave a form to the operator table, or to keep a rule
// that no random network meets.
#include "tests/support/agreement.h"

#include <map>

using namespace octavo;
using namespace octavo::testing;

BOOST_AUTO_TEST_SUITE(values)

// A constant may span any axes, so that it is now one value a channel and now anything else.
BOOST_AUTO_TEST_CASE(constants_of_any_rank_and_any_axes_meet_tensors_of_any_rank) {
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        NetworkBuilder net(seed);
        Shape shape, constant;
        const std::int64_t rank = net.between(2, 5);
        for (std::int64_t i = 0; i < rank; ++i) shape.push_back(net.between(1, 5));
        for (const std::int64_t length : shape) constant.push_back(net.flip() ? length : 1);
        constant.erase(constant.begin(), constant.begin() + net.between(0, rank - 1));
        const TensorId x = net.input(shape), c = net.random_constant(constant, 1.0F);
        const char* const ops[] = {"Add", "Sub", "Mul", "Div"};
        const std::string op = ops[net.between(0, 3)];
        const Graph graph = net.finish({net.flip() ? net.node(op, {x, c}) : net.node(op, {c, x})});
        std::mt19937 random(seed);
        expect_same_bits(graph, random_inputs(graph, random), nullptr, "seed " + std::to_string(seed));
    }
}

// Sums, differences and products of codes with codes, a gate, or constants, of any number of channels.
BOOST_AUTO_TEST_CASE(codes_meet_codes_gates_and_constants) {
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(1, 90), images = net.between(1, 2);
        const TensorId x = net.input({images, channels, net.between(1, 6), net.between(1, 6)});
        const auto mixed = [&](TensorId from, std::int64_t made) {
            const TensorId bias = net.random_constant({made}, 0.5F);
            return net.node("Conv", {from, net.random_constant({made, channels, 1, 1}, 0.5F), bias});
        };
        const TensorId a = net.flip() ? net.node("Relu", {mixed(x, channels)}) : mixed(x, channels);
        TensorId b = net.flip() ? x : mixed(x, channels);
        if (net.flip()) b = net.node("Sigmoid", {net.node("GlobalAveragePool", {b})});
        if (net.between(0, 3) == 0) b = net.random_constant({1, channels, 1, 1}, 1.0F);
        const char* const ops[] = {"Add", "Sub", "Mul"};
        const std::string op = ops[net.between(0, 2)];
        TensorId y = net.flip() ? net.node(op, {a, b}) : net.node(op, {b, a});
        if (net.flip()) y = net.node("Relu", {y});
        const Graph graph = net.finish({mixed(y, 8)});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(device("onednn"), graph, inputs);
        expect_same_bits(graph, inputs, &plan, "seed " + std::to_string(seed));
    }
}

// It does not matter for its input that a depthwise convolution computes in floating point: it reads the grid of each channel.
BOOST_AUTO_TEST_CASE(depthwise_convolutions_in_floating_point_read_the_grids_by_channel) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(2, 40);
        const TensorId x = net.input({net.between(1, 2), channels, 7, 9});
        std::vector<float> spread(static_cast<std::size_t>(channels));
        for (std::size_t c = 0; c < spread.size(); ++c) spread[c] = std::pow(10.0F, -static_cast<float>(c % 4));
        const TensorId t = net.node("Mul", {x, net.constant({1, channels, 1, 1}, spread)});
        const TensorId one = convolution(net, t, channels, channels, channels, false, false);
        const TensorId other = convolution(net, t, channels, channels, channels, false, false);
        const TensorId all = convolution(net, t, channels, channels, 1, false, false);
        const Graph graph = net.finish({one, other, all});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const DeviceHandle reference = device("reference"), fast = device("onednn");
        const Plan int8 = plan_for(fast, graph, inputs);
        const Plan plan = in_floating_point(graph, int8, {{static_cast<NodeId>(2), {Precision::fp32, Reason::accuracy}}});
        BOOST_REQUIRE((plan.tensors.at(graph[t].name).whole && plan.tensors.at(graph[t].name).depthwise));
        const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(fast, graph, &plan, inputs);
        const std::size_t pixels = expected.outputs[1].size() / (static_cast<std::size_t>(graph[x].shape[0]) * spread.size());
        for (std::size_t row = 0; row * pixels < expected.outputs[1].size(); ++row) {
            const auto of = [&](const Run& run) {
                const auto begin = run.outputs[1].begin() + static_cast<std::ptrdiff_t>(row * pixels);
                return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(pixels));
            };
            BOOST_TEST(worst_share(of(expected), of(found)) < 1e-4F, "seed " << seed << ", channel " << row);
        }
    }
}

// A dilated window in the padding on both sides of a small picture: there is nothing to take the maximum of.
BOOST_AUTO_TEST_CASE(windows_without_a_pixel_have_the_least_value) {
    NetworkBuilder net(1);
    const TensorId x = net.input({1, 5, 2, 2});
    const auto list = [](std::int64_t value, std::size_t count) { return std::vector<std::int64_t>(count, value); };
    const TensorId pool =
        net.node("MaxPool", {x}, {{"kernel_shape", list(2, 2)}, {"dilations", list(3, 2)}, {"pads", list(1, 4)}, {"strides", list(1, 2)}});
    const Graph graph = net.finish({pool});
    std::mt19937 random(1);
    expect_same_bits(graph, random_inputs(graph, random), nullptr, "fp32");
}

// What is no number must not look like one further on.
BOOST_AUTO_TEST_CASE(what_is_no_number_stays_none) {
    const std::pair<const char*, Attributes> activations[] = {
        {"Relu", {}}, {"LeakyRelu", {}}, {"HardSigmoid", {}}, {"HardSwish", {}}, {"Clip", {{"min", -1.0F}, {"max", 2.0F}}}};
    for (const auto& [op, attributes] : activations)
        for (const char* name : {"reference", "onednn"}) {
            NetworkBuilder net(1);
            const TensorId x = net.input({1, 19, 1, 1});
            const Graph graph = net.finish({net.node(op, {x}, attributes)});
            const Run run = run_on(device(name), graph, nullptr, {std::vector<float>(19, std::numeric_limits<float>::quiet_NaN())});
            for (const float value : run.outputs[0]) BOOST_TEST(std::isnan(value), op << " on " << name << " gives " << value);
        }
}

BOOST_AUTO_TEST_SUITE_END()
