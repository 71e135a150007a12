// Exported QDQ models, literally: the patterns that ONNX Runtime fuses, and the numbers that make them say what the plan says.
#include "core/formats/onnx/qdq.h"

#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

#include "core/formats/onnx/qdq_fronts.h"
#include "core/formats/onnx/qdq_weights.h"

#include <cmath>
#include <cstdlib>

namespace octavo {
namespace {

using namespace testing;

// A graph with a plan in which all convolutions are int8 with weight scale 0.5; `x` is on the grid 0.25, 128.
struct Planned {
    GraphBuilder builder;
    Plan plan;
    TensorId x = builder.input("x", {-1, 2, 4, 4});

    Planned() { whole("x", 0.25F, 128); }

    void whole(const std::string& tensor, float scale, std::int32_t zero_point = 0) {
        plan.tensors[tensor].whole = Quantization{{scale}, {zero_point}};
    }
    void channels(const std::string& tensor, std::vector<float> scale, std::vector<std::int32_t> zero_point) {
        plan.tensors[tensor].depthwise = Quantization{std::move(scale), std::move(zero_point)};
    }
    TensorId conv(const std::string& name, TensorId in, std::vector<float> weight, std::vector<float> bias,
                  const std::string& activation = "", std::int64_t group = 1, std::int64_t k = 1) {
        const auto out = static_cast<std::int64_t>(bias.size());
        const auto per_group = static_cast<std::int64_t>(weight.size()) / (out * k * k);
        const TensorId w = builder.constant(name + ".w", {out, per_group, k, k}, std::move(weight));
        const TensorId y = builder.node("Conv", name, {in, w, builder.constant(name + ".b", {out}, std::move(bias))},
                                        {{"group", group}, {"pads", std::vector<std::int64_t>(4, k / 2)}});
        Node& node = builder.graph.nodes.back();
        if (!activation.empty()) node.attributes["activation"] = activation;
        if (activation == "clip") {
            node.attributes["activation_alpha"] = 0.0F;
            node.attributes["activation_beta"] = 6.0F;
        }
        plan.weight_scale[name + ".w"] = {0.5F};
        plan.operators[name] = {Precision::int8, Reason::default_int8};
        return y;
    }
    QdqModel write(std::vector<TensorId> outputs) {
        Result<QdqModel> model = write_onnx_qdq(builder.done(std::move(outputs), 1), plan);
        BOOST_REQUIRE_MESSAGE(model, (model ? "" : model.error().message()));
        return std::move(*model);
    }
};

const std::string kInput =
    "QuantizeLinear x x_scale x_zero_point -> x_quantized\n"
    "DequantizeLinear x_quantized x_scale x_zero_point -> x_dequantized\n";

std::string product(const std::string& name, const std::string& input, const std::string& output) {
    std::string lines;
    for (const std::string part : {".w", ".b"}) {
        const std::string base = name + part;
        lines += "DequantizeLinear " + base + "_quantized " + base + "_scale " + base + "_zero_point -> " + base + "_dequantized\n";
    }
    return lines + "Conv " + input + " " + name + ".w_dequantized " + name + ".b_dequantized -> " + output + "\n";
}

// `input`, a quantized tensor, read with its scale for each channel.
std::string for_float(const std::string& input) {
    const std::string codes = input.substr(0, input.size() - std::string("_dequantized").size());
    return "DequantizeLinear " + codes + "_quantized " + input + "_for_float_scale " + input + "_for_float_zero_point -> " + input +
           "_for_float\n";
}

// An int8 product that ONNX Runtime computes in real numbers.
std::string rounded_product(const std::string& name, const std::string& input, const std::string& output) {
    const std::string w = name + ".w";
    return for_float(input) + "Cast " + w + "_quantized -> " + w + "_cast\n" + "Mul " + w + "_cast " + w + "_scale -> " + w + "_rounded\n" +
           "Conv " + input + "_for_float " + w + "_rounded " + name + ".b_rounded -> " + output + "\n";
}

std::string pair(const std::string& base, const std::string& from, const std::string& to) {
    return "QuantizeLinear " + from + " " + base + "_scale " + base + "_zero_point -> " + base + "_quantized\n" + "DequantizeLinear " +
           base + "_quantized " + base + "_scale " + base + "_zero_point -> " + to + "\n";
}

BOOST_AUTO_TEST_SUITE(onnx_qdq)

// hard_sigmoid(x, 1/4, 1/2) on a grid of 0..255/256: weights take the slope, the bias slope and offset, and the grid is the clip.
BOOST_AUTO_TEST_CASE(a_gate_on_a_grid_that_ends_at_one_goes_into_weights_and_bias) {
    Planned planned;
    const TensorId y = planned.conv("y", planned.x, {1, -2, 63.5F, 0.5F}, {1, -0.5F}, "hard_sigmoid");
    planned.builder.graph.nodes.back().attributes["activation_alpha"] = 0.25F;
    planned.builder.graph.nodes.back().attributes["activation_beta"] = 0.5F;
    planned.whole("y", 0.00390625F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) == kInput + product("y", "x_dequantized", "y_float") + pair("y", "y_float", "y"));
    BOOST_TEST(initializer<std::int8_t>(model.bytes, "y.w_quantized") == (std::vector<std::int8_t>{2, -4, 127, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(initializer<float>(model.bytes, "y.w_scale") == (std::vector<float>{0.125F, 0.125F}), boost::test_tools::per_element());
    BOOST_TEST(initializer<std::int32_t>(model.bytes, "y.b_quantized") == (std::vector<std::int32_t>{24, 12}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_convolution_with_relu_stands_between_two_pairs) {
    Planned planned;
    const TensorId y = planned.conv("y", planned.x, {1, -2, 63.5F, 0.5F}, {1, -0.3F}, "relu");
    planned.whole("y", 0.125F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) ==
               kInput + product("y", "x_dequantized", "y/linear") + "Relu y/linear -> y_float\n" + pair("y", "y_float", "y"));
    BOOST_TEST(model.in_float.empty());
    BOOST_TEST(initializer<std::int8_t>(model.bytes, "y.w_quantized") == (std::vector<std::int8_t>{2, -4, 127, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(initializer<float>(model.bytes, "y.w_scale") == (std::vector<float>{0.5F, 0.5F}), boost::test_tools::per_element());
    BOOST_TEST(initializer<std::int32_t>(model.bytes, "y.b_quantized") == (std::vector<std::int32_t>{8, -2}),
               boost::test_tools::per_element());
    BOOST_TEST(initializer<float>(model.bytes, "y.b_scale") == (std::vector<float>{0.125F, 0.125F}), boost::test_tools::per_element());
    const Result<onnx::ModelProto> proto = onnx::parse_model(model.bytes);
    for (const onnx::TensorProto& tensor : proto->initializers) {
        if (tensor.name == "x_scale" || tensor.name == "x_zero_point") BOOST_TEST(tensor.dims.empty());  // scalars, not lists of one
    }
    BOOST_TEST(proto->inputs[0].name == "x");
    BOOST_TEST(!proto->inputs[0].dims[0].has_value());
    BOOST_TEST(proto->outputs[0].name == "y");
}

BOOST_AUTO_TEST_CASE(a_clip_goes_where_the_grid_ends_do_its_work_and_stays_elsewhere) {
    for (const bool implied : {true, false}) {
        Planned planned;
        const TensorId y = planned.conv("y", planned.x, {1, 2}, {0}, "clip");
        planned.whole("y", implied ? 6.0F / 255 : 7.0F / 255);
        const QdqModel model = planned.write({y});
        const std::string clip = "Clip y/linear y/clip/min y/clip/max -> y_float\n";
        BOOST_TEST(nodes_of(model.bytes) ==
                   kInput +
                       (implied ? product("y", "x_dequantized", "y_float") : rounded_product("y", "x_dequantized", "y/linear") + clip) +
                       pair("y", "y_float", "y"));
        BOOST_TEST(model.in_float.size() == (implied ? 0U : 1U));
        if (!implied) BOOST_TEST(model.in_float[0].reason == "the grid of its output reaches beyond its clip");
    }
}

BOOST_AUTO_TEST_CASE(a_residual_is_added_behind_a_pair_of_its_own) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "relu");
    const TensorId y = planned.conv("y", a, {1, 0, 0, 1}, {0, 0}, "relu");
    Node& node = planned.builder.graph.nodes[1];
    node.inputs.push_back(a);
    node.attributes["inner"] = std::string("inner");
    planned.whole("a", 0.5F);
    planned.whole("inner", 0.25F, 100);
    planned.whole("y", 1.0F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) ==
               kInput + product("a", "x_dequantized", "a/linear") + "Relu a/linear -> a\n" + pair("a", "a", "a_dequantized") +
                   product("y", "a_dequantized", "inner") + pair("inner", "inner", "inner_dequantized") +
                   "Add inner_dequantized a_dequantized -> y/linear\n" + "Relu y/linear -> y_float\n" + pair("y", "y_float", "y"));
    BOOST_TEST(model.in_float.empty());
    BOOST_TEST(initializer<std::uint8_t>(model.bytes, "inner_zero_point") == std::vector<std::uint8_t>{100},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(factors_by_channel_go_into_the_weights_on_both_sides_of_a_relu) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {1, 1}, "relu");
    const TensorId y = planned.conv("y", a, {1, 2}, {0, 3}, "", 2);
    planned.channels("a", {0.25F, 0.0625F}, {0, 0});
    planned.whole("y", 1.0F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) == kInput + product("a", "x_dequantized", "a/linear") + "Relu a/linear -> a_scaled\n" +
                                            pair("a", "a_scaled", "a_dequantized") + product("y", "a_dequantized", "y_float") +
                                            pair("y", "y_float", "y"));
    BOOST_TEST(model.in_float.empty());
    const auto floats = [&](const char* name) { return initializer<float>(model.bytes, name); };
    BOOST_TEST(floats("a_scale") == std::vector<float>{0.25F}, boost::test_tools::per_element());
    // The second channel is written four times as large and read at a quarter; codes stay.
    BOOST_TEST(floats("a.w_scale") == (std::vector<float>{0.5F, 2.0F}), boost::test_tools::per_element());
    BOOST_TEST(floats("a.b_scale") == (std::vector<float>{0.125F, 0.5F}), boost::test_tools::per_element());
    BOOST_TEST(initializer<std::int8_t>(model.bytes, "a.w_quantized") == (std::vector<std::int8_t>{2, 0, 0, 2}),
               boost::test_tools::per_element());
    BOOST_TEST(initializer<std::int32_t>(model.bytes, "a.b_quantized") == (std::vector<std::int32_t>{8, 8}),
               boost::test_tools::per_element());
    BOOST_TEST(floats("y.w_scale") == (std::vector<float>{0.5F, 0.125F}), boost::test_tools::per_element());
    BOOST_TEST(floats("y.b_scale") == (std::vector<float>{0.125F, 0.03125F}), boost::test_tools::per_element());
    BOOST_TEST(initializer<std::int32_t>(model.bytes, "y.b_quantized") == (std::vector<std::int32_t>{0, 96}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_never_above_zero_does_not_keep_the_clip) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "clip");
    const TensorId y = planned.conv("y", a, {1, 2}, {0, 0}, "", 2);
    planned.channels("a", {3.0F / 255, 1.0F}, {0, 0});  // the second channel was dead: its scale is as good as any
    planned.whole("y", 1.0F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes).find("Clip") == std::string::npos);
    BOOST_TEST(model.in_float.empty());
    BOOST_TEST(initializer<float>(model.bytes, "a_scale") == std::vector<float>{6.0F / 255}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(behind_a_bending_activation_channels_are_scaled_shifted_and_padded_in_float) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "silu");
    const TensorId y = planned.conv("y", a, std::vector<float>(18, 0.5F), {1, 1}, "", 2, 3);
    planned.channels("a", {0.5F, 0.25F}, {3, 8});
    planned.whole("y", 1.0F);
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) == kInput + rounded_product("a", "x_dequantized", "a/linear") + "Sigmoid a/linear -> a/sigmoid\n" +
                                            "Mul a/linear a/sigmoid -> a\n" + "Pad a a_pads -> a_padded\n" +
                                            "Mul a_padded a_factor -> a_scaled\n" + "Add a_scaled a_offset -> a_shifted\n" +
                                            pair("a_channels", "a_shifted", "a_channels_dequantized") +
                                            product("y", "a_channels_dequantized", "y_float") + pair("y", "y_float", "y"));
    BOOST_TEST(model.in_float == (std::vector<FloatOperator>{{"a", "its output is rescaled by channel"}}));
    const auto floats = [&](const char* name) { return initializer<float>(model.bytes, name); };
    BOOST_TEST(initializer<std::int64_t>(model.bytes, "a_pads") == (std::vector<std::int64_t>{0, 0, 1, 1, 0, 0, 1, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(floats("a_factor") == (std::vector<float>{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(floats("a_offset") == (std::vector<float>{1.5F, 4}), boost::test_tools::per_element());
    BOOST_TEST(initializer<std::uint8_t>(model.bytes, "a_channels_zero_point") == std::vector<std::uint8_t>{0},
               boost::test_tools::per_element());
    BOOST_TEST(floats("y.w_scale") == (std::vector<float>{0.5F, 0.25F}), boost::test_tools::per_element());
    // Bias 1 less zero point * scale * sum of nine weights of 0.5: 1 - 3 * 0.5 * 4.5 and 1 - 8 * 0.25 * 4.5, in steps of 0.25 and 0.125.
    BOOST_TEST(initializer<std::int32_t>(model.bytes, "y.b_quantized") == (std::vector<std::int32_t>{-23, -64}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_tensor_read_both_ways_gets_both_grids) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "relu");
    const TensorId y = planned.conv("y", a, {1, 2}, {0, 0}, "", 2);
    const TensorId z = planned.conv("z", a, {1, 2}, {0});
    planned.whole("a", 0.5F);
    planned.channels("a", {0.5F, 0.25F}, {0, 0});
    planned.whole("y", 1.0F);
    planned.whole("z", 1.0F);
    const QdqModel model = planned.write({y, z});
    BOOST_TEST(nodes_of(model.bytes) == kInput + rounded_product("a", "x_dequantized", "a/linear") + "Relu a/linear -> a\n" +
                                            pair("a", "a", "a_dequantized") + "Mul a a_factor -> a_scaled\n" +
                                            pair("a_channels", "a_scaled", "a_channels_dequantized") +
                                            product("y", "a_channels_dequantized", "y_float") + pair("y", "y_float", "y") +
                                            product("z", "a_dequantized", "z_float") + pair("z", "z_float", "z"));
    BOOST_TEST(model.in_float == (std::vector<FloatOperator>{{"a", "its output is read both by channel and whole"}}));
}

BOOST_AUTO_TEST_CASE(a_float_reader_of_channels_gets_reals_back) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "relu");
    const TensorId y = planned.conv("y", a, {1, 2}, {0, 0}, "", 2);
    const TensorId z = planned.builder.node("Exp", "z", {a});
    planned.channels("a", {0.5F, 0.25F}, {0, 0});
    const QdqModel model = planned.write({y, z});
    BOOST_TEST(nodes_of(model.bytes) == kInput + product("a", "x_dequantized", "a/linear") + "Relu a/linear -> a_scaled\n" +
                                            pair("a", "a_scaled", "a_dequantized") + rounded_product("y", "a_dequantized", "y") +
                                            "Mul a_dequantized a_ratio -> a_real\n" + "Exp a_real -> z\n");
    BOOST_TEST(initializer<float>(model.bytes, "a_ratio") == (std::vector<float>{1, 0.5F}), boost::test_tools::per_element());
    BOOST_TEST(model.in_float == (std::vector<FloatOperator>{{"y", "its output has no parameters"}}));
}

// ONNX Runtime would round their weights to one scale of 8 bits: it does so behind a DequantizeLinear of one scale, and of no other.
BOOST_AUTO_TEST_CASE(products_in_floating_point_read_one_scale_as_many) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0});
    const TensorId y = planned.conv("y", a, {1, 2}, {0});
    const TensorId z = planned.conv("z", a, {1, 2}, {0}), other = planned.conv("other", a, {1, 2}, {0});
    planned.whole("a", 0.5F, 3);
    planned.whole("z", 1.0F);
    for (const char* name : {"z", "other"}) planned.plan.operators[name] = {Precision::fp32, Reason::ignored};
    const QdqModel model = planned.write({y, z, other});
    BOOST_TEST(nodes_of(model.bytes) == kInput + product("a", "x_dequantized", "a") + pair("a", "a", "a_dequantized") +
                                            rounded_product("y", "a_dequantized", "y") +
                                            "Conv a_dequantized_for_float z.w z.b -> z_float\n" + pair("z", "z_float", "z") +
                                            "Conv a_dequantized_for_float other.w other.b -> other\n");
    BOOST_TEST(initializer<float>(model.bytes, "a_dequantized_for_float_scale") == (std::vector<float>{0.5F, 0.5F}),
               boost::test_tools::per_element());
    BOOST_TEST(initializer<std::uint8_t>(model.bytes, "a_dequantized_for_float_zero_point") == (std::vector<std::uint8_t>{3, 3}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(pooling_and_concatenation_read_and_write_pairs) {
    Planned planned;
    GraphBuilder& builder = planned.builder;
    const TensorId pool = builder.node("MaxPool", "pool", {planned.x}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    const TensorId both = builder.node("Concat", "both", {pool, pool}, {{"axis", std::int64_t{1}}});
    const TensorId mean = builder.node("GlobalAveragePool", "mean", {both});
    planned.whole("pool", 0.25F, 128);
    planned.whole("both", 0.25F, 128);
    planned.whole("mean", 0.125F, 128);
    BOOST_TEST(nodes_of(planned.write({mean}).bytes) ==
               kInput + "MaxPool x_dequantized -> pool\n" + pair("pool", "pool", "pool_dequantized") +
                   "Concat pool_dequantized pool_dequantized -> both\n" + pair("both", "both", "both_dequantized") +
                   "GlobalAveragePool both_dequantized -> mean_float\n" + pair("mean", "mean_float", "mean"));
}

// ONNX Runtime's average of codes divides by the whole window: no average stands between two pairs. Without padding nothing counts that
// could be left out.
BOOST_AUTO_TEST_CASE(an_average_beyond_padding_that_counts_is_one_of_what_lies_inside) {
    const auto written = [](std::int64_t pad) {
        Planned planned;
        const Attributes attributes = {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                       {"strides", std::vector<std::int64_t>{2, 2}},
                                       {"pads", std::vector<std::int64_t>(4, pad)},
                                       {"ceil_mode", std::int64_t{1}},
                                       {"count_include_pad", std::int64_t{1}}};
        const TensorId mean = planned.builder.node("AveragePool", "mean", {planned.x}, attributes);
        planned.whole("mean", 0.25F, 128);
        planned.plan.operators["mean"] = {Precision::int8, Reason::default_int8};
        return planned.write({mean});
    };
    const QdqModel beyond = written(1), within = written(0);
    BOOST_TEST(nodes_of(beyond.bytes) == kInput + "AveragePool x_dequantized -> mean/inside\n" +
                                             "Mul mean/inside mean/share -> mean_float\n" + pair("mean", "mean_float", "mean"));
    BOOST_TEST(beyond.in_float == (std::vector<FloatOperator>{{"mean", "its windows reach beyond padding that counts"}}));
    const std::vector<float> shares = {4.0F / 9, 2.0F / 3, 1.0F / 3, 2.0F / 3, 1, 0.5F, 1.0F / 3, 0.5F, 0.25F};
    BOOST_TEST(initializer<float>(beyond.bytes, "mean/share") == shares, boost::test_tools::per_element());
    BOOST_TEST(nodes_of(within.bytes) == kInput + "AveragePool x_dequantized -> mean_float\n" + pair("mean", "mean_float", "mean"));
    BOOST_TEST(within.in_float.empty());
    for (const QdqModel* model : {&beyond, &within})
        BOOST_TEST(!node_named(read_valid(model->bytes), "mean").attributes.contains("count_include_pad"));
}

BOOST_AUTO_TEST_CASE(a_replaced_bias_is_the_one_that_counts) {
    Planned planned;
    const TensorId y = planned.conv("y", planned.x, {1, 1}, {1}, "relu");
    planned.whole("y", 1.0F);
    planned.plan.replaced["y.b"] = {2};
    BOOST_TEST(initializer<std::int32_t>(planned.write({y}).bytes, "y.b_quantized") == std::vector<std::int32_t>{16},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_bias_between_the_steps_stays_real) {
    Planned planned;
    const TensorId y = planned.conv("y", planned.x, {50, 1, 1, 1}, {0.05F, 0}, "relu");
    planned.whole("y", 0.01F);  // input scale * weight scale is 0.125
    const QdqModel model = planned.write({y});
    BOOST_TEST(nodes_of(model.bytes) ==
               kInput + rounded_product("y", "x_dequantized", "y/linear") + "Relu y/linear -> y_float\n" + pair("y", "y_float", "y"));
    BOOST_TEST(model.in_float.size() == 1U);
    BOOST_TEST(initializer<float>(model.bytes, "y.b_rounded") == (std::vector<float>{0.05F, 0}), boost::test_tools::per_element());
}

// Two convolutions lie before y, so that a grid in front of its SiLU costs little.
BOOST_AUTO_TEST_CASE(a_silu_stands_between_pairs_that_make_it_integer) {
    Planned planned;
    const TensorId a = planned.conv("a", planned.x, {1, 0, 0, 1}, {0, 0}, "silu");
    const TensorId b = planned.conv("b", a, {1, 0, 0, 1}, {0, 0}, "silu");
    const TensorId y = planned.conv("y", b, {1, 0, 0, 1}, {0, 0}, "silu");
    for (const char* name : {"a", "b", "y"}) planned.whole(name, 0.03F, 9);
    const QdqModel model = planned.write({y});
    const std::string lines = nodes_of(model.bytes);
    const std::string last = product("y", "b_dequantized", "y/linear") + pair("y/linear", "y/linear", "y/linear_dequantized") +
                             "Sigmoid y/linear_dequantized -> y/gate\n" + pair("y/gate", "y/gate", "y/gate_dequantized") +
                             "Mul y/linear_dequantized y/gate_dequantized -> y_float\n" + pair("y", "y_float", "y");
    BOOST_TEST(lines.substr(lines.size() - std::min(last.size(), lines.size())) == last);
    const char* const reason = "it is one of the first, where a grid in front of the activation costs most";
    BOOST_TEST(model.in_float == (std::vector<FloatOperator>{{"a", reason}, {"b", reason}}));
}

// Its gate ends where the grid of the sum does, and is read as a sixth.
BOOST_AUTO_TEST_CASE(a_hard_swish_stands_between_pairs_that_make_it_integer) {
    Planned planned;
    TensorId last = planned.x;
    for (const char* name : {"a", "b", "y"}) {
        last = planned.conv(name, last, {1, 0, 0, 1}, {0, 0}, "hard_swish");
        planned.whole(name, 0.03F, 13);
    }
    const QdqModel model = planned.write({last});
    const std::string lines = nodes_of(model.bytes);
    const std::string end = product("y", "b_dequantized", "y/linear") + pair("y/linear", "y/linear", "y/linear_dequantized") +
                            "DequantizeLinear y/three_quantized y/three_scale y/three_zero_point -> y/three\n" +
                            "Add y/linear_dequantized y/three -> y/gate\n" +
                            "QuantizeLinear y/gate y/gate_scale y/gate_zero_point -> y/gate_quantized\n" +
                            "DequantizeLinear y/gate_quantized y/gate_sixth_scale y/gate_zero_point -> y/gate_sixth\n" +
                            "Mul y/linear_dequantized y/gate_sixth -> y_float\n" + pair("y", "y_float", "y");
    BOOST_TEST(lines.substr(lines.size() - std::min(end.size(), lines.size())) == end);
    BOOST_TEST(initializer<float>(model.bytes, "y/gate_scale")[0] == 6.0F / 255);
    BOOST_TEST(initializer<float>(model.bytes, "y/gate_sixth_scale")[0] == 1.0F / 255);
    BOOST_TEST(model.in_float.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_grid_in_front_of_an_activation_holds_all_that_the_one_behind_can_tell_apart) {
    for (const Activation activation : {Activation{ActivationKind::silu, 0, 0}, Activation{ActivationKind::hard_swish, 0, 0},
                                        Activation{ActivationKind::leaky_relu, 0.25F, 0}}) {
        for (const onnx::Grid behind : {onnx::Grid{0.5F, 1}, onnx::Grid{0.0625F, 9}, onnx::Grid{0.03125F, 128}}) {
            const std::optional<onnx::Grid> front = onnx::grid_in_front(activation, behind);
            BOOST_REQUIRE(front.has_value());
            BOOST_TEST((0 <= front->zero_point && front->zero_point <= 255));
            const auto end = [&](int code) { return front->scale * static_cast<float>(code - front->zero_point); };
            const auto code = [&](float x) {
                const float value = std::nearbyint(apply_activation(activation, x) / behind.scale) + static_cast<float>(behind.zero_point);
                return std::clamp(value, 0.0F, 255.0F);
            };
            for (float beyond = 0; beyond < 40; beyond += 0.125F) {
                BOOST_TEST(std::abs(code(end(0) - beyond) - code(end(0))) <= 1);
                BOOST_TEST(std::abs(code(end(255) + beyond) - code(end(255))) <= 1);
            }
        }
    }
    BOOST_TEST(!onnx::grid_in_front({ActivationKind::silu, 0, 0}, {0.002F, 128}).has_value());
    BOOST_TEST(!onnx::grid_in_front({ActivationKind::leaky_relu, 0.01F, 0}, {0.03F, 128}).has_value());
    BOOST_TEST(!onnx::grid_in_front({ActivationKind::gelu, 0, 0}, {0.03F, 9}).has_value());
}

BOOST_AUTO_TEST_CASE(a_scale_and_shift_between_grids_is_a_depthwise_convolution) {
    for (const bool has_grid : {true, false}) {
        Planned planned;
        const TensorId scale = planned.builder.constant("y.w", {2}, {63.5F, -0.5F}), shift = planned.builder.constant("y.b", {2}, {1, 0});
        const TensorId y = planned.builder.node("ScaleShift", "y", {planned.x, scale, shift}, {{"activation", std::string("relu")}});
        planned.plan.operators["y"] = {Precision::int8, Reason::default_int8};
        if (has_grid) planned.whole("y", 0.5F);
        const QdqModel model = planned.write({y});
        if (!has_grid) {
            BOOST_TEST(nodes_of(model.bytes).find("Conv") == std::string::npos);
            continue;
        }
        BOOST_TEST(nodes_of(model.bytes) ==
                   kInput + product("y", "x_dequantized", "y/linear") + "Relu y/linear -> y_float\n" + pair("y", "y_float", "y"));
        BOOST_TEST(initializer<std::int8_t>(model.bytes, "y.w_quantized") == (std::vector<std::int8_t>{127, -127}),
                   boost::test_tools::per_element());
        BOOST_TEST(initializer<float>(model.bytes, "y.w_scale") == (std::vector<float>{0.5F, 0.5F / 127}),
                   boost::test_tools::per_element());
        BOOST_TEST(initializer<std::int32_t>(model.bytes, "y.b_quantized") == (std::vector<std::int32_t>{8, 0}),
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_bias_that_does_not_fit_makes_its_weights_coarser) {
    const std::vector<float> weight = {1e-9F, 1};
    const onnx::QuantizedProduct product = onnx::quantize_product({.weight = weight, .scale = {1e-11F, 0.01F}, .bias = {1, 1}});
    BOOST_TEST(std::abs(product.bias[0]) <= 1 << 30);
    BOOST_TEST(std::abs(static_cast<double>(product.bias[0]) * static_cast<double>(product.bias_scale[0]) - 1) < 1e-6);
    BOOST_TEST(static_cast<float>(product.weight[0]) * product.scale[0] == 1e-9F, boost::test_tools::tolerance(0.5F));
    BOOST_TEST(product.scale[1] == 0.01F);
    BOOST_TEST(product.bias[1] == 100);
}

BOOST_AUTO_TEST_CASE(a_plan_that_lacks_something_is_refused_by_name) {
    Planned no_scale;
    const TensorId y = no_scale.conv("y", no_scale.x, {1, 1}, {0});
    no_scale.plan.weight_scale.clear();
    const Result<QdqModel> first = write_onnx_qdq(no_scale.builder.done({y}, 1), no_scale.plan);
    BOOST_REQUIRE(!first);
    BOOST_TEST(first.error().message() == "plan: Conv 'y' is int8, but its weight 'y.w' has no scale");
    Planned no_input;
    const TensorId z = no_input.conv("z", no_input.x, {1, 1}, {0});
    no_input.plan.tensors.clear();
    const Result<QdqModel> second = write_onnx_qdq(no_input.builder.done({z}, 1), no_input.plan);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().message() == "plan: Conv 'z' is int8, but its input 'x' has no parameters");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
