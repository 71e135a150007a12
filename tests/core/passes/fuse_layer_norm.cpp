// fuse_layer_norm: the pattern in its spellings, what it takes in behind, and what must not be taken for one.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;

struct Built {
    GraphBuilder builder;
    TensorId x, centred;

    explicit Built(std::vector<std::int64_t> axes = {-1}, std::int64_t keepdims = 1) : axes_(std::move(axes)), keepdims_(keepdims) {
        x = builder.input("x", {-1, 4, 5, 6});
        centred = builder.node("Sub", "centred", {x, mean("mean", x)});
    }
    TensorId mean(const char* name, TensorId of) {
        return builder.node("ReduceMean", name, {of}, {{"axes", axes_}, {"keepdims", keepdims_}});
    }
    TensorId normal(TensorId square, bool epsilon_first = false) {
        const TensorId variance = mean("variance", square), epsilon = builder.scalar("epsilon", 0.01F);
        const TensorId sum = builder.node("Add", "sum", epsilon_first ? std::vector{epsilon, variance} : std::vector{variance, epsilon});
        return builder.node("Div", "y", {centred, builder.node("Sqrt", "deviation", {sum})});
    }
    TensorId power(float exponent = 2) { return builder.node("Pow", "square", {centred, builder.scalar("two", exponent)}); }
    Graph done(std::vector<TensorId> outputs) { return after(&fuse_layer_norm, builder.done(std::move(outputs)), 1e-5); }

private:
    std::vector<std::int64_t> axes_;
    std::int64_t keepdims_;
};

BOOST_AUTO_TEST_SUITE(fuse_layer_norm_pass)

BOOST_AUTO_TEST_CASE(it_is_recognized_in_each_spelling) {
    for (const std::vector<std::int64_t>& axes : {std::vector<std::int64_t>{-1}, {3}, {2, 3}, {-1, -2}, {1, 2, 3}})
        for (const bool by_power : {false, true}) {
            Built built(axes);
            const TensorId square = by_power ? built.power() : built.builder.node("Mul", "square", {built.centred, built.centred});
            const Graph graph = built.done({built.normal(square, by_power)});
            BOOST_TEST(testing::ops_of(graph) == "LayerNormalization");
            const Node& norm = testing::node_named(graph, "y");
            BOOST_TEST(attribute_or(norm, "axis", std::int64_t{0}) == 4 - std::ssize(axes));
            for (const char* part : {"mean", "centred", "square", "variance", "sum", "deviation"})
                BOOST_TEST(testing::has_part(norm, part));
        }
}

BOOST_AUTO_TEST_CASE(it_takes_in_scale_and_bias) {
    for (const bool constant_first : {false, true}) {
        Built built;
        const auto with = [&](const char* op, TensorId y, TensorId constant) {
            return built.builder.node(op, op, constant_first ? std::vector{constant, y} : std::vector{y, constant});
        };
        const TensorId scaled = with("Mul", built.normal(built.power()), built.builder.random("scale", {6}));
        const Graph graph = built.done({with("Add", scaled, built.builder.random("bias", {6}))});
        BOOST_TEST(testing::ops_of(graph) == "LayerNormalization");
        BOOST_TEST(graph[graph.outputs[0]].name == "Add");
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_the_normalized_part_or_comes_too_late_stays) {
    for (const Shape& shape : {Shape{5, 1}, {1, 5, 6}}) {
        Built built;
        const TensorId y = built.normal(built.power());
        BOOST_TEST(testing::ops_of(built.done({built.builder.node("Mul", "mul", {y, built.builder.random("c", shape)})})) ==
                   "LayerNormalization Mul");
    }
    Built built;
    const TensorId moved = built.builder.node("Add", "add", {built.normal(built.power()), built.builder.random("bias", {6})});
    BOOST_TEST(testing::ops_of(built.done({built.builder.node("Mul", "mul", {moved, built.builder.random("scale", {6})})})) ==
               "LayerNormalization Mul");
}

BOOST_AUTO_TEST_CASE(what_is_no_normalization_of_the_last_axes_stays) {
    for (const std::vector<std::int64_t>& axes : {std::vector<std::int64_t>{1}, {1, 3}, {0, 1, 2, 3}}) {
        Built built(axes);
        BOOST_TEST(testing::ops_of(built.done({built.normal(built.power())})) == "ReduceMean Sub Pow ReduceMean Add Sqrt Div");
    }
    Built cubed;
    BOOST_TEST(testing::ops_of(cubed.done({cubed.normal(cubed.power(4))})) == "ReduceMean Sub Pow ReduceMean Add Sqrt Div");
    Built read;
    const TensorId y = read.normal(read.power());
    BOOST_TEST(testing::ops_of(read.done({y, read.builder.node("Relu", "relu", {read.centred})})) ==
               "ReduceMean Sub Pow ReduceMean Add Sqrt Div Relu");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
