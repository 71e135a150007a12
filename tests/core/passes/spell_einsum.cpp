// unify_spellings, Einsum: which products it becomes, and that weights and the free batch survive.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;

struct Case {
    const char* equation;
    Shape a, b;
    const char* ops;
};

std::vector<float> ramp(const Shape& shape) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7) - 2.5F;
    return values;
}

Graph spelled(const Case& one) {
    GraphBuilder builder;
    const TensorId a = builder.input("a", one.a);
    const TensorId b = one.b[0] == -1 ? builder.input("b", one.b) : builder.constant("b", one.b, ramp(one.b));
    const bool weight_first = std::string(one.equation).starts_with("oc");
    const TensorId y =
        builder.node("Einsum", "y", weight_first ? std::vector{b, a} : std::vector{a, b}, {{"equation", std::string(one.equation)}});
    return after(&unify_spellings, builder.done({y}), 1e-4);
}

BOOST_AUTO_TEST_SUITE(spell_einsum_pass)

BOOST_AUTO_TEST_CASE(a_contraction_becomes_a_matrix_product) {
    const Case cases[] = {
        {"bij,bjk->bik", {-1, 2, 3}, {-1, 3, 4}, "MatMul"},
        {"bhid,bhjd->bhij", {-1, 2, 3, 4}, {-1, 2, 5, 4}, "Transpose MatMul"},
        {"nhwc,cd->nhwd", {-1, 2, 3, 4}, {4, 5}, "MatMul"},
        {"nhwc,dc->nhwd", {-1, 2, 3, 4}, {5, 4}, "MatMul"},
        {"oc,nchw->nohw", {-1, 4, 2, 3}, {5, 4}, "Transpose MatMul Transpose"},
        {"bchw,bkc->bkhw", {-1, 4, 2, 3}, {-1, 5, 4}, "Transpose Transpose Reshape Reshape MatMul Reshape Transpose"},
        {"nhw,hwc->nc", {-1, 2, 3}, {2, 3, 4}, "Reshape MatMul Reshape"},
        {"bijk,bk->bj", {-1, 2, 3, 4}, {-1, 4}, "ReduceSum Reshape Reshape MatMul Reshape"},
    };
    for (const Case& one : cases) BOOST_TEST_CONTEXT(one.equation) {
            const Graph graph = spelled(one);
            BOOST_TEST(testing::ops_of(graph) == one.ops);
            BOOST_TEST(testing::node_named(graph, "y").outputs == graph.outputs);
        }
}

BOOST_AUTO_TEST_CASE(a_weight_becomes_the_constant_second_operand) {
    const Graph graph = spelled({"oc,nchw->nohw", {-1, 4, 2, 3}, {5, 4}, ""});
    const Node& product = graph.nodes[1];
    BOOST_TEST(graph[product.inputs[1]].is_constant());
    BOOST_TEST(graph[product.inputs[1]].shape == (Shape{4, 5}), boost::test_tools::per_element());
}

// Neither 0 nor -1 in a reshape can say a batch that is summed over.
BOOST_AUTO_TEST_CASE(a_sum_over_the_batch_stays) {
    BOOST_TEST(testing::ops_of(spelled({"nab,nbc->ac", {-1, 2, 3}, {-1, 3, 4}, ""})) == "Einsum");
    BOOST_TEST(testing::ops_of(spelled({"ni,j->nij", {-1, 2}, {0}, ""})) == "Einsum");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
