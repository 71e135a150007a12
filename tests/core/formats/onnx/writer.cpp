// Writing float32 models: round trips, and what fused parts and operators of our own become.
#include "core/formats/onnx/writer.h"

#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

BOOST_AUTO_TEST_SUITE(onnx_writer)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 6, 6});
    const TensorId fixed = builder.input("fixed", {2, 3});
    const TensorId conv = builder.conv("conv", x, 2, 4, 3);
    const TensorId clip = builder.node("Clip", "clip", {conv, builder.scalar("low", 0), builder.scalar("high", 6)});
    const TensorId leaky = builder.node("LeakyRelu", "leaky", {clip}, {{"alpha", 0.25F}});
    const TensorId flat = builder.node("Flatten", "flat", {leaky}, {{"axis", std::int64_t{1}}});
    const TensorId soft = builder.node("Softmax", "soft", {fixed}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}});
    builder.graph.name = "net";
    const Graph graph = builder.done({flat, soft}, 1);
    const std::string bytes = write_onnx(graph);
    const Graph again = read_valid(bytes);
    BOOST_TEST(dump(again) == dump(graph));
    BOOST_TEST((fingerprint(again) == fingerprint(graph)));
    BOOST_TEST(write_onnx(again) == bytes);
}

BOOST_AUTO_TEST_CASE(fused_parts_become_nodes_again) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    builder.graph.nodes[0].attributes["activation"] = std::string("relu");
    const TensorId y = builder.conv("y", a, 2, 2);
    Node& last = builder.graph.nodes[1];
    last.inputs.push_back(a);
    last.attributes["inner"] = std::string("y.sum");
    last.attributes["activation"] = std::string("hard_swish");
    BOOST_TEST(nodes_of(write_onnx(builder.done({y}))) ==
               "Conv x a.w a.b -> a/linear\n"
               "Relu a/linear -> a\n"
               "Conv a y.w y.b -> y.sum\n"
               "Add y.sum a -> y/linear\n"
               "HardSigmoid y/linear -> y/hard_sigmoid\n"
               "Mul y/linear y/hard_sigmoid -> y\n");
}

BOOST_AUTO_TEST_CASE(operators_of_newer_opsets_are_written_in_their_parts) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.node("Gelu", "a", {x});
    const TensorId b = builder.node("Mish", "b", {a});
    const TensorId c = builder.node("ReduceMax", "c", {b, builder.integers("axes", {2, 3})});
    const std::string bytes = write_onnx(builder.done({builder.node("Swish", "y", {c}, {{"alpha", 2.0F}})}));
    BOOST_TEST(nodes_of(bytes) ==
               "Mul x a/root -> a/scaled\n"
               "Erf a/scaled -> a/erf\n"
               "Add a/erf a/one -> a/gate\n"
               "Mul x a/factor -> a/half\n"
               "Mul a/half a/gate -> a\n"
               "Softplus a -> b/softplus\n"
               "Tanh b/softplus -> b/tanh\n"
               "Mul a b/tanh -> b\n"
               "ReduceMax b -> c\n"
               "Mul c y/alpha -> y/scaled\n"
               "Sigmoid y/scaled -> y/gate\n"
               "Mul c y/gate -> y\n");
}

BOOST_AUTO_TEST_CASE(operators_of_our_own_are_written_in_their_parts) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.node("Silu", "a", {x});
    const TensorId b = builder.node("HardSwish", "b", {a});
    const TensorId y = builder.node("ScaleShift", "y", {b, builder.constant("s", {2}, {2, 3}), builder.constant("t", {2}, {4, 5})});
    const std::string bytes = write_onnx(builder.done({y}));
    BOOST_TEST(nodes_of(bytes) ==
               "Sigmoid x -> a/sigmoid\n"
               "Mul x a/sigmoid -> a\n"
               "HardSigmoid a -> b/hard_sigmoid\n"
               "Mul a b/hard_sigmoid -> b\n"
               "Mul b s/spread -> y/scaled\n"
               "Add y/scaled t/spread -> y\n");
    const Graph graph = read_valid(bytes);
    BOOST_TEST(graph[tensor_named(graph, "s/spread")].shape == (Shape{1, 2, 1, 1}), boost::test_tools::per_element());
    BOOST_TEST(values_of(graph, tensor_named(graph, "t/spread")) == (std::vector<float>{4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(forms_of_older_opsets_are_brought_up_to_date) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3});
    const TensorId clip = builder.node("Clip", "clip", {x}, {{"min", 0.0F}, {"max", 6.0F}});
    const TensorId tall = builder.node("Unsqueeze", "tall", {clip}, {{"axes", std::vector<std::int64_t>{1}}});
    const TensorId soft = builder.node("Softmax", "soft", {tall}, {{"opset", std::int64_t{11}}});
    const std::string bytes = write_onnx(builder.done({soft}));
    BOOST_TEST(nodes_of(bytes) ==
               "Clip x clip/min clip/max -> clip\n"
               "Unsqueeze clip tall/axes -> tall\n"
               "Flatten tall -> soft/flat\n"
               "Softmax soft/flat -> soft/result\n"
               "Reshape soft/result soft/shape -> soft\n");
    BOOST_TEST(initializer<std::int64_t>(bytes, "soft/shape") == (std::vector<std::int64_t>{-1, 1, 2, 3}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(forms_of_newer_opsets_are_brought_down) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3});
    const TensorId pads = builder.integers("few", {1, 2});
    const TensorId pad = builder.node("Pad", "pad", {x, pads, TensorId::none, builder.integers("axes", {-1})});
    const TensorId mean = builder.node("ReduceMean", "mean", {pad, builder.integers("over", {2})}, {{"keepdims", std::int64_t{0}}});
    const std::string bytes = write_onnx(builder.done({mean}));
    BOOST_TEST(nodes_of(bytes) ==
               "Pad x pad/pads -> pad\n"
               "ReduceMean pad -> mean\n");
    BOOST_TEST(initializer<std::int64_t>(bytes, "pad/pads") == (std::vector<std::int64_t>{0, 0, 1, 0, 0, 2}),
               boost::test_tools::per_element());
    const Graph graph = read_valid(bytes);
    BOOST_TEST(attribute_or(graph.nodes[1], "axes", std::vector<std::int64_t>{}) == std::vector<std::int64_t>{2},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
