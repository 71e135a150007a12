// feed_input: a fed graph computes of raw values what the graph as it was computes of preprocessed ones; where the reversal of channels
// ends up; and what is refused.
#include "core/passes/feed_input.h"

#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::GraphBuilder;
using testing::node_named;
using testing::ops_of;
using testing::values_of;

const Feeding kAll = {{{"", {10, 20, 30}}}, {{"", {2, 4, 8}}}, true};
const Feeding kReversed = {{}, {}, true};

// In NCHW or, by `axis`, NHWC. By hand: nothing of the graph change is used.
std::vector<float> preprocessed(const std::vector<float>& raw, const Shape& shape, std::size_t axis, const Feeding& feeding) {
    std::size_t inner = 1;
    for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<std::size_t>(shape[i]);
    const auto channels = static_cast<std::size_t>(shape[axis]);
    const auto value = [](const ChannelValues& values, std::size_t c, float none) {
        if (values.empty()) return none;
        const std::vector<float>& list = values.begin()->second;
        return list.size() == 1 ? list[0] : list[c];
    };
    std::vector<float> made;
    for (std::size_t row = 0; row < raw.size() / inner / channels; ++row)
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t place = 0; place < inner; ++place) {
                const std::size_t from = feeding.reverse_channels && channels == 3 ? 2 - c : c;
                made.push_back((raw[(row * channels + from) * inner + place] - value(feeding.means, c, 0)) / value(feeding.scales, c, 1));
            }
    return made;
}

// Fed, behind the passes too; compared with the graph as it was.
Graph fed(const Graph& before, const Feeding& feeding, Weights weights = Weights::may_change, std::size_t axis = 1) {
    Graph graph = before;
    const Result<std::vector<InputFeed>> feeds = input_feeds(graph, feeding);
    BOOST_REQUIRE_MESSAGE(feeds, (feeds ? "" : feeds.error().message()));
    (void)feed_inputs(graph, *feeds, weights);
    BOOST_REQUIRE(check_invariants(graph, "feed_input"));
    BOOST_REQUIRE(infer_shapes(graph, before[before.inputs[0]].shape[0]));
    Graph passed = graph;
    BOOST_REQUIRE(run_passes(passed));
    BOOST_REQUIRE(infer_shapes(passed, before[before.inputs[0]].shape[0]));
    const auto raw = testing::random_inputs(before, 1);
    std::vector<std::vector<float>> inputs;
    for (std::size_t i = 0; i < raw.size(); ++i)
        inputs.push_back(i == 0 ? preprocessed(raw[i], before[before.inputs[i]].shape, axis, feeding) : raw[i]);
    const auto expected = testing::run_graph(before, inputs);
    BOOST_TEST(testing::difference(expected, testing::run_graph(graph, raw)) <= 1e-5, dump(graph));
    BOOST_TEST(testing::difference(expected, testing::run_graph(passed, raw)) <= 1e-5, dump(passed));
    for (std::size_t i = 0; i < raw.size(); ++i) BOOST_TEST(graph[graph.inputs[i]].name == before[before.inputs[i]].name);
    return graph;
}

std::string refusal(const Graph& graph, const Feeding& feeding) {
    const Result<std::vector<InputFeed>> feeds = input_feeds(graph, feeding);
    BOOST_REQUIRE(!feeds);
    BOOST_TEST((feeds.error().code() == Code::config));
    return feeds.error().message();
}

Graph convolution(std::int64_t channels = 3, std::int64_t out = 4, std::int64_t group = 1) {
    GraphBuilder builder;
    return builder.done({builder.conv("conv", builder.input("x", {-1, channels, 5, 6}), channels, out, 3, group)});
}

BOOST_AUTO_TEST_SUITE(feed_input_change)

BOOST_AUTO_TEST_CASE(a_reversal_goes_into_the_weights_of_a_convolution) {
    GraphBuilder builder;
    const TensorId w = builder.constant("w", {2, 3, 1, 1}, {1, 2, 3, 4, 5, 6});
    const Graph graph = fed(builder.done({builder.node("Conv", "conv", {builder.input("x", {-1, 3, 4, 4}), w})}), kReversed);
    BOOST_TEST(ops_of(graph) == "Conv");
    BOOST_TEST(values_of(graph, node_named(graph, "conv").inputs[1]) == (std::vector<float>{3, 2, 1, 6, 5, 4}));
}

BOOST_AUTO_TEST_CASE(mean_and_scale_in_front_of_reversed_weights_are_in_the_order_of_the_input) {
    const Graph graph = fed(convolution(), kAll);
    BOOST_TEST(ops_of(graph) == "Sub Div Conv");
    BOOST_TEST(values_of(graph, graph.nodes[0].inputs[1]) == (std::vector<float>{30, 20, 10}));
    BOOST_TEST(values_of(graph, graph.nodes[1].inputs[1]) == (std::vector<float>{8, 4, 2}));
}

BOOST_AUTO_TEST_CASE(weights_that_must_stay_do) {
    const Graph before = convolution();
    const Graph graph = fed(before, kAll, Weights::stay);
    BOOST_TEST(ops_of(graph) == "Gather Sub Div Conv");
    BOOST_TEST(values_of(graph, graph.nodes[1].inputs[1]) == (std::vector<float>{10, 20, 30}));
    BOOST_TEST(graph[node_named(graph, "conv").inputs[1]].data.data == before[before.nodes[0].inputs[1]].data.data);
}

BOOST_AUTO_TEST_CASE(grouped_and_depthwise_convolutions_leave_a_gather) {
    BOOST_TEST(ops_of(fed(convolution(3, 3, 3), kReversed)) == "Gather Conv");
    BOOST_TEST(ops_of(fed(convolution(3, 6, 3), kAll)) == "Gather Sub Div Conv");
}

BOOST_AUTO_TEST_CASE(all_readers_must_be_convolutions) {
    for (const bool both : {true, false}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 3, 5, 6});
        const TensorId other = both ? builder.conv("other", x, 3, 2) : builder.node("Relu", "other", {x});
        const Graph graph = fed(builder.done({builder.conv("conv", x, 3, 4, 3), other}), kReversed);
        BOOST_TEST(ops_of(graph) == (both ? "Conv Conv" : "Gather Relu Conv"));
    }
}

BOOST_AUTO_TEST_CASE(a_weight_that_others_read_too_is_copied) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4}), y = builder.input("y", {-1, 3, 4, 4});
    const TensorId w = builder.random("w", {3, 3, 1, 1});
    const TensorId a = builder.node("Conv", "a", {x, w}), b = builder.node("Conv", "b", {builder.node("Relu", "r", {y}), w});
    const Graph before = builder.done({a, b});
    Graph graph = before;
    std::vector<InputFeed> feeds(2);
    feeds[0].is_reversed = true;
    BOOST_TEST((feed_inputs(graph, feeds, Weights::may_change) == std::vector<std::string>{"x", "y"}));
    BOOST_TEST(values_of(graph, node_named(graph, "b").inputs[1]) == values_of(before, w));
    BOOST_TEST(values_of(graph, node_named(graph, "a").inputs[1]) != values_of(before, w));
}

BOOST_AUTO_TEST_CASE(a_computed_weight_leaves_a_gather) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4});
    const TensorId w = builder.node("Abs", "w", {builder.random("w0", {2, 3, 1, 1})});
    BOOST_TEST(ops_of(fed(builder.done({builder.node("Conv", "conv", {x, w})}), kReversed)) == "Gather Abs Conv");
}

BOOST_AUTO_TEST_CASE(a_matrix_product_behind_a_flatten_leaves_a_gather) {
    GraphBuilder builder;
    const TensorId flat = builder.node("Flatten", "flat", {builder.input("x", {-1, 3, 2, 2})});
    const Graph before = builder.done({builder.node("Gemm", "fc", {flat, builder.random("w", {12, 5}), builder.random("b", {5})})});
    BOOST_TEST(ops_of(fed(before, kAll)) == "Gather Sub Div Flatten Gemm");
}

BOOST_AUTO_TEST_CASE(inputs_of_other_shapes_take_mean_and_scale) {
    BOOST_TEST(ops_of(fed(convolution(1), {{{"", {127.5F}}}, {{"x", {58}}}, false})) == "Sub Div Conv");
    BOOST_TEST(ops_of(fed(convolution(4), {{{"", {1, 2, 3, 4}}}, {}, false})) == "Sub Conv");
    GraphBuilder builder;
    const Graph matrix = builder.done({builder.node("Gemm", "fc", {builder.input("x", {-1, 3}), builder.random("w", {3, 2})})});
    BOOST_TEST(ops_of(fed(matrix, {{{"", {1, 2, 3}}}, {{"", {4}}}, false})) == "Sub Div Gemm");
}

BOOST_AUTO_TEST_CASE(channels_may_stand_last) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 5, 6, 3});
    const TensorId y = builder.node("Transpose", "t", {x}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
    BOOST_TEST(ops_of(fed(builder.done({builder.conv("conv", y, 3, 4)}), kAll, Weights::may_change, 3)) == "Gather Sub Div Transpose Conv");
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_not_put_in_front) {
    BOOST_TEST(ops_of(fed(convolution(), {{{"", {0}}}, {{"", {1, 1, 1}}}, false})) == "Conv");
}

BOOST_AUTO_TEST_CASE(new_names_are_unique) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4});
    Graph before = builder.done({builder.conv("x.centered", x, 3, 2)});
    before.nodes[0].name = "x.scaled";
    const Graph graph = fed(before, kAll);
    BOOST_TEST(graph.nodes[0].name == "x.centered.2");
    BOOST_TEST(graph.nodes[1].name == "x.scaled.again");
}

BOOST_AUTO_TEST_CASE(the_new_tensors_are_told) {
    Graph graph = convolution();
    const std::vector<InputFeed> feeds = *input_feeds(graph, kAll);
    BOOST_TEST(feed_inputs(graph, feeds, Weights::stay) == std::vector<std::string>{"x.scaled"});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_said) {
    GraphBuilder builder;
    const TensorId x = builder.input("image", {-1, 3, 4, 4}), y = builder.input("scores", {-1, 2});
    Graph two = builder.done({builder.conv("conv", x, 3, 4), y});
    BOOST_TEST(refusal(two, {{{"", {1}}}, {}, false}) ==
               "--mean: found no name of an input, the model has 2, expected NAME=... with one of image, scores");
    BOOST_TEST(refusal(two, {{}, {{"imag", {1}}}, false}) ==
               "--scale: found input 'imag', expected one of image, scores, did you mean 'image'?");
    BOOST_TEST(refusal(two, {{{"image", {1, 2}}}, {}, false}) ==
               "--mean: found 2 values for input 'image' (3x3x4x4), expected one or 3, one a channel");
    BOOST_TEST(refusal(two, {{{"scores", {1}}}, {}, false}) ==
               "--mean: input 'scores' (3x2) is an output of the model too, which would be another");
    two[y].type = OCTAVO_S64;
    BOOST_TEST(refusal(two, {{{"scores", {1}}}, {}, false}) == "--mean: input 'scores' (3x2) holds whole numbers, expected floats");
    BOOST_TEST(refusal(convolution(1), kReversed) == "--reverse-channels: found input 'x' (3x1x5x6), expected an image of three channels");
}

BOOST_AUTO_TEST_CASE(only_images_of_three_channels_are_reversed) {
    GraphBuilder builder;
    const TensorId x = builder.input("image", {-1, 3, 4, 4}), y = builder.input("info", {-1, 3});
    const Graph graph = builder.done({builder.conv("conv", x, 3, 4), builder.node("Relu", "r", {y})});
    const std::vector<InputFeed> feeds = *input_feeds(graph, kReversed);
    BOOST_TEST(feeds[0].is_reversed);
    BOOST_TEST(!feeds[1].is_reversed);
}

// Up to three readers of one input, of all kinds.
BOOST_AUTO_TEST_CASE(random_graphs_compute_the_same) {
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](std::uint32_t count) { return static_cast<std::int64_t>(random() % count); };
        const auto values = [&](std::size_t count) {
            std::vector<float> made(count);
            for (float& value : made) value = static_cast<float>(1 + below(9)) / 2;
            return made;
        };
        GraphBuilder builder;
        const std::int64_t channels = below(3) == 0 ? 1 + below(4) : 3;
        const TensorId x = builder.input("x", {-1, channels, 2 + below(4), 2 + below(4)});
        std::vector<TensorId> outputs;
        for (std::int64_t i = 0, count = 1 + below(3); i < count; ++i) {
            const std::string name = "r" + std::to_string(i);
            const std::int64_t kind = below(4), k = 1 + 2 * below(2);
            if (kind < 2) outputs.push_back(builder.conv(name, x, channels, 1 + below(5), k));
            if (kind == 2) outputs.push_back(builder.conv(name, x, channels, 2 * channels, k, channels));
            if (kind == 3) outputs.push_back(builder.node("GlobalAveragePool", name, {x}));
        }
        Feeding feeding;
        if (below(2) == 0) feeding.means[""] = values(below(2) == 0 ? 1 : static_cast<std::size_t>(channels));
        if (below(2) == 0) feeding.scales["x"] = values(below(2) == 0 ? 1 : static_cast<std::size_t>(channels));
        feeding.reverse_channels = channels == 3 && below(3) != 0;
        BOOST_TEST_CONTEXT("seed " << seed)(void) fed(builder.done(outputs), feeding, below(2) == 0 ? Weights::stay : Weights::may_change);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(input_shape_change)

BOOST_AUTO_TEST_CASE(shapes_follow_and_a_free_batch_stays_free) {
    Graph graph = convolution();
    BOOST_REQUIRE(set_input_shapes(graph, {{"x", {-1, 3, 9, 7}}}));
    BOOST_REQUIRE(infer_shapes(graph, 2));
    BOOST_TEST((graph[graph.outputs[0]].shape == Shape{2, 4, 9, 7}));
    BOOST_REQUIRE(set_input_shapes(graph, {{"", {5, 3, 8, 8}}}));
    BOOST_REQUIRE(infer_shapes(graph, 1));
    BOOST_TEST((graph[graph.outputs[0]].shape == Shape{5, 4, 8, 8}));
}

BOOST_AUTO_TEST_CASE(ranks_must_agree) {
    Graph graph = convolution();
    const Result<void> set = set_input_shapes(graph, {{"", {3, 8, 8}}});
    BOOST_REQUIRE(!set);
    BOOST_TEST(set.error().message() == "--input-shape: found 3 dimensions for input 'x', expected 4 as in 3x3x5x6");
}

// Reshape to [-1, 8] of an image that is twice as high makes two images of it.
BOOST_AUTO_TEST_CASE(a_reshape_that_makes_more_images_of_a_larger_one_is_found) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {1, 2, 2, 2});
    const TensorId flat = builder.node("Reshape", "flat", {builder.node("Relu", "r", {x}), builder.integers("to", {-1, 8})});
    const Graph as_read = builder.done({builder.node("Abs", "y", {flat})}, 1);
    Graph larger = as_read;
    BOOST_REQUIRE(set_input_shapes(larger, {{"x", {1, 2, 4, 2}}}));
    BOOST_REQUIRE(infer_shapes(larger, 1));
    const Result<void> stays = check_batch_stays(as_read, larger);
    BOOST_REQUIRE(!stays);
    BOOST_TEST(stays.error().message() == "Reshape 'flat': makes 2x8 of 1x2x4x2, expected a batch of 1 as before");
    BOOST_TEST(static_cast<bool>(check_batch_stays(as_read, as_read)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
