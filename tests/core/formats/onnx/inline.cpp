// Functions of the model and branches of If: whose nodes the graph gets, and what their tensors are called.
#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

std::string branch(const std::string& name, const ModelParts& parts) {
    Proto graph, attribute;
    for (const std::string& node : parts.nodes) graph.out.add_message(1, node);
    for (const std::string& initializer : parts.initializers) graph.out.add_message(5, initializer);
    for (const std::string& output : parts.outputs) graph.out.add_message(12, output);
    attribute.out.add_string(1, name);
    attribute.out.add_message(6, graph.bytes);
    attribute.out.add_int32(20, 5);
    return attribute.bytes;
}

// A field of the model, to be put behind the others.
std::string function(const std::string& name, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                     const std::vector<std::string>& nodes, std::int64_t opset = 13) {
    Proto proto, version, field;
    proto.out.add_string(1, name);
    for (const std::string& input : inputs) proto.out.add_string(4, input);
    for (const std::string& output : outputs) proto.out.add_string(5, output);
    for (const std::string& node : nodes) proto.out.add_message(7, node);
    version.out.add_int64(2, opset);
    proto.out.add_message(9, version.bytes);
    proto.out.add_string(10, "own");
    field.out.add_message(25, proto.bytes);
    return field.bytes;
}

std::string reference(const std::string& name, const std::string& of) {
    Proto proto;
    proto.out.add_string(1, name);
    proto.out.add_int32(20, 1);
    proto.out.add_string(21, of);
    return proto.bytes;
}

ModelParts with_nodes(std::vector<std::string> nodes) {
    return {std::move(nodes), {}, {value_info("x", {-1, 2})}, {value_info("y", {})}};
}

// y = Relu(x) where x has `size` columns, else what nobody knows.
std::string chosen_by_shape(std::int64_t size, const std::vector<std::string>& condition) {
    ModelParts parts = with_nodes(condition);
    parts.initializers = {raw_tensor("one", 7, {}, std::string("\1\0\0\0\0\0\0\0", 8)),
                          raw_tensor("size", 7, {}, std::string(1, static_cast<char>(size)) + std::string(7, '\0'))};
    const ModelParts then = {{node_proto("Add", "a", {"x", "c"}, {"h"}), node_proto("Relu", "r", {"h"}, {"o"})},
                             {float_tensor("c", {2}, {1, 2})},
                             {},
                             {value_info("o", {})}};
    const ModelParts other = {{node_proto("Unheard", "u", {"x"}, {"o"})}, {}, {}, {value_info("o", {})}};
    parts.nodes.push_back(node_proto("If", "if", {"c"}, {"y"}, {branch("then_branch", then), branch("else_branch", other)}));
    return model_proto(parts);
}

BOOST_AUTO_TEST_SUITE(onnx_inline)

BOOST_AUTO_TEST_CASE(a_branch_chosen_by_a_shape_becomes_part_of_the_graph) {
    const std::vector<std::string> condition = {node_proto("Shape", "", {"x"}, {"s"}), node_proto("Gather", "", {"s", "one"}, {"d"}),
                                                node_proto("Equal", "", {"d", "size"}, {"c"})};
    const Graph graph = read_valid(chosen_by_shape(2, condition));
    BOOST_TEST(ops_of(graph) == "Shape Gather Equal Add Relu");
    BOOST_TEST(values_of(graph, tensor_named(graph, "if/c")) == (std::vector<float>{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(graph[graph.outputs[0]].name == "y");
    BOOST_TEST(refusal(chosen_by_shape(3, condition)) ==
               "m.onnx: unsupported operators: Unheard 'u': 'octavo operators' lists what is supported");
}

BOOST_AUTO_TEST_CASE(a_branch_chosen_by_values_or_by_the_batch_is_refused) {
    const char* expected =
        "m.onnx: unsupported operators: If 'if' (its condition is not constant): 'octavo operators' lists what is supported";
    BOOST_TEST(refusal(chosen_by_shape(1, {node_proto("ReduceSum", "", {"x"}, {"s"}),
                                           node_proto("Cast", "", {"s"}, {"c"}, {int_attribute("to", 9)})})) == expected);
    ModelParts by_batch = with_nodes({});
    BOOST_TEST(refusal(chosen_by_shape(
                   1, {node_proto("Shape", "", {"x"}, {"s"}), node_proto("Gather", "", {"s", "zero"}, {"d"}),
                       node_proto("Sub", "", {"one", "one"}, {"zero"}), node_proto("Equal", "", {"d", "one"}, {"c"})})) == expected);
}

BOOST_AUTO_TEST_CASE(a_call_becomes_the_nodes_of_its_function) {
    const ModelParts parts = with_nodes({node_proto("Bent", "first", {"x"}, {"h"}, {float_attribute("slope", 0.5F)}, "own"),
                                         node_proto("Bent", "second", {"h"}, {"y"}, {}, "own")});
    const std::string bent =
        function("Bent", {"a"}, {"b"},
                 {node_proto("Neg", "n", {"a"}, {"t"}), node_proto("LeakyRelu", "l", {"t"}, {"b"}, {reference("alpha", "slope")})});
    BOOST_TEST(dump(read_valid(model_proto(parts) + bent)) ==
               "graph g\n"
               "input x f32 *x2\n"
               "node first/n Neg (x) -> (t f32 1x2)\n"
               "node first/l LeakyRelu (t) -> (h f32 1x2) {alpha=0.5}\n"
               "node second/n Neg (h) -> (second/t f32 1x2)\n"
               "node second/l LeakyRelu (second/t) -> (y f32 1x2)\n"
               "output y\n");
}

BOOST_AUTO_TEST_CASE(an_input_that_a_function_hands_on_gets_an_identity) {
    const ModelParts parts = with_nodes({node_proto("Same", "s", {"x"}, {"y"}, {}, "own")});
    BOOST_TEST(ops_of(read_valid(model_proto(parts) + function("Same", {"a"}, {"a"}, {}))) == "Identity");
}

BOOST_AUTO_TEST_CASE(functions_without_end_or_of_another_opset_are_refused) {
    const ModelParts parts = with_nodes({node_proto("F", "f", {"x"}, {"y"}, {}, "own")});
    const std::vector<std::string> itself = {node_proto("F", "f", {"a"}, {"t"}, {}, "own"), node_proto("F", "f", {"t"}, {"b"}, {}, "own")};
    BOOST_TEST(refusal(model_proto(parts) + function("F", {"a"}, {"b"}, itself)) == "m.onnx: function 'F' calls itself");
    BOOST_TEST(refusal(model_proto(parts) + function("F", {"a"}, {"b"}, {}, 11)) ==
               "m.onnx: function 'F' is of opset 11, the model of 13: convert the model with onnx.inliner");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
