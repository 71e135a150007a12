// The noise rule on numbers that can be checked by hand, and which joins are far apart.
#include "core/pipeline/noise.h"

#include "tests/support/graph_builder.h"

#include <octavo/tensor.h>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace octavo;
using octavo::testing::GraphBuilder;

namespace {

struct Seen {
    std::string tensor;
    std::vector<float> low, high;  // [channel]
};

// Statistics of one image of two positions: the least and the greatest value of each channel.
Statistics statistics_of(const std::vector<Seen>& list) {
    Statistics statistics;
    std::vector<Request> requests;
    for (const Seen& seen : list) {
        statistics.entries[seen.tensor] = requests.size();
        requests.push_back({seen.tensor, static_cast<std::int64_t>(seen.low.size()), false, false, false, true});
    }
    statistics.collector = Collector(requests);
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::vector<float> values;
        for (std::size_t c = 0; c < list[i].low.size(); ++c) values.insert(values.end(), {list[i].low[c], list[i].high[c]});
        const std::int64_t shape[] = {1, static_cast<std::int64_t>(list[i].low.size()), 1, 2};
        const std::string image = "image";
        BOOST_REQUIRE(statistics.collector.add(i, dense_tensor(OCTAVO_F32, shape, values.data()), std::span(&image, 1)));
    }
    return statistics;
}

NodeId id_of(const Graph& graph, const std::string& name) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (graph.nodes[n].name == name) return static_cast<NodeId>(n);
    BOOST_FAIL("no node " << name);
    return {};
}

// x -> depthwise "d" with weights 0.5, -3, 2, 1 of 1 x 1.
struct Depthwise {
    GraphBuilder b;
    Graph graph;
    Layout layout;
    std::vector<ProductState> products{{4, {0.5F, -3, 2, 1}, {0, 0, 0, 0}, {}, false}};

    Depthwise() {
        const TensorId x = b.input("x", {1, 4, 2, 2});
        const TensorId d = b.node("Conv", "d", {x, b.constant("w", {4, 1, 1, 1}, products[0].weights), b.constant("b", {4}, {0, 0, 0, 0})},
                                  {{"group", std::int64_t{4}}});
        graph = b.done({d}, 1);
        layout.products = {id_of(graph, "d")};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(noise)

BOOST_AUTO_TEST_CASE(is_the_step_through_the_weights_against_the_span_of_the_worst_channel) {
    const Depthwise net;
    const Statistics statistics = statistics_of({{"d", {0, -1, 0, 7}, {10, 2, 80, 7}}});  // channel 3 never changes
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.6F}, {0}};
    const auto noise = rounding_noise(net.graph, net.layout, statistics, plan, net.products);
    BOOST_REQUIRE(noise.size() == 1U);
    BOOST_TEST(noise[0].channel == 1);
    BOOST_TEST(noise[0].share == 0.6 / std::sqrt(12.0) * 3 / 3, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(is_that_of_each_channel_where_channels_have_grids_of_their_own) {
    const Depthwise net;
    const Statistics statistics = statistics_of({{"d", {0, -1, 0, 7}, {10, 2, 80, 7}}});
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.6F}, {0}};  // for other readers
    plan.tensors["x"].depthwise = Quantization{{0.1F, 0.01F, 0.6F, 0.6F}, {0, 0, 0, 0}};
    const auto noise = rounding_noise(net.graph, net.layout, statistics, plan, net.products);
    BOOST_TEST(noise[0].channel == 2);
    BOOST_TEST(noise[0].share == 0.6 / std::sqrt(12.0) * 2 / 80, boost::test_tools::tolerance(1e-6));
}

// A channel below the step of the grid that its readers see is no loss of the operator that writes it.
BOOST_AUTO_TEST_CASE(counts_a_step_of_the_readers_grid_for_a_narrower_channel) {
    const Depthwise net;
    const Statistics statistics = statistics_of({{"d", {0, 0, 0, 0}, {510, 0.001F, 510, 510}}});
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.6F}, {0}};
    plan.tensors["d"].whole = Quantization{{2.0F}, {0}};
    const auto noise = rounding_noise(net.graph, net.layout, statistics, plan, net.products);
    BOOST_TEST(noise[0].channel == 1);
    BOOST_TEST(noise[0].share == 0.6 / std::sqrt(12.0) * 3 / 2, boost::test_tools::tolerance(1e-6));

    plan.tensors["d"] = {{}, Quantization{{2.0F, 0.001F / 255, 2.0F, 2.0F}, {0, 0, 0, 0}}};
    BOOST_TEST(rounding_noise(net.graph, net.layout, statistics, plan, net.products)[0].share > 100);
}

// sigmoid: p (1 - p) at the value nearest to 0.5 that was seen.
BOOST_AUTO_TEST_CASE(passes_an_activation_by_its_slope) {
    for (const auto& [low, high, slope] : {std::array{0.0F, 0.01F, 0.0099F}, {0.1F, 0.9F, 0.25F}, {0.9F, 0.95F, 0.09F}}) {
        Depthwise net;
        net.graph.nodes[0].attributes["activation"] = std::string("sigmoid");
        Plan plan;
        plan.tensors["x"].whole = Quantization{{0.6F}, {0}};
        const Statistics statistics = statistics_of({{"d", {low, low, low, low}, {high, high, high, high}}});
        const auto noise = rounding_noise(net.graph, net.layout, statistics, plan, net.products);
        const double expected = 0.6 / std::sqrt(12.0) * 3 * static_cast<double>(slope) / static_cast<double>(high - low);
        BOOST_TEST(noise[0].share == expected, boost::test_tools::tolerance(1e-4));
    }
}

BOOST_AUTO_TEST_CASE(adds_up_over_the_inputs_of_a_convolution) {
    GraphBuilder b;
    const TensorId x = b.input("x", {1, 2, 2, 2});
    const TensorId c = b.node("Conv", "c", {x, b.constant("w", {1, 2, 1, 1}, {3, 4}), b.constant("b", {1}, {0})});
    const Graph graph = b.done({c}, 1);
    Layout layout;
    layout.products = {id_of(graph, "c")};
    const std::vector<ProductState> products{{1, {3, 4}, {0}, {}, false}};
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.5F}, {0}};
    const auto noise = rounding_noise(graph, layout, statistics_of({{"c", {-1}, {9}}}), plan, products);
    BOOST_TEST(noise[0].share == 0.5 / std::sqrt(12.0) * 5 / 10, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(joins)

BOOST_AUTO_TEST_CASE(are_found_where_ranges_lie_more_than_sixteenfold_apart) {
    GraphBuilder b;
    const TensorId boxes = b.input("boxes", {1, 4, 2, 2}), scores = b.input("scores", {1, 4, 2, 2}), more = b.input("more", {1, 4, 2, 2});
    const TensorId head = b.node("Concat", "head", {boxes, scores, more}, {{"axis", std::int64_t{1}}});
    const TensorId near = b.node("Concat", "near", {boxes, more}, {{"axis", std::int64_t{1}}});
    const Graph graph = b.done({head, near}, 1);
    BOOST_TEST(joined_tensors(graph).size() == 5U);
    const Statistics statistics = statistics_of({{"boxes", {-30, 0}, {0, 50}}, {"scores", {0, 0.5F}, {1, 1}}, {"more", {0, 0}, {5, 5}}});
    Plan plan;
    plan.operators["near"] = {Precision::int8, Reason::default_int8};
    const auto joined = joined_ranges(graph, statistics, plan);
    BOOST_REQUIRE(joined.size() == 1U);
    BOOST_TEST(graph[joined[0].node].name == "head");
    BOOST_TEST(graph[joined[0].wide].name == "boxes");
    BOOST_TEST(graph[joined[0].narrow].name == "scores");
    BOOST_TEST(joined[0].ratio == 80, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(!joined[0].is_int8);
}

BOOST_AUTO_TEST_SUITE_END()
