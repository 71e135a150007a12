// All passes together: on random networks the outputs stay what they were, twice is as good as once, and the same graph gives the same
// bytes.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::GraphBuilder;
using testing::run_graph;

Result<void> passes_and_residuals(Graph& graph) {
    OCTAVO_CHECK_OK(run_passes(graph));
    return fuse_residuals(graph);
}

class RandomNetwork {
public:
    explicit RandomNetwork(std::uint32_t seed) : random_(seed) {}

    Graph build() {
        pool_ = {builder_.input("x", {-1, 4, 6, 6})};
        for (int i = 0; i < 14; ++i) pool_.push_back(step("n" + std::to_string(i)));
        const TensorId pooled = builder_.node("GlobalAveragePool", "pool", {pool_.back()});
        const TensorId flat = builder_.node("Flatten", "flat", {pooled});
        const TensorId fc = builder_.node("MatMul", "fc", {flat, builder_.random("fc.w", {4, 3})});
        return builder_.done({builder_.node("Add", "logits", {fc, builder_.random("fc.b", {3})}), pool_[pool_.size() / 2 + 1]});
    }

private:
    std::size_t below(std::size_t count) { return random_() % count; }
    // Mostly the newest, so that chains form.
    TensorId pick() { return below(3) > 0 ? pool_.back() : pool_[below(pool_.size())]; }
    TensorId row(const std::string& name, float low = -1) { return builder_.random(name, {4}, low, 1); }

    TensorId step(const std::string& name) {
        const TensorId x = pick();
        switch (below(13)) {
            case 0:
                return builder_.conv(name, x, 4, 4);
            case 1:
                return builder_.conv(name, x, 4, 4, 3, 4);
            case 2:
                return builder_.node("Conv", name, {x, builder_.random(name + ".w", {4, 2, 1, 1})}, {{"group", std::int64_t{2}}});
            case 3:
                return builder_.node("BatchNormalization", name,
                                     {x, row(name + "s"), row(name + "b"), row(name + "m"), row(name + "v", 0.2F)});
            case 4:
                return builder_.node("Relu", name, {x});
            case 5:
                return builder_.node("Clip", name, {x, builder_.scalar(name + "l", 0), builder_.scalar(name + "h", 6)});
            case 6:
                return builder_.node("Mul", name, {x, builder_.node("Sigmoid", name + "g", {x})});
            case 7:
                return builder_.node("HardSwish", name, {x});
            case 8:
                return builder_.node("Add", name, {x, pick()});
            case 9:
                return builder_.node("Mul", name, {x, builder_.random(name + "k", {1, 4, 1, 1})});
            case 10:
                return builder_.node("Add", name, {x, builder_.scalar(name + "k", 0.5F)});
            case 11:
                return builder_.node("Identity", name, {x});
            default:
                return builder_.node("MaxPool", name, {x},
                                     {{"kernel_shape", std::vector<std::int64_t>{3, 3}}, {"pads", std::vector<std::int64_t>(4, 1)}});
        }
    }

    GraphBuilder builder_;
    std::mt19937 random_;
    std::vector<TensorId> pool_;
};

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_AUTO_TEST_CASE(outputs_of_random_networks_stay_what_they_were) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            const Graph before = RandomNetwork(seed).build();
            testing::after(&run_passes, before, 1e-4);
            testing::after(&passes_and_residuals, before, 1e-4);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_pass_alone_keeps_the_outputs) {
    for (const Pass& pass : passes())
        for (std::uint32_t seed = 61; seed <= 75; ++seed) {
            BOOST_TEST_CONTEXT(pass.name << ", seed " << seed) {
                testing::after(pass.run, RandomNetwork(seed).build(), 1e-4);
            }
        }
}

BOOST_AUTO_TEST_CASE(a_second_run_changes_nothing) {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
        Graph graph = RandomNetwork(seed).build();
        BOOST_REQUIRE(bool(run_passes(graph)));
        const std::string once = dump(graph);
        BOOST_REQUIRE(bool(run_passes(graph)));
        BOOST_TEST(dump(graph) == once, "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(the_same_graph_gives_the_same_bytes) {
    Graph a = RandomNetwork(5).build();
    Graph b = RandomNetwork(5).build();
    BOOST_REQUIRE(bool(passes_and_residuals(a)));
    BOOST_REQUIRE(bool(passes_and_residuals(b)));
    BOOST_TEST(dump(a) == dump(b));
    BOOST_TEST((fingerprint(a) == fingerprint(b)));
}

BOOST_AUTO_TEST_CASE(the_fingerprint_of_the_model_as_it_was_read_is_kept) {
    Graph graph = RandomNetwork(3).build();
    const Fingerprint read = fingerprint(graph);
    BOOST_REQUIRE(bool(passes_and_residuals(graph)));
    BOOST_TEST((graph.imported == read));
    BOOST_TEST((fingerprint(graph) != read));
}

BOOST_AUTO_TEST_CASE(a_residual_block_becomes_three_convolutions) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 4, 6, 6});
    const auto normed = [&builder](const std::string& name, TensorId from) {
        const TensorId y = builder.node("Conv", name, {from, builder.random(name + ".w", {4, 4, 1, 1})});
        return builder.node("BatchNormalization", name + ".bn",
                            {y, builder.random(name + ".s", {4}), builder.random(name + ".o", {4}), builder.random(name + ".m", {4}),
                             builder.random(name + ".v", {4}, 0.5F, 1)});
    };
    const TensorId a = builder.node("Relu", "a.relu", {normed("a", x)});
    const TensorId b = normed("b", a);
    const TensorId c = normed("c", x);
    Graph graph = builder.done({builder.node("Relu", "out", {builder.node("Add", "add", {b, c})})});
    BOOST_REQUIRE(bool(passes_and_residuals(graph)));
    BOOST_TEST(testing::ops_of(graph) == "Conv Conv Conv");
    const Node& last = graph.nodes[2];
    BOOST_TEST(last.parts == (std::vector<std::string>{"c.bn", "add", "out"}), boost::test_tools::per_element());
    BOOST_TEST(testing::text_attribute(last, "inner") == "c.bn");
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{1, 4, 6, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(dead_ends_go_and_unused_inputs_stay) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2});
    builder.input("unused", {-1, 2});
    builder.node("Exp", "dead", {builder.node("Relu", "dead too", {x})});
    const Graph graph = testing::after(&remove_dead, builder.done({builder.node("Relu", "y", {x})}));
    BOOST_TEST(testing::ops_of(graph) == "Relu");
    BOOST_TEST(graph.inputs.size() == 2U);
    BOOST_TEST(graph.tensors.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
