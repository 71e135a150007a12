// What `onednn` computes by vector kernels of its own in fp32 (functions of single values, broadcasting, reductions, Softmax) against
// `reference`, on random shapes and on numbers at the ends of what floats can say; functions of codes bit for bit.
#include "tests/support/agreement.h"

#include <cmath>
#include <limits>
#include <numeric>

using namespace octavo;
using namespace octavo::testing;

namespace {

using Ints = std::vector<std::int64_t>;

struct Case {
    const char* op;
    Attributes attributes;
    std::optional<float> second;  // of Pow
};

const Case kFunctions[] = {{"Gelu", {}, {}},
                           {"Gelu", {{"approximate", std::string("tanh")}}, {}},
                           {"Erf", {}, {}},
                           {"Tanh", {}, {}},
                           {"Elu", {{"alpha", 0.7F}}, {}},
                           {"Softplus", {}, {}},
                           {"Mish", {}, {}},
                           {"Exp", {}, {}},
                           {"Log", {}, {}},
                           {"Sqrt", {}, {}},
                           {"Abs", {}, {}},
                           {"Neg", {}, {}},
                           {"Reciprocal", {}, {}},
                           {"Pow", {}, 2.0F},
                           {"Pow", {}, 3.0F},
                           {"Pow", {}, 0.5F},
                           {"Pow", {}, -1.0F},
                           {"Pow", {}, -0.5F}};

TensorId apply(NetworkBuilder& net, const Case& one, TensorId x) {
    if (!one.second) return net.node(one.op, {x}, one.attributes);
    return net.node(one.op, {x, net.constant({net.unused("power"), OCTAVO_F32, {}, make_buffer(std::vector{*one.second}), false})});
}

Ints random_shape(NetworkBuilder& net, std::int64_t least_rank = 1) {
    Ints shape;
    for (std::int64_t i = net.between(least_rank, 5); i > 0; --i) shape.push_back(net.between(1, 9));
    if (net.flip()) shape.back() = net.between(1, 150);
    return shape;
}

std::string title(const Graph& graph, std::uint32_t seed) {
    return "seed " + std::to_string(seed) + "\n" + dump(graph);
}

// Not by the table.
void check(const Graph& graph, std::uint32_t seed) {
    std::mt19937 random(seed);
    const std::string what = "seed " + std::to_string(seed);
    expect_no_table(expect_near(graph, random_inputs(graph, random), what), graph, what);
}

struct Runs {
    Run expected, found;
};

Runs run_in_int8(const Graph& graph, std::uint32_t seed) {
    std::mt19937 random(seed);
    const Tensors inputs = random_inputs(graph, random);
    const Plan plan = plan_for(device("onednn"), graph, inputs);
    return {run_on(device("reference"), graph, &plan, inputs), run_on(device("onednn"), graph, &plan, inputs)};
}

// In int8, where sums are added in another order, so that a tie may fall to the other side.
Run check_but_for_ties(const Graph& graph, std::uint32_t seed) {
    auto [expected, found] = run_in_int8(graph, seed);
    for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
        const Difference apart = bit_difference(expected.outputs[o], found.outputs[o]);
        BOOST_TEST(apart.count * 100 <= expected.outputs[o].size(), "output " << o << ", " << title(graph, seed));
        BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) <= 0.02F, "output " << o << ", " << title(graph, seed));
    }
    return std::move(found);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(functions)

BOOST_AUTO_TEST_CASE(each_value_is_within_a_few_units_of_the_last_place) {
    std::vector<float> values = {0.0F, -0.0F, 88.5F, 88.8F, -88.5F, -104.0F, 1e-30F, -1e-30F, 1e-40F, 3e38F, -3e38F};
    for (int i = -4000; i <= 4000; ++i) values.push_back(static_cast<float>(i) * 0.0053F);
    for (int i = -100; i <= 100; ++i) values.push_back(static_cast<float>(std::pow(1.5, i)) * (i % 2 ? 1.0F : -1.0F));
    for (const float infinite : {1.0F, -1.0F}) values.push_back(infinite * std::numeric_limits<float>::infinity());
    values.push_back(std::numeric_limits<float>::quiet_NaN());
    for (const Case& one : kFunctions) {
        NetworkBuilder net(1);
        const TensorId x = net.input({static_cast<std::int64_t>(values.size())});
        const Graph graph = net.finish({apply(net, one, x)});
        const Run expected = run_on(device("reference"), graph, nullptr, {values}),
                  found = run_on(device("onednn"), graph, nullptr, {values});
        double worst = 0;
        const bool is_root = one.second && *one.second != std::round(*one.second);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double e = static_cast<double>(expected.outputs[0][i]), f = static_cast<double>(found.outputs[0][i]);
            if (std::isnan(e) && (std::isnan(values[i]) || std::string(one.op) == "Log" || one.second || std::string(one.op) == "Sqrt")) {
                BOOST_TEST(std::isnan(f), one.op << " of " << values[i] << " is " << f);
                continue;
            }
            if (std::isnan(e) || e == f) continue;                            // where infinity meets zero
            if (is_root && std::isinf(values[i]) && values[i] < 0) continue;  // which has a power and no root
            const double error = std::abs(e - f) / std::max({std::abs(e), 0.1 * std::abs(static_cast<double>(values[i])), 1e-6});
            BOOST_TEST(error < 1e-5, one.op << " of " << values[i] << " is " << f << ", expected " << e);
            worst = std::max(worst, error);
        }
        BOOST_TEST_MESSAGE(one.op << ": " << worst);
    }
}

BOOST_AUTO_TEST_CASE(of_any_shape_in_any_order) {
    for (std::uint32_t seed = 1; seed <= 80; ++seed) {
        NetworkBuilder net(seed);
        const TensorId x = net.input(random_shape(net));
        TensorId y = net.node("Abs", {x});
        std::vector<TensorId> outputs;
        for (int i = 0; i < 3; ++i) {
            const Case& one = kFunctions[static_cast<std::size_t>(net.between(0, std::size(kFunctions) - 1))];
            outputs.push_back(apply(net, one, net.node("Add", {y, net.node("Sigmoid", {x})})));
        }
        check(net.finish(outputs), seed);
    }
}

BOOST_AUTO_TEST_CASE(operands_of_any_two_shapes) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        NetworkBuilder net(seed);
        const Ints shape = random_shape(net);
        const auto side = [&] {
            Ints made = shape;
            for (std::int64_t& size : made)
                if (net.between(0, 2) == 0) size = 1;
            return made;
        };
        Ints b = side();
        if (net.flip()) b.erase(b.begin(), b.begin() + net.between(0, static_cast<std::int64_t>(b.size())));
        const TensorId x = net.input(net.flip() ? shape : side());
        const TensorId positive = net.flip() ? net.random_constant(b, 1.0F) : net.node("Exp", {net.input(b)});
        static constexpr const char* kOps[] = {"Add", "Sub", "Mul", "Div"};
        const char* op = kOps[net.between(0, 3)];
        const bool swaps = net.flip() && std::string(op) != "Div";
        check(net.finish({net.node(op, {swaps ? positive : x, swaps ? x : positive},
                                   op[0] == 'A' || op[0] == 'M' ? activation(net) : Attributes{})}),
              seed);
    }
}

BOOST_AUTO_TEST_CASE(slopes_of_one_or_of_each_channel) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        NetworkBuilder net(seed);
        const Ints shape = {2, net.between(1, 9), net.between(1, 9), net.between(1, 9)};
        const TensorId slope = net.random_constant(net.flip() ? Ints{shape[1], 1, 1} : Ints{1}, 1.0F);
        check(net.finish({net.node("PRelu", {net.input(shape), slope})}), seed);
    }
}

BOOST_AUTO_TEST_CASE(rows_and_columns_of_any_tensor) {
    for (std::uint32_t seed = 1; seed <= 150; ++seed) {
        NetworkBuilder net(seed);
        const Ints shape = random_shape(net);
        const auto rank = static_cast<std::int64_t>(shape.size());
        TensorId x = net.input(shape);
        if (rank == 4 && net.flip()) x = net.node("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
        Ints axes;
        const std::int64_t first = net.between(0, rank - 1), last = net.between(first, rank - 1);
        for (std::int64_t axis = first; axis <= last; ++axis) axes.push_back(net.flip() ? axis : axis - rank);
        static constexpr const char* kOps[] = {"ReduceMean", "ReduceSum", "ReduceL2", "ReduceMax", "ReduceMin"};
        const Attributes attributes = {{"axes", axes}, {"keepdims", net.between(0, 1)}};
        const TensorId y = net.node(kOps[net.between(0, 4)], {x}, attributes);
        const TensorId z = net.node(net.flip() ? "Softmax" : "LogSoftmax", {x}, {{"axis", net.between(-rank, rank - 1)}});
        check(net.finish({y, z}), seed);
    }
}

// Instances, and groups of each form.
TensorId normalized(NetworkBuilder& net, TensorId x, std::int64_t channels) {
    Attributes attributes = activation(net);
    attributes["epsilon"] = 0.01F;
    const bool by_group = net.flip();
    std::int64_t given = channels;
    if (by_group) {
        std::int64_t groups = net.between(1, channels);
        while (channels % groups != 0) --groups;
        attributes["num_groups"] = groups;
        if (net.flip()) given = groups;
    }
    return net.node(by_group ? "GroupNormalization" : "InstanceNormalization",
                    {x, net.random_constant({given}, 1.0F), net.random_constant({given}, 1.0F)}, attributes);
}

BOOST_AUTO_TEST_CASE(groups_are_normalized_in_rows_and_pictures) {
    for (std::uint32_t seed = 1; seed <= 120; ++seed) {
        NetworkBuilder net(seed);
        Ints shape = random_shape(net, 3);
        if (net.flip()) shape[1] = net.between(1, 150);
        const TensorId x = net.input(shape);
        // One value alone has no deviation, and is the same as others only up to rounding.
        if (std::accumulate(shape.begin() + 2, shape.end(), std::int64_t{1}, std::multiplies<>()) == 1) continue;
        check(net.finish({normalized(net, x, shape[1])}), seed);
    }
}

// Between convolutions in int8, of codes or real numbers, for one, for a depthwise one and as real numbers.
BOOST_AUTO_TEST_CASE(groups_of_codes_are_normalized_to_codes) {
    for (std::uint32_t seed = 1; seed <= 80; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(1, 90);
        const TensorId x =
            convolution(net, net.input({net.between(1, 2), 3, net.between(2, 30), net.between(2, 30)}), 3, channels, 1, false, true);
        const TensorId y = normalized(net, x, channels);
        std::vector<TensorId> outputs = {convolution(net, y, channels, 5, 1, false, true)};
        if (net.flip()) outputs.push_back(convolution(net, x, channels, 5, 1, false, true));
        if (net.flip()) outputs.push_back(convolution(net, y, channels, channels, channels, false, true));
        if (net.flip()) outputs.push_back(y);
        const Graph graph = net.finish(outputs);
        const Run found = check_but_for_ties(graph, seed);
        for (const OperatorTime& step : found.operators) BOOST_TEST((step.implementation != "table"), title(graph, seed));
    }
}

// Sums of squares of codes near 255 leave 32 bits where a band is long.
BOOST_AUTO_TEST_CASE(moments_of_many_codes_are_exact) {
    NetworkBuilder net(1);
    const auto pointwise = [&](TensorId x, std::int64_t in, float bias) {
        const std::vector biases(std::size_t{2}, bias);
        return net.node("Conv", {x, net.random_constant({2, in, 1, 1}, 1.0F),
                                 net.constant({net.unused("bias"), OCTAVO_F32, {2}, make_buffer(std::vector(biases)), false})});
    };
    const TensorId x = pointwise(net.input({1, 1, 1600, 1600}), 1, 50.0F);
    const TensorId y = net.node("InstanceNormalization", {x, net.random_constant({2}, 1.0F), net.random_constant({2}, 1.0F)});
    const Graph graph = net.finish({pointwise(y, 2, 0.0F), pointwise(x, 2, 0.0F)});
    const auto [expected, found] = run_in_int8(graph, 1);
    BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) <= 0.02F);
}

BOOST_AUTO_TEST_CASE(layers_are_normalized_in_rows) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        NetworkBuilder net(seed);
        const Ints shape = random_shape(net);
        const std::int64_t rank = std::ssize(shape), axis = net.between(0, rank - 1);
        const Ints normal(shape.begin() + axis, shape.end());
        std::vector<TensorId> inputs = {net.input(shape), net.random_constant(normal, 1.0F)};
        if (net.flip()) inputs.push_back(net.random_constant(normal, 1.0F));
        const TensorId y = net.node("LayerNormalization", inputs, {{"axis", net.flip() ? axis : axis - rank}, {"epsilon", 0.01F}});
        check(net.finish({y}), seed);
    }
}

// Between products of rows in int8; sums of rows are added in another order, so that a tie may fall to the other side.
BOOST_AUTO_TEST_CASE(layers_of_codes_are_normalized_in_blocks) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t channels = net.between(1, 90);
        Ints shape = {net.between(1, 2), net.between(1, 300)};
        if (net.flip()) shape.push_back(net.between(1, 3));
        shape.push_back(channels);
        const auto gemm = [&](TensorId x, std::int64_t out) {
            const float spread = 1.0F / std::sqrt(static_cast<float>(channels));
            return net.node("Gemm", {x, net.random_constant({channels, out}, spread), net.random_constant({out}, 0.3F)});
        };
        const TensorId y =
            net.node("LayerNormalization",
                     {gemm(net.input(shape), channels), net.random_constant({channels}, 1.0F), net.random_constant({channels}, 1.0F)},
                     {{"axis", std::int64_t{-1}}, {"epsilon", 0.01F}});
        std::vector<TensorId> outputs = {gemm(y, 5)};
        if (net.flip()) outputs.push_back(y);
        check_but_for_ties(net.finish(outputs), seed);
    }
}

// Behind a convolution in int8, read by one, by a depthwise one and as real numbers.
BOOST_AUTO_TEST_CASE(functions_of_codes_are_the_same_to_the_bit) {
    for (std::uint32_t seed = 1; seed <= 72; ++seed) {
        NetworkBuilder net(seed);
        const Case& one = kFunctions[seed % 7];
        const std::int64_t channels = net.between(1, 20);
        const TensorId x = net.input({net.between(1, 2), 3, net.between(1, 9), net.between(1, 9)});
        const TensorId y = apply(net, one, convolution(net, x, 3, channels, 1, false, true));
        std::vector<TensorId> outputs = {convolution(net, y, channels, 5, 1, false, true)};
        if (net.flip()) outputs.push_back(convolution(net, y, channels, channels, channels, false, true));
        if (net.flip()) outputs.push_back(y);
        const Graph graph = net.finish(outputs);
        const auto [expected, found] = run_in_int8(graph, seed);
        for (std::size_t o = 0; o < outputs.size(); ++o)
            BOOST_TEST(bit_difference(expected.outputs[o], found.outputs[o]).count == 0U, "output " << o << ", " << title(graph, seed));
        for (const OperatorTime& step : found.operators) BOOST_TEST((step.implementation != "table"), title(graph, seed));
    }
}

BOOST_AUTO_TEST_SUITE_END()
