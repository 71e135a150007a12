// What is written: layers, names, and the forms that OpenVINO runs in int8. That OpenVINO takes it is for tests/peers to say.
#include "core/formats/openvino/writer.h"

#include "core/formats/openvino/half_weights.h"
#include "tests/core/formats/openvino/ir_test.h"
#include "tests/support/evaluate.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using namespace testing;

BOOST_AUTO_TEST_SUITE(openvino_writer)

BOOST_AUTO_TEST_CASE(fused_parts_become_layers_and_outputs_keep_their_names) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2, 3, 2);
    builder.graph.nodes[0].attributes["activation"] = std::string("relu");
    const TensorId y = builder.conv("y", a, 2, 2);
    builder.graph.nodes[1].inputs.push_back(a);
    builder.graph.nodes[1].attributes["activation"] = std::string("hard_swish");
    const IrModel ir = write_valid(builder.done({y}, 1));
    BOOST_TEST(layers_of(ir.xml) ==
               "Parameter x\n"
               "GroupConvolution a <- x a.w\n"
               "Add a/bias <- a a.b\n"
               "ReLU a/relu <- a/bias\n"
               "Convolution y <- a/relu y.w\n"
               "Add y/bias <- y y.b\n"
               "Add y/add <- y/bias a/relu\n"
               "HSwish y/hard_swish <- y/add\n"
               "Result y/result <- y/hard_swish\n");
    pugi::xml_document document;
    document.load_string(ir.xml.c_str());
    const pugi::xml_node net = document.child("net");
    BOOST_TEST(net.child("layers").first_child().child("data").attribute("shape").value() == "?,2,4,4");
    BOOST_TEST(
        net.child("layers").find_child_by_attribute("name", "y/hard_swish").child("output").child("port").attribute("names").value() ==
        "y");
    BOOST_TEST(net.child("rt_info").child("octavo").child("made_by").attribute("value").value() == "octavo test");
}

// 0.1 becomes the nearest half; what is beyond their range keeps its constant float32.
BOOST_AUTO_TEST_CASE(weights_may_lie_in_the_file_as_half_floats) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 2, 2});
    const TensorId a = builder.node("Conv", "a", {x, builder.constant("a.w", {1, 1, 1, 1}, {0.1F}), builder.constant("a.b", {1}, {0.1F})});
    const TensorId b = builder.node("Conv", "b", {a, builder.constant("b.w", {1, 1, 1, 1}, {1e6F}), builder.constant("b.b", {1}, {0})});
    const Graph graph = with_half_weights(builder.done({b}, 1));
    const Result<IrModel> ir = write_ir(graph, nullptr, "octavo test", StoredWeights::float16);
    BOOST_REQUIRE(ir);
    BOOST_TEST(layers_of(ir->xml) ==
               "Parameter x\n"
               "Convert a.w <- a.w/f16\n"
               "Convolution a <- x a.w\n"
               "Add a/bias <- a a.b\n"
               "Convolution b <- a/bias b.w\n"
               "Add b/bias <- b b.b\n"
               "Result b/result <- b/bias\n");
    BOOST_TEST((constant_of<std::uint16_t>(*ir, "a.w/f16") == std::vector<std::uint16_t>{0x2e66}));
    BOOST_TEST((constant_of<float>(*ir, "b.w") == std::vector<float>{1e6F}));
    BOOST_TEST((constant_of<float>(*ir, "a.b") == std::vector<float>{0.1F}));
    BOOST_TEST(difference(run_graph(read_valid(*ir), {{1, 2, 3, 4}}), run_graph(graph, {{1, 2, 3, 4}})) == 0);
    pugi::xml_document document;
    document.load_string(ir->xml.c_str());
    const pugi::xml_node convert = document.child("net").child("layers").find_child_by_attribute("type", "Convert");
    BOOST_TEST(convert.child("rt_info").child("attribute").attribute("name").value() == "decompression");
}

// x on a grid with zero point 128, behind it u8 without one, then one scale a channel.
BOOST_AUTO_TEST_CASE(a_plan_becomes_fake_quantize_and_i8_weights) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 4, 4});
    const TensorId w = builder.constant("a.w", {2, 1, 1, 1}, {1.0F, -63.5F});
    const TensorId a = builder.node("Conv", "a", {x, w, builder.constant("a.b", {2}, {1, 2})}, {{"activation", std::string("relu")}});
    const TensorId b = builder.conv("b", a, 2, 2, 3, 2);
    const TensorId pool = builder.node("MaxPool", "pool", {b}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    const TensorId y = builder.conv("y", pool, 2, 2);
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.5F}, {128}};
    plan.tensors["a"].depthwise = Quantization{{0.25F, 1}, {0, 55}};
    plan.tensors["b"].whole = plan.tensors["pool"].whole = Quantization{{2}, {0}};
    plan.weight_scale = {{"a.w", {0.5F, 1}}, {"b.w", {1.0F / 127, 1.0F / 127}}};
    plan.replaced["a.b"] = {3, 4};
    for (const char* name : {"a", "b", "pool"}) plan.operators[name] = {Precision::int8, Reason::default_int8};
    const IrModel ir = write_valid(builder.done({y}, 1), &plan);
    BOOST_TEST(layers_of(ir.xml) ==
               "Parameter x\n"
               "FakeQuantize x/fq <- x x/fq/low x/fq/high x/fq/low x/fq/high\n"
               "Convert a.w/convert <- a.w/i8\n"
               "Multiply a.w <- a.w/convert a.w/scale\n"
               "Convolution a <- x/fq a.w\n"
               "Add a/bias <- a a.b\n"
               "ReLU a/relu <- a/bias\n"
               "FakeQuantize a/fq <- a/relu a/fq/low a/fq/high a/fq/low a/fq/high\n"
               "Convert b.w/convert <- b.w/i8\n"
               "Multiply b.w <- b.w/convert b.w/scale\n"
               "GroupConvolution b <- a/fq b.w\n"
               "Add b/bias <- b b.b\n"
               "FakeQuantize b/fq <- b/bias b/fq/low b/fq/high b/fq/low b/fq/high\n"
               "MaxPool pool <- b/fq\n"  // moves values that lie on a grid: none is needed behind
               "Convolution y <- pool y.w\n"
               "Add y/bias <- y y.b\n"
               "Result y/result <- y/bias\n");
    BOOST_TEST(constant_of<float>(ir, "x/fq/low") == std::vector<float>{-64});
    BOOST_TEST(constant_of<float>(ir, "x/fq/high") == std::vector<float>{63.5F});
    BOOST_TEST(constant_of<float>(ir, "a/fq/low") == (std::vector<float>{0, -55}), boost::test_tools::per_element());
    BOOST_TEST(constant_of<float>(ir, "a/fq/high") == (std::vector<float>{63.75F, 200}), boost::test_tools::per_element());
    const std::vector<std::int8_t> codes = constant_of<std::int8_t>(ir, "a.w/i8");
    BOOST_TEST(int{codes.at(0)} == 2);
    BOOST_TEST(int{codes.at(1)} == -64);  // -63.5 rounds to even
    BOOST_TEST(constant_of<float>(ir, "a.b") == (std::vector<float>{3, 4}), boost::test_tools::per_element());
}

// OpenVINO's int8 kernel would pad with code 0, which is -64 here.
BOOST_AUTO_TEST_CASE(averages_on_a_grid_leave_padding_out_and_are_scaled) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 1, 3, 3});
    const TensorId pool = builder.node("AveragePool", "pool", {x},
                                       {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                        {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                        {"count_include_pad", std::int64_t{1}}});
    const Graph graph = builder.done({pool}, 1);
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.5F}, {128}};
    plan.operators["pool"] = {Precision::int8, Reason::default_int8};
    const IrModel ir = write_valid(graph, &plan);
    BOOST_TEST(layers_of(ir.xml) ==
               "Parameter x\n"
               "FakeQuantize x/fq <- x x/fq/low x/fq/high x/fq/low x/fq/high\n"
               "AvgPool pool/inside <- x/fq\n"
               "Multiply pool <- pool/inside pool/share\n"
               "Result pool/result <- pool\n");
    const std::vector<float> shares = {4.0F / 9, 6.0F / 9, 4.0F / 9, 6.0F / 9, 1, 6.0F / 9, 4.0F / 9, 6.0F / 9, 4.0F / 9};
    BOOST_TEST(constant_of<float>(ir, "pool/share") == shares, boost::test_tools::per_element());
    const std::vector<float> values = {1, -2, 3, 4.5F, -5, 6, 7, 8, 9.5F};  // on the grid
    BOOST_TEST(difference(run_graph(read_valid(ir), {values}), run_graph(graph, {values})) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_sum_in_front_of_a_residual_is_rounded_as_devices_round_it) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId y = builder.conv("y", x, 2, 2);
    builder.graph.nodes[0].inputs.push_back(x);
    builder.graph.nodes[0].attributes["inner"] = std::string("sum");
    const Graph graph = builder.done({y}, 1);
    Plan plan;
    plan.tensors["x"].whole = Quantization{{0.5F}, {128}};
    plan.tensors["sum"].whole = Quantization{{0.25F}, {5}};
    plan.weight_scale = {{"y.w", {1.0F / 127, 1.0F / 127}}};
    const std::string head =
        "Parameter x\n"
        "FakeQuantize x/fq <- x x/fq/low x/fq/high x/fq/low x/fq/high\n";
    const std::string tail = "Result y/result <- y/add\n";
    BOOST_TEST(layers_of(write_valid(graph, &plan).xml) ==  // not int8: no device rounds the sum
               head + "Convolution y <- x/fq y.w\nAdd y/bias <- y y.b\nAdd y/add <- y/bias x/fq\n" + tail);
    plan.operators["y"] = {Precision::int8, Reason::default_int8};
    const IrModel ir = write_valid(graph, &plan);
    BOOST_TEST(layers_of(ir.xml) == head +
                                        "Convert y.w/convert <- y.w/i8\n"
                                        "Multiply y.w <- y.w/convert y.w/scale\n"
                                        "Convolution y <- x/fq y.w\n"
                                        "Add y/bias <- y y.b\n"
                                        "FakeQuantize sum/fq <- y/bias sum/fq/low sum/fq/high sum/fq/low sum/fq/high\n"
                                        "Add y/add <- sum/fq x/fq\n" +
                                        tail);
    BOOST_TEST(constant_of<float>(ir, "sum/fq/low") == std::vector<float>{-1.25F});
    BOOST_TEST(constant_of<float>(ir, "sum/fq/high") == std::vector<float>{62.5F});
}

BOOST_AUTO_TEST_CASE(an_operator_without_a_layer_is_named) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {1, 2, 4, 4});
    const TensorId y =
        builder.node("Pad", "edge", {x, builder.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})}, {{"mode", std::string("wrap")}});
    const Result<IrModel> ir = write_ir(builder.done({y}, 1), nullptr, "test");
    BOOST_REQUIRE(!ir);
    BOOST_TEST(ir.error().message() == "Pad 'edge': OpenVINO has no layer for it: it pads with the other side");
}

BOOST_AUTO_TEST_CASE(a_resize_of_which_openvino_has_another_form_is_refused) {
    const auto reason = [](float scale) {
        GraphBuilder builder;
        const TensorId x = builder.input("x", {1, 2, 4, 4}), scales = builder.constant("scales", {4}, {1, 1, scale, 1});
        const Attributes smooth = {{"mode", std::string("linear")}, {"antialias", std::int64_t{1}}};
        const TensorId y = builder.node("Resize", "y", {x, TensorId::none, scales}, smooth);
        const Result<IrModel> ir = write_ir(builder.done({y}, 1), nullptr, "test");
        return ir ? "" : ir.error().message().substr(ir.error().message().rfind(": ") + 2);
    };
    BOOST_TEST(reason(0.5F) == "it is antialiased, for which OpenVINO has other weights");
    BOOST_TEST(reason(1.5F) == "");
}

// Integers of either width, and a number in a list where OpenVINO takes a scalar.
BOOST_AUTO_TEST_CASE(lists_may_be_of_int32) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4});
    const auto list = [&](const char* name, std::vector<std::int32_t> values) {
        const auto count = static_cast<std::int64_t>(values.size());
        return builder.graph.add_tensor({name, OCTAVO_S32, {count}, make_buffer(std::move(values)), false});
    };
    const TensorId part = builder.node("Slice", "part", {x, list("from", {1}), list("to", {1 << 30}), list("axis", {2})});
    const TensorId pads = builder.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
    const Graph graph = builder.done({builder.node("Pad", "y", {part, pads, builder.constant("value", {1}, {2.5F})})}, 2);
    const IrModel ir = write_valid(graph);
    BOOST_TEST((constant_of<std::int64_t>(ir, "part/starts") == std::vector<std::int64_t>{1}));
    const Graph again = with_batch(read_valid(ir), 2).value();
    BOOST_TEST(difference(run_graph(graph, random_inputs(graph, 1)), run_graph(again, random_inputs(graph, 1))) == 0);
}

BOOST_AUTO_TEST_CASE(booleans_have_reductions_of_their_own) {
    GraphBuilder builder;
    const TensorId is = builder.node("Greater", "is", {builder.input("x", {-1, 3}), builder.scalar("zero", 0)});
    const TensorId any = builder.node("ReduceMax", "any", {is}, {{"axes", std::vector<std::int64_t>{1}}});
    const IrModel ir = write_valid(builder.done({any}, 1));
    BOOST_TEST(layers_of(ir.xml) == "Parameter x\nGreater is <- x zero\nReduceLogicalOr any <- is any/axes\nResult any/result <- any\n");
    BOOST_TEST(read_valid(ir).nodes.back().op == "ReduceMax");
}

// Several outputs with the values of one tensor, and integers of the width that users of the file see.
BOOST_AUTO_TEST_CASE(outputs_keep_their_names_and_types) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2}), n = builder.input("n", {-1, 2});
    builder.graph[n].type = OCTAVO_S32;
    const TensorId relu = builder.node("Relu", "relu", {x});
    std::vector<TensorId> outputs = {builder.node("Identity", "a", {relu}), relu, builder.node("Identity", "b", {relu}),
                                     builder.node("Identity", "same", {x})};
    outputs.push_back(builder.node("Cast", "whole", {relu}, {{"to", std::int64_t{6}}}));
    outputs.push_back(builder.node("Add", "sum", {n, n}));
    const Graph graph = builder.done(outputs, 2);
    const Graph again = with_batch(read_valid(write_valid(graph)), 2).value();
    const auto border = [](const Graph& of) {
        std::string text;
        for (const std::vector<TensorId>& list : {of.inputs, of.outputs})
            for (const TensorId id : list) text += of[id].name + " " + std::to_string(of[id].type) + "\n";
        return text;
    };
    BOOST_TEST(border(again) == border(graph));
    BOOST_TEST(bool(check_invariants(again, "import")));
}

// Every form that the writer spells in other operators, or with other attributes, must mean the same when it is read again.
BOOST_AUTO_TEST_CASE(what_is_written_reads_back_with_the_same_outputs) {
    using Ints = std::vector<std::int64_t>;
    struct Form {
        const char* op;
        Attributes attributes;
        std::vector<Ints> lists = {};
    };
    const std::vector<Form> forms = {
        {"Relu", {}},
        {"LeakyRelu", {{"alpha", 0.25F}}},
        {"HardSigmoid", {}},
        {"HardSwish", {}},
        {"Silu", {}},
        {"Swish", {{"alpha", 1.5F}}},
        {"Gelu", {}},
        {"Gelu", {{"approximate", std::string("tanh")}}},
        {"Mish", {}},
        {"Elu", {{"alpha", 0.5F}}},
        {"Celu", {{"alpha", 0.5F}}},
        {"Selu", {}},
        {"Reciprocal", {}},
        {"Round", {}},
        {"MaxPool", {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}}},
        {"MaxPool", {{"kernel_shape", Ints{2, 2}}, {"dilations", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}},
        {"AveragePool",
         {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}, {"pads", Ints{1, 0, 0, 1}}}},
        {"AveragePool",
         {{"kernel_shape", Ints{3, 3}},
          {"strides", Ints{2, 2}},
          {"ceil_mode", std::int64_t{1}},
          {"count_include_pad", std::int64_t{1}},
          {"pads", Ints{1, 1, 1, 1}}}},
        {"AveragePool", {{"kernel_shape", Ints{2, 2}}, {"auto_pad", std::string("SAME_UPPER")}}},
        {"GlobalAveragePool", {}},
        {"GlobalMaxPool", {}},
        {"GlobalLpPool", {{"p", std::int64_t{2}}}},
        {"LRN", {{"size", std::int64_t{3}}}},
        {"LRN", {{"size", std::int64_t{3}}, {"alpha", 2.0F}, {"bias", 1.5F}}},
        {"LpNormalization", {{"axis", std::int64_t{1}}}},
        {"Softmax", {{"axis", std::int64_t{1}}, {"opset", std::int64_t{11}}}},
        {"Softmax", {{"axis", std::int64_t{-1}}, {"opset", std::int64_t{13}}}},
        {"LogSoftmax", {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}}},
        {"ReduceSumSquare", {{"axes", Ints{2, 3}}, {"keepdims", std::int64_t{0}}}},
        {"ReduceLogSumExp", {}},
        {"ReduceLogSumExp", {{"axes", Ints{-1, 1}}, {"keepdims", std::int64_t{0}}}},
        {"ReduceSumSquare", {{"noop_with_empty_axes", std::int64_t{1}}}},
        {"ReduceL1", {{"noop_with_empty_axes", std::int64_t{1}}}},
        {"Pow", {}, {{2}}},
        {"Flatten", {{"axis", std::int64_t{1}}}},
        {"Flatten", {{"axis", std::int64_t{2}}}},
        {"Transpose", {{"perm", Ints{0, 2, 3, 1}}}},
        {"DepthToSpace", {{"blocksize", std::int64_t{2}}, {"mode", std::string("CRD")}}},
        {"SpaceToDepth", {{"blocksize", std::int64_t{2}}}},
        {"Reshape", {}, {{0, -1, 5}}},
        {"Slice", {}, {{1, 4}, {3, 0}, {1, 3}, {1, -2}}},
        {"Pad", {{"mode", std::string("reflect")}}, {{0, 0, 1, 0, 0, 0, 2, 1}}},
        {"Tile", {}, {{1, 2, 1, 1}}},
        {"Unsqueeze", {}, {{1}}},
        {"Upsample", {{"scales", std::vector<float>{1, 1, 2, 2}}}},
        {"Resize", {{"scales", std::vector<float>{1, 1, 2, 2}}, {"mode", std::string("linear")}}},
        {"Resize", {{"scales", std::vector<float>{1, 1, 0.4F, 1.7F}}}},
    };
    for (const Form& form : forms) {
        GraphBuilder builder;
        std::vector<TensorId> inputs = {builder.input("x", {-1, 4, 6, 10})};
        if (std::string_view(form.op) == "Resize") {
            inputs.push_back(builder.constant("scales", {4}, std::get<std::vector<float>>(form.attributes.at("scales"))));
        }
        for (const Ints& list : form.lists) inputs.push_back(builder.integers("list" + std::to_string(inputs.size()), list));
        Attributes attributes = form.attributes;
        if (std::string_view(form.op) == "Resize") attributes.erase("scales");
        const Graph graph = builder.done({builder.node(form.op, "y", inputs, attributes)}, 2);
        const Result<Graph> again = with_batch(read_valid(write_valid(graph)), 2);
        BOOST_TEST_CONTEXT(form.op) {
            BOOST_REQUIRE_MESSAGE(again, (again ? "" : again.error().message()));
            BOOST_TEST((*again)[again->outputs[0]].name == "y");
            BOOST_TEST(difference(run_graph(graph, random_inputs(graph, 1)), run_graph(*again, random_inputs(graph, 1))) < 1e-6);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
