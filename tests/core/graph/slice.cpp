// Parts of a graph: what they hold, read and keep.
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using testing::GraphBuilder;

std::string names(const Graph& graph, std::span<const TensorId> ids) {
    std::string list;
    for (const TensorId id : ids) list += (list.empty() ? "" : " ") + graph[id].name;
    return list;
}

// x -> a -> b -> sum(a, b), and c = Relu(a), which the sum does not need.
struct Diamond {
    GraphBuilder builder;
    TensorId x = builder.input("x", {-1, 2});
    TensorId a = builder.node("Relu", "a", {x});
    TensorId b = builder.node("Mul", "b", {a, builder.scalar("two", 2)});
    TensorId c = builder.node("Relu", "c", {a});
    TensorId sum = builder.node("Add", "sum", {a, b});
    Graph graph = builder.done({sum, c});
};

BOOST_AUTO_TEST_SUITE(slices)

BOOST_AUTO_TEST_CASE(a_part_holds_what_is_wanted_and_reads_the_rest) {
    const Diamond whole;
    const std::vector<TensorId> wanted = {whole.sum};
    const Graph part = slice(whole.graph, 1, whole.graph.nodes.size(), wanted);
    BOOST_TEST(testing::ops_of(part) == "Mul Add");
    BOOST_TEST(names(part, part.inputs) == "a");
    BOOST_TEST(names(part, part.outputs) == "sum");
    BOOST_TEST(part[whole.a].shape == (Shape{3, 2}), boost::test_tools::per_element());
    BOOST_TEST(static_cast<bool>(check_invariants(part, "slice")));
}

BOOST_AUTO_TEST_CASE(a_wanted_tensor_from_outside_is_an_input_too) {
    const Diamond whole;
    const std::vector<TensorId> wanted = {whole.a, whole.b};
    const Graph part = slice(whole.graph, 1, 2, wanted);
    BOOST_TEST(testing::ops_of(part) == "Mul");
    BOOST_TEST(names(part, part.inputs) == "a");
    BOOST_TEST(names(part, part.outputs) == "a b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
