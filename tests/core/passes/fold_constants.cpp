// fold_constants and free_batch: what shapes a model computes, and whether its batch is free.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::GraphBuilder;
using Ints = std::vector<std::int64_t>;

// fold_constants runs before inference, so outputs are compared only where the graph before it can be inferred.
Graph folded(Graph graph) {
    const Result<void> result = fold_constants(graph);
    BOOST_REQUIRE(result);
    const Result<void> inferred = infer_shapes(graph, 3);
    BOOST_REQUIRE_MESSAGE(inferred, (inferred ? "" : inferred.error().message()) << "\n" << dump(graph));
    return graph;
}

Ints target_of(const Graph& graph, std::string_view node) {
    const auto values = graph[testing::node_named(graph, node).inputs[1]].data.as<std::int64_t>();
    return {values.begin(), values.end()};
}

BOOST_AUTO_TEST_SUITE(fold_constants_pass)

BOOST_AUTO_TEST_CASE(arithmetic_on_constants_is_done_once) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2});
    const TensorId sum = builder.node("Add", "sum", {builder.constant("a", {2}, {1, 2}), builder.scalar("b", 0.5F)});
    const TensorId twice = builder.node("Mul", "twice", {sum, builder.scalar("two", 2)});
    const Graph graph = testing::after(&fold_constants, builder.done({builder.node("Mul", "y", {x, twice})}));
    BOOST_TEST(testing::ops_of(graph) == "Mul");
    BOOST_TEST(testing::values_of(graph, testing::tensor_named(graph, "twice")) == (std::vector<float>{3, 5}),
               boost::test_tools::per_element());
    BOOST_TEST(graph.tensors.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_constant_output_stays_computed) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2});
    const TensorId constant = builder.node("Relu", "c", {builder.scalar("a", 1)});
    const Graph graph = testing::after(&fold_constants, builder.done({builder.node("Relu", "y", {x}), constant}));
    BOOST_TEST(testing::ops_of(graph) == "Relu Relu");
}

// Shape -> Gather(0) -> Unsqueeze -> Concat with -1 -> Reshape, as PyTorch writes x.view(x.size(0), -1).
BOOST_AUTO_TEST_CASE(a_view_by_the_batch_size_copies_the_batch) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3, 4});
    const TensorId first = builder.node("Gather", "first", {builder.node("Shape", "shape", {x}), builder.integers("zero", {0})});
    const TensorId target = builder.node("Concat", "target", {first, builder.integers("rest", {-1})}, {{"axis", std::int64_t{0}}});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, target})};
    const Graph graph = folded(builder.graph);
    BOOST_TEST(testing::ops_of(graph) == "Reshape");
    BOOST_TEST(target_of(graph, "y") == (Ints{0, -1}), boost::test_tools::per_element());
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{3, 24}), boost::test_tools::per_element());
}

// [N * 2, 12]: the first entry is no copy of the input's, so it is inferred.
BOOST_AUTO_TEST_CASE(a_multiple_of_the_batch_is_inferred) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3, 4});
    const TensorId shape = builder.node("Shape", "shape", {x});
    const TensorId first = builder.node("Gather", "first", {shape, builder.integers("zero", {0})});
    const TensorId twice = builder.node("Mul", "twice", {first, builder.integers("two", {2})});
    const TensorId target = builder.node("Concat", "target", {twice, builder.integers("rest", {12})}, {{"axis", std::int64_t{0}}});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, target})};
    const Graph graph = folded(builder.graph);
    BOOST_TEST(target_of(graph, "y") == (Ints{-1, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_belong_to_the_batch_fold_although_the_batch_is_free) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3, 4});
    const TensorId shape = builder.node("Shape", "shape", {x});
    const TensorId channels = builder.node("Gather", "channels", {shape, builder.integers("one", {1})});
    const TensorId target = builder.node("Concat", "target", {builder.integers("keep", {0}), channels, builder.integers("rest", {-1})},
                                         {{"axis", std::int64_t{0}}});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, target})};
    BOOST_TEST(target_of(folded(builder.graph), "y") == (Ints{0, 2, -1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reshape_without_its_inputs_is_left_to_inference) {
    GraphBuilder builder;
    builder.input("x", {-1, 2});
    builder.graph.outputs = {builder.node("Reshape", "y", {TensorId::none, TensorId::none})};
    BOOST_TEST(bool(fold_constants(builder.graph)));
    BOOST_TEST(bool(free_batch(builder.graph)));
    BOOST_TEST(!infer_shapes(builder.graph, 1));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(free_batch_pass)

Graph one_image(std::int64_t first_entry, bool declared_free) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {declared_free ? -1 : 1, 2, 3, 4});
    const TensorId y = builder.node("Reshape", "y", {x, builder.integers("target", {first_entry, 24})});
    builder.graph.outputs = {builder.node("Relu", "z", {y})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    return builder.graph;
}

BOOST_AUTO_TEST_CASE(a_model_for_one_image_does_many_where_only_shapes_said_one) {
    for (const bool declared_free : {false, true}) {
        const Graph graph = one_image(1, declared_free);
        const Graph five = with_batch(graph, 5).value();
        BOOST_TEST(five[five.outputs[0]].shape == (Shape{5, 24}), boost::test_tools::per_element());
        BOOST_TEST(target_of(graph, "y") == (Ints{0, 24}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_free_batch_that_works_is_left_alone) {
    const Graph graph = one_image(-1, true);
    BOOST_TEST(target_of(graph, "y") == (Ints{-1, 24}), boost::test_tools::per_element());
}

// Without axes it would take out a batch of 1, too.
BOOST_AUTO_TEST_CASE(a_squeeze_leaves_a_free_batch_where_it_is) {
    for (const std::int64_t batch : {-1, 2}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {batch, 3, 1, 4});
        const TensorId all = builder.node("Squeeze", "all", {x});
        const TensorId again = builder.node("Squeeze", "again", {all, builder.integers("none", {})});
        builder.graph.outputs = {again};
        BOOST_REQUIRE(bool(free_batch(builder.graph)));
        const Graph one = with_batch(builder.graph, 1).value();
        BOOST_TEST(one[one.outputs[0]].shape == (Shape{1, 3, 4}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_free_if_it_may_be_any_and_not_only_a_multiple) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {2, 3});
    const TensorId half = builder.node("Split", "half", {x}, {{"axis", std::int64_t{0}}});
    const TensorId rest = builder.graph.add_tensor({"rest", OCTAVO_F32, {}, {}, false});
    builder.graph.nodes.back().outputs.push_back(rest);
    builder.graph.outputs = {builder.node("Concat", "y", {rest, half}, {{"axis", std::int64_t{0}}})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    BOOST_TEST(!builder.graph[x].free_batch);
}

// allowzero matters where a zero is.
BOOST_AUTO_TEST_CASE(a_target_without_zeros_may_copy_the_batch) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {2, 3, 4});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, builder.integers("to", {2, 12})}, {{"allowzero", std::int64_t{1}}})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    BOOST_TEST(target_of(builder.graph, "y") == (Ints{0, 12}), boost::test_tools::per_element());
    BOOST_TEST(!builder.graph.nodes[0].attributes.contains("allowzero"));
}

// The output has one row whatever the batch: images would mix.
BOOST_AUTO_TEST_CASE(a_model_that_mixes_images_stays_fixed) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {1, 2, 3, 4});
    builder.graph.outputs = {builder.node("ReduceMean", "y", {x}, {{"axes", Ints{0, 1, 2, 3}}})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    BOOST_TEST(!builder.graph[x].free_batch);
    BOOST_TEST(!with_batch(builder.graph, 2));
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_called_free_but_is_not_becomes_one) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, builder.integers("target", {2, 1})})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    BOOST_TEST(builder.graph[x].shape[0] == 1);
    BOOST_TEST(!builder.graph[x].free_batch);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
