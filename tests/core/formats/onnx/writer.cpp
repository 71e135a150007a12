// Writing float32 models: round trips, and what fused parts and operators of our own become.
#include "core/formats/onnx/writer.h"

#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

using Ints = std::vector<std::int64_t>;

std::int64_t opset_in(const std::string& bytes) {
    return onnx::parse_model(bytes).value().opsets.at(0).second;
}

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
               "Div x a/root -> a/scaled\n"
               "Erf a/scaled -> a/erf\n"
               "Add a/erf a/one -> a/gate\n"
               "Mul x a/gate -> a/gated\n"
               "Mul a/gated a/half -> a\n"
               "Softplus a -> b/softplus\n"
               "Tanh b/softplus -> b/tanh\n"
               "Mul a b/tanh -> b\n"
               "ReduceMax b -> c\n"
               "Mul c y/alpha -> y/scaled\n"
               "Sigmoid y/scaled -> y/gate\n"
               "Mul c y/gate -> y\n");
}

// ONNX Runtime refuses one number for all.
BOOST_AUTO_TEST_CASE(layers_are_scaled_and_shifted_value_by_value) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 3}), scale = builder.constant("scale", {1}, {2}), bias = builder.random("bias", {3});
    const std::string bytes = write_onnx(builder.done({builder.node("LayerNormalization", "y", {x, scale, bias})}));
    BOOST_TEST(nodes_of(bytes) == "LayerNormalization x y/scale bias -> y\n");
    BOOST_TEST(initializer<float>(bytes, "y/scale") == (std::vector<float>{2, 2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(products_of_rows_are_written_as_matrix_products) {
    GraphBuilder builder;
    const TensorId x = builder.node("Gemm", "x", {builder.input("i", {-1, 5, 4}), builder.random("w", {4, 2}), builder.random("b", {2})});
    const TensorId y = builder.node("Gemm", "y", {x, builder.random("v", {2, 2})});
    BOOST_TEST(nodes_of(write_onnx(builder.done({y}))) == "MatMul i w -> x/product\nAdd x/product b -> x\nMatMul x v -> y\n");
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

// ONNX Runtime runs auto_pad neither with dilations nor with windows smaller than their stride.
BOOST_AUTO_TEST_CASE(pads_are_numbers_whatever_chooses_them) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 8, 9});
    const Attributes same = {{"auto_pad", std::string("SAME_UPPER")}, {"dilations", Ints{2, 2}}, {"strides", Ints{2, 2}}};
    const TensorId conv = builder.node("Conv", "conv", {x, builder.random("w", {1, 1, 3, 3})}, same);
    const Attributes lower = {{"auto_pad", std::string("SAME_LOWER")}, {"kernel_shape", Ints{2, 2}}, {"strides", Ints{1, 3}}};
    const TensorId pool = builder.node("MaxPool", "pool", {x}, lower);
    const Attributes valid = {{"auto_pad", std::string("SAME_UPPER")}, {"strides", Ints{2, 2}}};
    const TensorId back = builder.node("ConvTranspose", "back", {x, builder.random("v", {1, 1, 1, 1})}, valid);
    const Graph again = read_valid(write_onnx(builder.done({conv, pool, back})));
    for (const Node& node : again.nodes) BOOST_TEST(!node.attributes.contains("auto_pad"));
    BOOST_TEST(attribute_or(again.nodes[0], "pads", Ints()) == (Ints{1, 2, 2, 2}), boost::test_tools::per_element());
    BOOST_TEST(attribute_or(again.nodes[1], "pads", Ints()) == (Ints{1, 0, 0, 0}), boost::test_tools::per_element());
    BOOST_TEST(attribute_or(again.nodes[2], "output_padding", Ints()) == (Ints{1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_opset_13_can_say_otherwise_is_said_so) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 5, 5});
    const TensorId pool = builder.node("AveragePool", "pool", {x}, {{"kernel_shape", Ints{2, 2}}, {"dilations", Ints{1, 1}}});
    const TensorId norm =
        builder.node("LpPool", "norm", {pool}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}});
    const TensorId is = builder.node("Greater", "is", {norm, builder.scalar("zero", 0)});
    const TensorId any = builder.node("ReduceMax", "any", {is, builder.integers("axes", {2})});
    const TensorId each =
        builder.node("ReduceSumSquare", "each", {norm, builder.integers("none", {})}, {{"noop_with_empty_axes", std::int64_t{1}}});
    const TensorId size = builder.node("Shape", "size", {norm}, {{"start", std::int64_t{2}}});
    const std::string bytes = write_onnx(builder.done({any, each, size}));
    BOOST_TEST(nodes_of(bytes) ==
               "AveragePool x -> pool\n"
               "LpPool pool -> norm\n"
               "Greater norm zero -> is\n"
               "Cast is -> any/bytes\n"
               "ReduceMax any/bytes -> any/reduced\n"
               "Cast any/reduced -> any\n"
               "Unsqueeze norm each/axis -> each/apart\n"
               "ReduceSumSquare each/apart -> each\n"
               "Shape norm -> size/whole\n"
               "Slice size/whole size/start size/end -> size\n");
    const Graph again = read_valid(bytes);
    BOOST_TEST(!again.nodes[0].attributes.contains("dilations"));
    BOOST_TEST(!again.nodes[1].attributes.contains("ceil_mode"));
    BOOST_TEST(attribute_or(again.nodes[1], "pads", Ints()) == (Ints{0, 0, 1, 1}), boost::test_tools::per_element());
    BOOST_TEST(opset_in(bytes) == 13);
}

// Which is then the opset of all operators: reductions have their axes as an input, and parts are counted.
BOOST_AUTO_TEST_CASE(a_form_that_no_older_opset_says_raises_the_opset) {
    const auto opset = [](const char* op, const Attributes& attributes, const Ints& list = {}) {
        GraphBuilder builder;
        std::vector<TensorId> inputs = {builder.input("x", {-1, 2, 6, 6})};
        const bool resizes = std::string_view(op) == "Resize";
        if (resizes) inputs.insert(inputs.end(), {TensorId::none, TensorId::none});
        if (!list.empty()) inputs.push_back(builder.integers("list", list));
        const TensorId y = builder.node(op, "y", inputs, attributes);
        const TensorId mean = builder.node("ReduceMean", "mean", {y}, {{"axes", Ints{1}}});
        const TensorId half = builder.node("Split", "half", {inputs[0]}, {{"axis", std::int64_t{2}}});
        builder.graph.nodes.back().outputs.push_back(builder.graph.add_tensor({"rest", OCTAVO_F32, {}, {}, false}));
        const std::string bytes = write_onnx(builder.done({mean, half}, 1));
        const bool is_new = opset_in(bytes) >= 18;
        BOOST_TEST(nodes_of(bytes).ends_with(is_new ? "ReduceMean y mean/axes -> mean\nSplit x half/split -> half rest\n"
                                                    : "ReduceMean y -> mean\nSplit x -> half rest\n"));
        return opset_in(bytes);
    };
    const Ints kernel = {2, 2}, gaps = {2, 1};
    BOOST_TEST(opset("AveragePool", {{"kernel_shape", kernel}, {"dilations", gaps}}) == 19);
    BOOST_TEST(opset("LpPool", {{"kernel_shape", kernel}, {"dilations", gaps}}) == 18);
    BOOST_TEST(opset("Pad", {{"mode", std::string("wrap")}}, {0, 0, 1, 1, 0, 0, 1, 1}) == 19);
    const Attributes smooth = {{"mode", std::string("linear")}, {"antialias", std::int64_t{1}}};
    BOOST_TEST(opset("Resize", smooth, {1, 2, 3, 3}) == 18);
    BOOST_TEST(opset("Resize", smooth, {1, 2, 9, 9}) == 13);  // there it does nothing
    BOOST_TEST(opset("Resize", {{"axes", Ints{2, 3}}, {"keep_aspect_ratio_policy", std::string("not_larger")}}, {8, 9}) == 18);
    BOOST_TEST(opset("Resize", {{"coordinate_transformation_mode", std::string("half_pixel_symmetric")}}, {1, 2, 9, 9}) == 19);
}

// Before opset 11 the nearest value is the one behind where it shrinks, else the one before.
BOOST_AUTO_TEST_CASE(an_old_resize_that_shrinks_and_enlarges_is_two) {
    const auto modes = [](const std::vector<float>& scales) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2, 6, 6});
        const Graph again = read_valid(write_onnx(builder.done({builder.node("Resize", "y", {x, builder.constant("s", {4}, scales)})})));
        std::string text;
        for (const Node& node : again.nodes) text += attribute_or(node, "nearest_mode", std::string()) + " ";
        return text;
    };
    BOOST_TEST(modes({1, 1, 2, 1.5F}) == "floor ");
    BOOST_TEST(modes({1, 1, 0.5F, 1}) == "ceil ");
    BOOST_TEST(modes({1, 1, 0.5F, 1.5F}) == "ceil floor ");
}

// float16 and float64 are float32 in graphs.
BOOST_AUTO_TEST_CASE(a_cast_says_the_type_that_its_output_has) {
    for (const std::int64_t to : {1, 10, 11}) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {-1, 2});
        const Graph again = read_valid(write_onnx(builder.done({builder.node("Cast", "y", {x}, {{"to", to}})})));
        BOOST_TEST(attribute_or(again.nodes[0], "to", std::int64_t{0}) == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
