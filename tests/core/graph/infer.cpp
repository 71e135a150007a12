// Shape inference, the batch size, and fingerprints, which must not see it.
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using testing::GraphBuilder;

Graph small(std::int64_t batch, const std::string& conv_name = "conv", float first_weight = 1) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 4, 4});
    const TensorId w = builder.constant("w", {2, 1, 1, 1}, {first_weight, 2});
    const TensorId y = builder.node("Conv", conv_name, {x, w});
    const TensorId shape = builder.integers("shape", {0, -1});
    return builder.done({builder.node("Reshape", "flat", {y, shape})}, batch);
}

BOOST_AUTO_TEST_SUITE(infer)

BOOST_AUTO_TEST_CASE(the_batch_replaces_the_free_dimension_and_can_be_changed) {
    const Graph one = small(1);
    BOOST_TEST(one[testing::tensor_named(one, "flat")].shape == (Shape{1, 32}), boost::test_tools::per_element());
    const Graph seven = with_batch(one, 7).value();
    BOOST_TEST(seven[testing::tensor_named(seven, "x")].shape == (Shape{7, 1, 4, 4}), boost::test_tools::per_element());
    BOOST_TEST(seven[testing::tensor_named(seven, "flat")].shape == (Shape{7, 32}), boost::test_tools::per_element());
    BOOST_TEST(one[testing::tensor_named(one, "x")].shape[0] == 1);
    BOOST_TEST((one.tensors[1].data.data == seven.tensors[1].data.data));  // constants are shared
}

BOOST_AUTO_TEST_CASE(a_fixed_batch_cannot_be_changed) {
    GraphBuilder builder;
    const Graph graph = builder.done({builder.node("Relu", "y", {builder.input("x", {2, 3})})}, 1);
    BOOST_TEST(graph.tensors[0].shape[0] == 2);
    BOOST_TEST(bool(with_batch(graph, 2)));
    const auto refused = with_batch(graph, 4);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().message() == "input 'x': its batch size is fixed at 2, asked for 4");
    BOOST_TEST(!with_batch(small(1), 0));
    BOOST_TEST(own_batch(with_batch_if_free(graph, 4).value()) == 2);
    const Graph four = with_batch_if_free(small(1), 4).value();
    BOOST_TEST(four[testing::tensor_named(four, "flat")].shape[0] == 4);
}

BOOST_AUTO_TEST_CASE(errors_name_operator_and_node_once) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4});
    builder.graph.outputs = {builder.node("Conv", "conv", {x, builder.random("w", {2, 5, 1, 1})})};
    const auto result = infer_shapes(builder.graph, 1);
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error().code() == Code::model));
    BOOST_TEST(result.error().message().starts_with("Conv 'conv': "));
    BOOST_TEST(result.error().message().find("Conv 'conv'", 5) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_free_dimension_that_is_no_batch_is_refused) {
    GraphBuilder builder;
    builder.graph.outputs = {builder.node("Relu", "y", {builder.input("x", {-1, 3, -1, 4})})};
    const auto result = infer_shapes(builder.graph, 1);
    BOOST_REQUIRE(!result);
    BOOST_TEST(result.error().message() == "input 'x': dimension 2 is free, expected a size");
}

BOOST_AUTO_TEST_CASE(fingerprints_see_structure_and_constants_apart_and_no_batch) {
    const Fingerprint base = fingerprint(small(1));
    BOOST_TEST((fingerprint(small(9)) == base));
    const Fingerprint renamed = fingerprint(small(1, "other"));
    BOOST_TEST(renamed.structure != base.structure);
    BOOST_TEST(renamed.constants == base.constants);
    const Fingerprint retrained = fingerprint(small(1, "conv", 3));
    BOOST_TEST(retrained.structure == base.structure);
    BOOST_TEST(retrained.constants != base.constants);
    Graph changed = small(1);
    changed.nodes[0].attributes["group"] = std::int64_t{1};
    BOOST_TEST(fingerprint(changed).structure != base.structure);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
