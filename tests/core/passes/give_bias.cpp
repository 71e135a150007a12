// give_bias: afterwards each product has its own bias of one number a channel.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::node_named;
using testing::values_of;

const std::vector<float> kZeros = {0, 0, 0};

BOOST_AUTO_TEST_SUITE(give_bias_pass)

BOOST_AUTO_TEST_CASE(a_convolution_without_bias_gets_zeros) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const Graph graph = after(&give_bias, builder.done({builder.node("Conv", "conv", {x, builder.random("w", {3, 2, 1, 1})})}));
    const TensorId bias = node_named(graph, "conv").inputs[2];
    BOOST_TEST(graph[bias].name == "conv.bias");
    BOOST_TEST(values_of(graph, bias) == kZeros, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_bias_of_its_own_is_left_alone) {
    GraphBuilder builder;
    const Graph before = builder.done({builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 3)});
    BOOST_TEST(dump(after(&give_bias, before)) == dump(before));
}

BOOST_AUTO_TEST_CASE(a_shared_bias_is_copied_and_a_shared_weight_is_not) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId w = builder.random("w", {3, 2, 1, 1});
    const TensorId b = builder.constant("b", {3}, {1, 2, 3});
    const TensorId first = builder.node("Conv", "first", {x, w, b});
    const Graph graph = after(&give_bias, builder.done({first, builder.node("Conv", "second", {x, w, b})}));
    const Node& one = node_named(graph, "first");
    const Node& two = node_named(graph, "second");
    BOOST_TEST((one.inputs[1] == two.inputs[1]));
    BOOST_TEST((one.inputs[2] != two.inputs[2]));
    BOOST_TEST(values_of(graph, one.inputs[2]) == values_of(graph, two.inputs[2]), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gemm_has_alpha_and_beta_folded_and_one_number_a_column) {
    for (const Shape& shape : {Shape{3}, Shape{1, 3}, Shape{1}, Shape{}}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2});
        const TensorId c = builder.random("c", shape);
        const Attributes attributes = {{"alpha", 0.5F}, {"beta", 2.0F}, {"transB", std::int64_t{1}}};
        const Graph graph = after(&give_bias, builder.done({builder.node("Gemm", "fc", {x, builder.random("w", {3, 2}), c}, attributes)}));
        const Node& node = node_named(graph, "fc");
        BOOST_TEST(graph[node.inputs[2]].shape == Shape{3}, boost::test_tools::per_element());
        BOOST_TEST(!node.attributes.contains("alpha"));
        BOOST_TEST(!node.attributes.contains("beta"));
    }
}

BOOST_AUTO_TEST_CASE(what_varies_from_row_to_row_is_no_bias) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {3, 2});
    const Graph before = builder.done({builder.node("Gemm", "fc", {x, builder.random("w", {2, 3}), builder.random("c", {3, 1})})});
    BOOST_TEST(dump(after(&give_bias, before)) == dump(before));
}

BOOST_AUTO_TEST_CASE(a_matrix_product_with_a_constant_becomes_a_gemm) {
    for (const Shape& rows : {Shape{-1, 2}, {-1, 4, 2}, {-1, 5, 4, 2}}) {
        GraphBuilder builder;
        const Graph graph =
            after(&give_bias, builder.done({builder.node("MatMul", "fc", {builder.input("x", rows), builder.random("w", {2, 3})})}));
        BOOST_TEST(node_named(graph, "fc").op == "Gemm");
        BOOST_TEST(values_of(graph, node_named(graph, "fc").inputs[2]) == kZeros, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(other_matrix_products_stay) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 4, 4});
    const TensorId a = builder.node("MatMul", "a", {x, builder.random("w", {3, 4, 4})});
    const Graph graph = after(&give_bias, builder.done({builder.node("MatMul", "b", {a, a})}));
    BOOST_TEST(testing::ops_of(graph) == "MatMul MatMul");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
