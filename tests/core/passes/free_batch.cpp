// free_batch: which models do any batch, and that what they then compute for each image is what they compute for it alone.
#include "core/passes/evaluate.h"
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::GraphBuilder;
using Ints = std::vector<std::int64_t>;

Ints target_of(const Graph& graph, std::string_view node) {
    const auto values = graph[testing::node_named(graph, node).inputs[1]].data.as<std::int64_t>();
    return {values.begin(), values.end()};
}

// Whether three images at once give what they give one at a time.
bool is_the_same_one_at_a_time(const Graph& graph) {
    const Graph one = with_batch(graph, 1).value(), three = with_batch(graph, 3).value();
    const std::vector<std::vector<float>> together = testing::random_inputs(three, 1);
    std::vector<std::vector<float>> joined(graph.outputs.size());
    for (std::size_t image = 0; image < 3; ++image) {
        std::vector<std::vector<float>> alone;
        for (const std::vector<float>& all : together) {
            const auto size = static_cast<std::ptrdiff_t>(all.size() / 3), begin = static_cast<std::ptrdiff_t>(image) * size;
            alone.emplace_back(all.begin() + begin, all.begin() + begin + size);
        }
        const std::vector<std::vector<float>> outputs = testing::run_graph(one, alone);
        for (std::size_t i = 0; i < joined.size(); ++i) joined[i].insert(joined[i].end(), outputs[i].begin(), outputs[i].end());
    }
    return testing::difference(testing::run_graph(three, together), joined) < 1e-6;
}

// A model of one image, or of `images`: what `rest` makes of a convolution.
using Rest = TensorId (*)(GraphBuilder& builder, TensorId x);
Graph model(Rest rest, std::int64_t images = 1) {
    GraphBuilder builder;
    const TensorId conv = builder.conv("conv", builder.input("x", {images, 2, 4, 4}), 2, 8, 3);
    return builder.done({rest(builder, conv)}, images);
}

Graph freed(Graph graph) {
    const Result<void> done = free_batch(graph);
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().message()));
    return graph;
}

TensorId sum(GraphBuilder& b, TensorId x, TensorId y) {
    return b.node("Add", "sum", {x, y});
}

struct Case {
    const char* what;
    Rest rest;
};

const Case kApart[] = {
    {"sums along channels",
     [](GraphBuilder& b, TensorId x) {
         return b.node("CumSum", "y", {x, b.integers("axis", {1})});
     }},
    {"layers of an image",
     [](GraphBuilder& b, TensorId x) {
         return b.node("LayerNormalization", "y", {x, b.constant("scale", {1}, {2})}, {{"axis", std::int64_t{1}}});
     }},
    {"pyramid by scales",
     [](GraphBuilder& b, TensorId x) {
         const TensorId small = b.node("MaxPool", "small", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
         return sum(b, x, b.node("Resize", "up", {small, TensorId::none, TensorId::none, b.integers("sizes", {1, 8, 4, 4})}));
     }},
    {"pyramid by sizes",
     [](GraphBuilder& b, TensorId x) {
         const TensorId small = b.node("MaxPool", "small", {x}, {{"kernel_shape", Ints{2, 2}}});
         const TensorId bent = b.node("Resize", "bent", {small, TensorId::none, TensorId::none, b.integers("five", {1, 8, 5, 5})});
         return b.node("Resize", "back", {bent, TensorId::none, TensorId::none, b.integers("three", {1, 8, 3, 3})});
     }},
    {"expand",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Expand", "wide", {b.node("GlobalAveragePool", "mean", {x}), b.integers("to", {1, 8, 4, 4})});
     }},
    {"shuffle",
     [](GraphBuilder& b, TensorId x) {
         const TensorId split = b.node("Reshape", "split", {x, b.integers("five", {1, 2, 4, 4, 4})});
         const TensorId turned = b.node("Transpose", "turned", {split}, {{"perm", Ints{0, 2, 1, 3, 4}}});
         return b.node("Reshape", "joined", {turned, b.integers("four", {1, 8, 4, 4})});
     }},
    {"zero that means zero, and is not there",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Reshape", "y", {x, b.integers("to", {1, 8, 16})}, {{"allowzero", std::int64_t{1}}});
     }},
    // Three parts along a dimension in front of the batch, as attention has its queries, keys and values.
    {"parts in front",
     [](GraphBuilder& b, TensorId x) {
         const TensorId parts = b.node("Reshape", "parts", {x, b.integers("to", {1, 2, 4, 16})});
         const TensorId front = b.node("Transpose", "front", {parts}, {{"perm", Ints{1, 0, 2, 3}}});
         const TensorId second = b.node("Gather", "second", {front, b.integers("one", {1})});
         return b.node("Squeeze", "y", {second, b.integers("axis", {0})});
     }},
};

const Case kMixed[] = {
    {"mean of all images",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Sub", "y", {x, b.node("ReduceMean", "mean", {x}, {{"axes", Ints{0, 2, 3}}})});
     }},
    {"largest of all",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Div", "y", {x, b.node("ReduceMax", "most", {x}, {{"keepdims", std::int64_t{0}}})});
     }},
    {"first image by slice",
     [](GraphBuilder& b, TensorId x) {
         return sum(b, x, b.node("Slice", "first", {x, b.integers("from", {0}), b.integers("to", {1}), b.integers("axis", {0})}));
     }},
    {"first image by gather",
     [](GraphBuilder& b, TensorId x) {
         return sum(b, x, b.node("Gather", "first", {x, b.integers("zero", {0})}));
     }},
    {"images backwards",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Slice", "y",
                       {x, b.integers("from", {-1}), b.integers("to", {-100}), b.integers("axis", {0}), b.integers("by", {-1})});
     }},
    {"gram matrix",
     [](GraphBuilder& b, TensorId x) {
         const TensorId rows = b.node("Reshape", "rows", {x, b.integers("to", {8, -1})});
         const TensorId gram = b.node("MatMul", "gram", {rows, b.node("Transpose", "turned", {rows}, {{"perm", Ints{1, 0}}})});
         return b.node("Mul", "y", {x, b.node("ReduceMean", "mean", {gram}, {{"keepdims", std::int64_t{0}}})});
     }},
    {"softmax over images",
     [](GraphBuilder& b, TensorId x) {
         return b.node("Softmax", "y", {x}, {{"axis", std::int64_t{0}}});
     }},
    {"mean and variance of images", [](GraphBuilder& b, TensorId x) { return b.node("MeanVarianceNormalization", "y", {x}); }},
    {"sums over images",
     [](GraphBuilder& b, TensorId x) {
         return b.node("CumSum", "y", {x, b.integers("axis", {-4})});
     }},
    // Also of the batch, where that is one.
    {"no dimension of one", [](GraphBuilder& b, TensorId x) { return b.node("Squeeze", "y", {b.node("GlobalAveragePool", "mean", {x})}); }},
    // Of the largest values, counted from the first image on.
    {"places",
     [](GraphBuilder& b, TensorId x) {
         b.node("MaxPool", "pool", {x}, {{"kernel_shape", Ints{2, 2}}});
         b.graph.nodes.back().outputs.push_back(b.graph.add_tensor({"places", OCTAVO_S64, {}, {}, false}));
         return b.graph.nodes.back().outputs[1];
     }},
    // [x0 x1 x0 x1] is not [x0 x0 x1 x1].
    {"images twice",
     [](GraphBuilder& b, TensorId x) {
         const TensorId twice = b.node("Concat", "twice", {x, x}, {{"axis", std::int64_t{0}}});
         return b.node("Reshape", "y", {twice, b.integers("to", {-1, 16, 4, 4})});
     }},
    {"half of the rows",
     [](GraphBuilder& b, TensorId x) {
         const TensorId rows = b.node("Reshape", "rows", {x, b.integers("to", {-1, 4, 4, 4})});
         const TensorId parts = b.node("Split", "parts", {rows}, {{"axis", std::int64_t{0}}});
         b.graph.nodes.back().outputs.push_back(b.graph.add_tensor({"other", OCTAVO_F32, {}, {}, false}));
         return parts;
     }},
};

BOOST_AUTO_TEST_SUITE(free_batch_pass)

BOOST_AUTO_TEST_CASE(models_that_keep_images_apart_do_any_batch) {
    for (const Case& one : kApart) {
        BOOST_TEST_CONTEXT(one.what) {
            const Graph graph = freed(model(one.rest));
            BOOST_REQUIRE(graph[graph.inputs[0]].free_batch);
            BOOST_TEST(is_the_same_one_at_a_time(graph), dump(graph));
        }
    }
}

BOOST_AUTO_TEST_CASE(models_that_mix_images_keep_their_batch) {
    for (const Case& one : kMixed) {
        BOOST_TEST_CONTEXT(one.what) {
            const Graph graph = freed(model(one.rest));
            BOOST_TEST(!graph[graph.inputs[0]].free_batch, dump(graph));
            BOOST_TEST(!with_batch(graph, 2));
        }
    }
}

// With all passes: no batch that they try is one that the model does not have.
BOOST_AUTO_TEST_CASE(two_images_that_are_taken_apart_stay_two) {
    Graph graph = model(
        [](GraphBuilder& b, TensorId x) {
            const TensorId first = b.node("Split", "parts", {x}, {{"axis", std::int64_t{0}}});
            const TensorId second = b.graph.add_tensor({"second", OCTAVO_F32, {}, {}, false});
            b.graph.nodes.back().outputs.push_back(second);
            return b.node("Concat", "turned", {second, first}, {{"axis", std::int64_t{0}}});
        },
        2);
    BOOST_REQUIRE(bool(run_passes(graph)));
    BOOST_TEST(own_batch(graph) == 2);
    BOOST_TEST(graph[graph.outputs[0]].shape == (Shape{2, 8, 4, 4}), boost::test_tools::per_element());
}

// 2 * x for two images, so one image says nothing of two; the Reshape keeps the batch from being free as it stands.
BOOST_AUTO_TEST_CASE(a_model_that_computes_with_the_number_of_images_becomes_one) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3});
    const TensorId images = builder.node("Gather", "images", {builder.node("Shape", "shape", {x}), builder.integers("zero", {0})});
    const TensorId product = builder.node("Mul", "product", {x, builder.node("Cast", "real", {images}, {{"to", std::int64_t{1}}})});
    builder.graph.outputs = {builder.node("Reshape", "y", {product, builder.integers("to", {1, 6})})};
    const Graph graph = freed(builder.graph);
    BOOST_TEST(graph[x].shape[0] == 1);
    BOOST_TEST(!graph[graph.inputs[0]].free_batch);
}

// The same, but what is computed is for each image what it is for one.
BOOST_AUTO_TEST_CASE(a_constant_that_is_spread_over_images_leaves_the_batch_free) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3});
    const TensorId spread = builder.node("Expand", "spread", {builder.random("row", {1, 2, 3}), builder.node("Shape", "shape", {x})});
    const Graph graph = [&] {
        builder.graph.outputs = {builder.node("Add", "y", {x, spread})};
        return freed(builder.graph);
    }();
    BOOST_REQUIRE(graph[graph.inputs[0]].free_batch);
    BOOST_TEST(is_the_same_one_at_a_time(graph), dump(graph));
}

BOOST_AUTO_TEST_CASE(what_grows_with_the_batch_is_not_computed_where_it_is_large) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 512, 512});
    const TensorId one = builder.scalar("one", 1);
    const TensorId filled = builder.node("Expand", "filled", {one, builder.node("Shape", "shape", {x})});
    builder.graph.outputs = {builder.node("Add", "y", {x, filled})};
    const NodeValues small = evaluate(builder.graph, 2), large = evaluate(builder.graph, kTellingBatch, &small);
    BOOST_TEST(bool(small.values[index(filled)]));
    BOOST_TEST(!large.values[index(filled)]);
    BOOST_TEST(large.shape(filled) == (Shape{kTellingBatch, 512, 512}), boost::test_tools::per_element());
}

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

// The output has one row whatever the batch: images would mix.
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

// allowzero matters where a zero is.
BOOST_AUTO_TEST_CASE(a_target_without_zeros_may_copy_the_batch) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {2, 3, 4});
    builder.graph.outputs = {builder.node("Reshape", "y", {x, builder.integers("to", {2, 12})}, {{"allowzero", std::int64_t{1}}})};
    BOOST_REQUIRE(bool(free_batch(builder.graph)));
    BOOST_TEST(builder.graph[x].free_batch);
    BOOST_TEST(!builder.graph.nodes[0].attributes.contains("allowzero"));
}

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
