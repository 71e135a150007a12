// fold_constants: what a model computes of constants and of shapes.
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

// [N, C] of another tensor with sizes of its own, as PyTorch writes F.interpolate(x, size=...).
BOOST_AUTO_TEST_CASE(a_resize_to_computed_sizes_leaves_the_batch_alone) {
    struct Case {
        std::int64_t from, to;
        bool by_scales;
    };
    for (const auto& [from, to, by_scales] : {Case{4, 8, true}, Case{8, 6, true}, Case{3, 5, false}}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2, from, from});
        const TensorId first = builder.node("Gather", "first", {builder.node("Shape", "shape", {x}), builder.integers("two", {0, 1})});
        const TensorId sizes = builder.node("Concat", "all", {first, builder.integers("rest", {to, to})}, {{"axis", std::int64_t{0}}});
        builder.graph.outputs = {builder.node("Resize", "y", {x, TensorId::none, TensorId::none, sizes})};
        const Graph graph = folded(builder.graph);
        BOOST_TEST(testing::ops_of(graph) == "Resize");
        BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{3, 2, to, to}), boost::test_tools::per_element());
        const Node& resize = testing::node_named(graph, "y");
        BOOST_TEST((resize.inputs.size() == 3) == by_scales);
        BOOST_TEST(attribute_or(resize, "axes", Ints{}) == (by_scales ? Ints{} : Ints{2, 3}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(an_expand_to_a_computed_shape_takes_the_batch_of_what_it_expands) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId pooled = builder.node("GlobalAveragePool", "pooled", {x});
    builder.graph.outputs = {builder.node("Expand", "y", {pooled, builder.node("Shape", "shape", {x})})};
    const Graph graph = folded(builder.graph);
    BOOST_TEST(target_of(graph, "y") == (Ints{1, 2, 4, 4}), boost::test_tools::per_element());
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{3, 2, 4, 4}), boost::test_tools::per_element());
}

// 0 for two images and for three.
BOOST_AUTO_TEST_CASE(a_quarter_of_the_batch_is_no_constant) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2});
    const TensorId images = builder.node("Gather", "images", {builder.node("Shape", "shape", {x}), builder.integers("zero", {0})});
    const TensorId quarter = builder.node("Div", "quarter", {images, builder.integers("four", {4})});
    builder.graph.outputs = {builder.node("Mul", "y", {x, builder.node("Cast", "real", {quarter}, {{"to", std::int64_t{1}}})})};
    BOOST_TEST(testing::ops_of(folded(builder.graph)) == "Shape Gather Div Cast Mul");
}

TensorId boxes(GraphBuilder& builder) {
    const TensorId found = builder.node("NonMaxSuppression", "boxes",
                                        {builder.input("corners", {1, 50, 4}), builder.input("scores", {1, 2, 50}),
                                         builder.integers("most", {20}), builder.scalar("overlap", 0.5F)});
    builder.graph[found].type = OCTAVO_S64;
    return found;
}

// There may be fewer than the 40 that inference says.
BOOST_AUTO_TEST_CASE(the_number_of_boxes_that_a_suppression_leaves_is_no_constant) {
    GraphBuilder builder;
    const TensorId size = builder.node("Size", "size", {builder.node("Cast", "real", {boxes(builder)}, {{"to", std::int64_t{1}}})});
    const TensorId count = builder.node("Gather", "count", {builder.node("Shape", "shape", {TensorId{4}}), builder.integers("zero", {0})});
    builder.graph.outputs = {count, size};
    BOOST_TEST(testing::ops_of(folded(builder.graph)) == "NonMaxSuppression Cast Size Shape Gather");
}

BOOST_AUTO_TEST_CASE(a_shape_by_the_number_of_boxes_is_refused) {
    GraphBuilder builder;
    const TensorId found = boxes(builder);
    builder.graph.outputs = {builder.node("Reshape", "y", {found, builder.node("Shape", "shape", {found})})};
    BOOST_REQUIRE(bool(fold_constants(builder.graph)));
    const Result<void> inferred = infer_shapes(builder.graph, 1);
    BOOST_REQUIRE(!inferred);
    BOOST_TEST(inferred.error().message() ==
               "Reshape 'y': shape (input 1, 'shape') is computed while the model runs; only constants are supported");
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

}  // namespace
}  // namespace octavo
