// make_quantization, what activations say about ranges, and which zero points a depthwise point may have.
#include "core/plan/rules.h"
#include "tests/support/graph_builder.h"

#include <octavo/numbers.h>
#include <cfloat>
#include <cmath>
#include <limits>

namespace octavo {
namespace {

using testing::GraphBuilder;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

BOOST_AUTO_TEST_SUITE(ranges)

struct Case {
    double low, high;
    float scale;
    std::int32_t zero_point;
};
// -1..2: a step is 3/255, zero lies at 85 steps. -0.28..6 (SiLU): zero at 11.37 steps, so 11, and the lower end needs 0.28/11.
const Case kCases[] = {
    {0, 255, 1, 0},      {0, 1, 1.0F / 255, 0},      {3, 51, 0.2F, 0},          {-1, 2, 3.0F / 255, 85},
    {-128, 127, 1, 128}, {-0.28, 6, 0.28F / 11, 11}, {-1, 0, 1.0F / 254, 254},  {-1, 1e-9, 1.0F / 254, 254},
    {-1e-9, 254, 1, 1},  {0, 0, 1.0F / 255, 0},      {-3, -2, 3.0F / 254, 254}, {0, 1e-44, FLT_MIN, 0},
};

BOOST_AUTO_TEST_CASE(an_interval_becomes_a_grid_that_holds_zero_exactly) {
    for (const Case& one : kCases) {
        const Quantization found = make_quantization(one.low, one.high);
        BOOST_REQUIRE(found.scale.size() == 1U);
        BOOST_TEST(found.scale[0] == one.scale, boost::test_tools::tolerance(1e-6F));
        BOOST_TEST(found.zero_point[0] == one.zero_point, one.low << ".." << one.high);
    }
}

BOOST_AUTO_TEST_CASE(both_ends_fit_within_half_a_step_whatever_the_interval) {
    std::mt19937 random(99);
    for (int i = 0; i < 20000; ++i) {
        const double size = std::exp2(static_cast<double>(random() % 80) - 40);
        const double low = -size * static_cast<double>(random() % 1000) / 1000;
        const double high = size * static_cast<double>(random() % 1000) / 1000;
        const Quantization found = make_quantization(low, high);
        const float scale = found.scale[0];
        BOOST_REQUIRE(std::isfinite(1 / scale));
        for (const double end : {low, high, 0.0}) {
            const std::uint8_t q = quantize_u8(static_cast<float>(end), 1 / scale, static_cast<float>(found.zero_point[0]));
            const auto back = static_cast<double>(dequantize_u8(q, scale, found.zero_point[0]));
            BOOST_REQUIRE_MESSAGE(std::fabs(back - end) <= 0.5001 * static_cast<double>(scale), "seed 99, " << low << ".." << high);
        }
    }
}

BOOST_AUTO_TEST_CASE(channels_behind_linear_operators_are_symmetric) {
    const std::vector<double> low = {-1, 0, 0}, high = {2, 127, 0};
    const Quantization found = make_quantization(low, high, ChannelZeroPoints::symmetric);
    BOOST_TEST(found.scale == (std::vector<float>{2.0F / 127, 1, 1.0F / 127}), boost::test_tools::per_element());
    BOOST_TEST(found.zero_point == (std::vector<std::int32_t>{128, 128, 128}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_behind_relu_have_zero_point_zero) {
    const std::vector<double> low = {-1, 0}, high = {255, 0};
    const Quantization found = make_quantization(low, high, ChannelZeroPoints::zero);
    BOOST_TEST(found.scale == (std::vector<float>{1, 1.0F / 255}), boost::test_tools::per_element());
    BOOST_TEST(found.zero_point == (std::vector<std::int32_t>{0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_zero_points_of_channels_follow_the_producer) {
    struct Producer {
        Attributes attributes;
        ChannelZeroPoints expected;
    };
    const Producer producers[] = {
        {{}, ChannelZeroPoints::symmetric},
        {{{"activation", std::string("relu")}}, ChannelZeroPoints::zero},
        {{{"activation", std::string("clip")}, {"activation_alpha", 0.0F}, {"activation_beta", 6.0F}}, ChannelZeroPoints::zero},
        {{{"activation", std::string("clip")}, {"activation_alpha", -1.0F}, {"activation_beta", 1.0F}}, ChannelZeroPoints::symmetric},
        {{{"activation", std::string("hard_sigmoid")}}, ChannelZeroPoints::zero},
        {{{"activation", std::string("silu")}}, ChannelZeroPoints::free},
        {{{"activation", std::string("hard_swish")}}, ChannelZeroPoints::free},
        {{{"activation", std::string("leaky_relu")}}, ChannelZeroPoints::free},
    };
    for (const Producer& one : producers) {
        GraphBuilder builder;
        const TensorId y = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 2);
        builder.graph.nodes[0].attributes.insert(one.attributes.begin(), one.attributes.end());
        const Graph graph = builder.done({y});
        BOOST_TEST((channel_zero_points(graph, y) == one.expected), dump(graph));
        BOOST_TEST((channel_zero_points(graph, graph.inputs[0]) == ChannelZeroPoints::symmetric));
    }
}

BOOST_AUTO_TEST_CASE(known_ranges_follow_operators_that_pass_values_on) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId relu = builder.node("Relu", "relu", {x});
    const TensorId clip = builder.node("Clip", "clip", {x, builder.scalar("low", -1), builder.scalar("high", 6)});
    const TensorId both = builder.node("Concat", "both", {relu, clip}, {{"axis", std::int64_t{1}}});
    const TensorId pool = builder.node("GlobalAveragePool", "pool", {relu});
    const TensorId sum = builder.node("Add", "sum", {relu, relu});
    const TensorId pads = builder.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
    const TensorId padded = builder.node("Pad", "padded", {relu, pads, builder.scalar("around", -3)});
    const TensorId old =
        builder.node("Pad", "old", {relu}, {{"pads", std::vector<std::int64_t>{0, 0, 1, 1, 0, 0, 1, 1}}, {"value", -2.0F}});
    const TensorId beside = builder.constant("beside", {3, 1, 4, 4}, std::vector<float>(48, -5));
    const TensorId joined = builder.node("Concat", "joined", {relu, beside}, {{"axis", std::int64_t{1}}});
    const TensorId sizes = builder.integers("sizes", {3, 2, 8, 8});
    const TensorId cubic = builder.node("Resize", "cubic", {relu, TensorId::none, TensorId::none, sizes}, {{"mode", std::string("cubic")}});
    const Graph graph = builder.done({both, pool, sum, padded, old, joined, cubic});
    const std::vector<Range> found = known_ranges(graph);
    BOOST_TEST((found[index(x)] == Range{-kInfinity, kInfinity}));
    BOOST_TEST((found[index(relu)] == Range{0, kInfinity}));
    BOOST_TEST((found[index(clip)] == Range{-1, 6}));
    BOOST_TEST((found[index(both)] == Range{-1, kInfinity}));
    BOOST_TEST((found[index(pool)] == Range{0, kInfinity}));
    BOOST_TEST((found[index(sum)] == Range{-kInfinity, kInfinity}));
    BOOST_TEST((found[index(padded)] == Range{-3, kInfinity}));
    BOOST_TEST((found[index(old)] == Range{-2, kInfinity}));
    BOOST_TEST((found[index(joined)] == Range{-5, kInfinity}));
    BOOST_TEST((found[index(cubic)] == Range{-kInfinity, kInfinity}));
}

// What an activation is said not to go below, it does not go below, in the arithmetic of the contract.
BOOST_AUTO_TEST_CASE(the_least_values_of_activations_are_not_passed) {
    const std::pair<ActivationKind, double> least[] = {
        {ActivationKind::silu, -0.278465}, {ActivationKind::hard_swish, -0.375001}, {ActivationKind::gelu, -0.169972}};
    for (const auto& [kind, bound] : least)
        for (float x = -5; x < 0; x += 1.0F / 4096) BOOST_REQUIRE(static_cast<double>(apply_activation({kind, 0, 0}, x)) >= bound);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
