// Graph and Links.
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using testing::GraphBuilder;

BOOST_AUTO_TEST_SUITE(graph)

BOOST_AUTO_TEST_CASE(an_unused_name_is_the_wish_or_the_wish_with_a_number) {
    GraphBuilder builder;
    BOOST_TEST(builder.graph.unused_name("x") == "x");
    builder.input("x", {1});
    builder.input("x.2", {1});
    BOOST_TEST(builder.graph.unused_name("x") == "x.3");
}

BOOST_AUTO_TEST_CASE(a_constant_of_no_values_is_a_constant) {
    GraphBuilder builder;
    BOOST_TEST(builder.graph[builder.constant("none", {0}, {})].is_constant());
    BOOST_TEST(!builder.graph[builder.input("x", {0})].is_constant());
}

BOOST_AUTO_TEST_CASE(links_count_each_use_and_know_the_outputs) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {1, 2});
    const TensorId a = builder.node("Relu", "a", {x});
    const TensorId b = builder.node("Add", "b", {a, a});
    const TensorId c = builder.node("Clip", "c", {b, TensorId::none});
    const Graph graph = builder.done({b, c});
    const Links links(graph);
    BOOST_TEST(links.producer[index(x)] == -1);
    BOOST_TEST(links.producer[index(b)] == 1);
    BOOST_TEST(links.readers[index(a)] == (std::vector<std::int32_t>{1, 1}), boost::test_tools::per_element());
    BOOST_TEST(links.only_reader(x) == 0);
    BOOST_TEST(links.only_reader(a) == -1);  // read twice
    BOOST_TEST(links.only_reader(b) == -1);  // an output
    BOOST_TEST(links.only_reader(c) == -1);
    BOOST_TEST((links.is_output[index(b)] && links.is_output[index(c)] && !links.is_output[index(a)]));
}

BOOST_AUTO_TEST_CASE(a_dump_shows_everything_that_counts) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId w = builder.random("w", {3, 2, 1, 1});
    const TensorId y =
        builder.node("Conv", "conv", {x, w, TensorId::none}, {{"group", std::int64_t{1}}, {"strides", std::vector<std::int64_t>{2, 2}}});
    builder.graph.nodes[0].parts = {"bn", "relu"};
    const TensorId z = builder.node("LeakyRelu", "leaky", {y}, {{"alpha", 0.1F}, {"note", std::string("n")}});
    BOOST_TEST(dump(builder.done({z}, 1)) ==
               "graph test\n"
               "input x f32 *x2x4x4\n"
               "constant w f32 3x2x1x1\n"
               "node conv Conv (x, w, -) -> (conv f32 1x3x2x2) {group=1, strides=[2, 2]} parts (bn, relu)\n"
               "node leaky LeakyRelu (conv) -> (leaky f32 1x3x2x2) {alpha=0.1, note=\"n\"}\n"
               "output leaky\n");
}

BOOST_AUTO_TEST_CASE(the_flat_graph_says_the_same) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId y = builder.conv("conv", x, 2, 3);
    builder.graph.nodes[0].inputs.push_back(TensorId::none);
    builder.graph.nodes[0].attributes["activation"] = std::string("clip");
    builder.graph.nodes[0].attributes["activation_beta"] = 6.0F;
    const Graph graph = builder.done({y}, 5);
    const FlatGraph flat(graph);
    const octavo_graph& view = flat.view();
    BOOST_TEST(view.size == sizeof(octavo_graph));
    BOOST_REQUIRE(view.tensor_count == 4);
    BOOST_REQUIRE(view.node_count == 1);
    BOOST_TEST(view.inputs[0] == static_cast<std::int32_t>(x));
    BOOST_TEST(view.outputs[0] == static_cast<std::int32_t>(y));
    BOOST_TEST(view.tensors[0].name == std::string("x"));
    BOOST_TEST(view.tensors[0].shape[0] == 5);
    BOOST_TEST((view.tensors[0].data == nullptr));
    BOOST_TEST((view.tensors[1].data == graph.tensors[1].data.data));
    const octavo_node& node = view.nodes[0];
    BOOST_TEST(node.op == std::string("Conv"));
    BOOST_REQUIRE(node.input_count == 4);
    BOOST_TEST(node.inputs[3] == -1);
    BOOST_REQUIRE(node.attribute_count == 4);  // activation, activation_beta, group, pads: sorted
    BOOST_TEST(node.attributes[0].string == std::string("clip"));
    BOOST_TEST(node.attributes[1].floats[0] == 6.0F);
    BOOST_TEST((node.attributes[2].type == OCTAVO_ATTRIBUTE_INT));
    BOOST_TEST(node.attributes[3].count == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
