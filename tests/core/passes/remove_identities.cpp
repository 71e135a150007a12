// remove_identities: what changes nothing goes, and names of outputs stay.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using Ints = std::vector<std::int64_t>;

struct Case {
    const char* op;
    Attributes attributes;
    std::vector<Ints> more;  // constant inputs behind the first
    bool goes;
};

const Case kCases[] = {
    {"Identity", {}, {}, true},
    {"Dropout", {}, {}, true},
    {"Concat", {{"axis", std::int64_t{1}}}, {}, true},
    {"Cast", {{"to", std::int64_t{1}}}, {}, true},
    {"Transpose", {{"perm", Ints{0, 1, 2, 3}}}, {}, true},
    {"Transpose", {{"perm", Ints{0, 1, 3, 2}}}, {}, false},
    {"Transpose", {}, {}, false},
    {"Reshape", {}, {{0, 2, 4, 4}}, true},
    {"Reshape", {}, {{-1, 2, 4, 4}}, true},
    {"Reshape", {}, {{0, 4, 2, 4}}, false},
    {"Flatten", {}, {}, false},
    {"Pad", {}, {{0, 0, 0, 0, 0, 0, 0, 0}}, true},
    {"Pad", {}, {{0, 0, 1, 0, 0, 0, 0, 0}}, false},
    {"Slice", {}, {{0}, {100}, {2}}, true},
    {"Slice", {}, {{1}, {100}, {2}}, false},
    {"Slice", {}, {{-1}, {-100}, {2}, {-1}}, false},
    // The shapes are those of three images.
    {"Slice", {}, {{0}, {3}, {0}}, false},
    {"Reshape", {}, {{3, 2, 4, 4}}, false},
    {"Reshape", {}, {{3, -1, 4, 4}}, false},
};

BOOST_AUTO_TEST_SUITE(remove_identities_pass)

BOOST_AUTO_TEST_CASE(operators_go_exactly_where_they_change_nothing) {
    for (const Case& one : kCases) {
        GraphBuilder builder;
        std::vector<TensorId> inputs = {builder.conv("conv", builder.input("x", {-1, 3, 4, 4}), 3, 2)};
        for (const Ints& values : one.more) inputs.push_back(builder.integers("c" + std::to_string(inputs.size()), values));
        const TensorId middle = builder.node(one.op, "middle", inputs, one.attributes);
        const Graph graph = after(&remove_identities, builder.done({builder.node("Relu", "y", {middle})}));
        BOOST_TEST((testing::find_node(graph, "middle") == nullptr) == one.goes, one.op << "\n" << dump(graph));
        if (one.goes) BOOST_TEST(testing::has_part(testing::node_named(graph, "conv"), "middle"));
    }
}

BOOST_AUTO_TEST_CASE(the_name_of_an_output_survives) {
    GraphBuilder builder;
    const TensorId a = builder.node("Relu", "a", {builder.input("x", {-1, 3})});
    const TensorId out = builder.node("Identity", "out", {a});
    const TensorId other = builder.node("Sigmoid", "other", {a});
    const Graph graph = after(&remove_identities, builder.done({out, other}));
    BOOST_TEST(testing::ops_of(graph) == "Relu Sigmoid");
    BOOST_TEST(graph[testing::node_named(graph, "a").outputs[0]].name == "out");
}

BOOST_AUTO_TEST_CASE(an_output_that_is_an_input_or_another_output_keeps_its_operator) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3});
    const TensorId a = builder.node("Relu", "a", {x});
    const Graph graph =
        after(&remove_identities, builder.done({builder.node("Identity", "b", {x}), a, builder.node("Identity", "c", {a})}));
    BOOST_TEST(testing::ops_of(graph) == "Relu Identity Identity");
}

BOOST_AUTO_TEST_CASE(chains_go_as_a_whole) {
    GraphBuilder builder;
    TensorId x = builder.input("x", {-1, 3});
    x = builder.node("Identity", "a", {x});
    x = builder.node("Dropout", "b", {x});
    x = builder.node("Identity", "c", {x});
    const Graph graph = after(&remove_identities, builder.done({builder.node("Relu", "y", {x})}));
    BOOST_TEST(testing::ops_of(graph) == "Relu");
    BOOST_TEST(graph.tensors.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unify_spellings_pass)

BOOST_AUTO_TEST_CASE(a_mean_over_positions_is_global_average_pooling) {
    for (const std::int64_t keep : {1, 0}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 3, 4, 5});
        const TensorId mean = builder.node("ReduceMean", "mean", {x}, {{"axes", Ints{-1, 2}}, {"keepdims", keep}});
        const Graph graph = after(&unify_spellings, builder.done({mean}));
        BOOST_TEST(testing::ops_of(graph) == (keep ? "GlobalAveragePool" : "GlobalAveragePool Flatten"));
    }
}

BOOST_AUTO_TEST_CASE(a_mean_over_other_axes_stays) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 5});
    const Graph graph = after(&unify_spellings, builder.done({builder.node("ReduceMean", "mean", {x}, {{"axes", Ints{1, 2}}})}));
    BOOST_TEST(testing::ops_of(graph) == "ReduceMean");
}

BOOST_AUTO_TEST_CASE(a_sum_of_two_is_an_addition) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3});
    builder.graph.outputs = {builder.node("Sum", "sum", {x, x})};
    BOOST_REQUIRE(bool(unify_spellings(builder.graph)));
    BOOST_TEST(testing::ops_of(builder.graph) == "Add");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
