// What the operators of a file become: which order tensors are held in, and quantization.
#include "core/formats/tflite/reader.h"

#include "core/formats/grids/grids.h"
#include "core/passes/passes.h"
#include "tests/core/formats/tflite/tflite_test.h"

#include <functional>

namespace octavo {
namespace {

using namespace testing;
using tflite::Element;

BOOST_AUTO_TEST_SUITE(tflite_reader)

// ---- order of dimensions

// 1x2x2x2, pixels (1,2) (3,4) / (5,6) (7,8); weight O = 1 of I = (1, 10).
BOOST_AUTO_TEST_CASE(images_and_weights_are_nchw) {
    TfliteBuilder b;
    const int x = b.input({1, 2, 2, 2});
    const Graph graph =
        read_valid(b.done({b.op_to({1, 2, 2, 1}, kConv, {x, b.floats({1, 1, 1, 2}, {1, 10}), b.floats({1}, {0.5F})}, kOneByOne)}));
    BOOST_TEST(ops_of(graph) == "Conv");
    BOOST_TEST((graph[graph.inputs[0]].shape == Shape{1, 2, 2, 2}));
    BOOST_TEST((graph[tensor_named(graph, "t1")].shape == Shape{1, 2, 1, 1}));
    const std::vector<std::vector<float>> y = run_graph(graph, {{1, 3, 5, 7, 2, 4, 6, 8}});
    BOOST_TEST(y.at(0) == (std::vector<float>{21.5F, 43.5F, 65.5F, 87.5F}), boost::test_tools::per_element());
}

// As converters from ONNX write it: a transposition around each convolution, and between them what takes axes.
BOOST_AUTO_TEST_CASE(transpositions_that_cancel_leave_nothing) {
    TfliteBuilder b;
    const int x = b.input({1, 3, 4, 5});
    const int to_nhwc = b.integers({0, 2, 3, 1}), to_nchw = b.integers({0, 3, 1, 2});
    const auto conv = [&](int from, std::int32_t channels) {
        const int turned = b.op_to({1, 4, 5, channels}, kTranspose, {from, to_nhwc});
        const int y = b.op_to({1, 4, 5, 3}, kConv, {turned, b.filled({3, 1, 1, channels}), b.filled({3})}, kOneByOne);
        return b.op_to({1, 3, 4, 5}, kTranspose, {y, to_nchw});
    };
    const int both = b.op_to({1, 6, 4, 5}, kConcatenation, {conv(x, 3), x}, {{0, 1}});
    const Graph graph = read_valid(b.done({conv(both, 6)}));
    BOOST_TEST(ops_of(graph) == "Conv Concat Conv Identity");
    BOOST_TEST((graph[graph.inputs[0]].shape == Shape{1, 3, 4, 5}));
    BOOST_TEST((graph[graph.outputs[0]].shape == Shape{1, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(reshapes_move_values_only_where_they_must) {
    const auto ops = [](const std::vector<std::int32_t>& from, const std::vector<std::int32_t>& to) {
        TfliteBuilder b;
        const int x = b.op_to(from, kMaxPool, {b.input(from)}, {{1, 1}, {2, 1}, {3, 1}, {4, 1}});
        return ops_of(read_valid(b.done({b.op_to(to, kReshape, {x, b.integers(to)})})));
    };
    BOOST_TEST(ops({1, 1, 1, 6}, {1, 6}) == "MaxPool Reshape");
    BOOST_TEST(ops({1, 2, 3, 1}, {1, 6}) == "MaxPool Reshape");
    BOOST_TEST(ops({1, 2, 3, 4}, {1, 24}) == "MaxPool Transpose Reshape");
    BOOST_TEST(ops({1, 2, 3, 4}, {1, 12, 2}) == "MaxPool Transpose Reshape");
    BOOST_TEST(ops({1, 2, 3, 4}, {1, 1, 2, 3, 4}) == "MaxPool Reshape Transpose");  // the output has the file's order
}

BOOST_AUTO_TEST_CASE(a_channel_shuffle_is_one_transposition) {
    TfliteBuilder b;
    const int x = b.op_to({1, 2, 3, 4}, kMaxPool, {b.input({1, 2, 3, 4})}, {{1, 1}, {2, 1}, {3, 1}, {4, 1}});
    const int groups = b.op_to({1, 2, 3, 2, 2}, kReshape, {x, b.integers({1, 2, 3, 2, 2})});
    const int turned = b.op_to({1, 2, 3, 2, 2}, kTranspose, {groups, b.integers({0, 1, 2, 4, 3})});
    const int y = b.op_to({1, 2, 3, 4}, kReshape, {turned, b.integers({1, 2, 3, 4})});
    const Graph graph = read_valid(b.done({y}));
    BOOST_TEST(ops_of(graph) == "MaxPool Reshape Transpose Reshape");
    std::vector<float> image, shuffled;
    for (int i = 0; i < 24; ++i) image.push_back(static_cast<float>(i));
    for (const int channel : {0, 2, 1, 3}) shuffled.insert(shuffled.end(), image.begin() + channel * 6, image.begin() + channel * 6 + 6);
    BOOST_TEST(run_graph(graph, {image}).at(0) == shuffled, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_input_is_an_image_where_that_comes_first) {
    const auto input_of = [](auto make) {
        TfliteBuilder b;
        const int x = b.input({1, 2, 3, 4});
        const Graph graph = read_valid(b.done({make(b, x)}));
        return graph[graph.inputs[0]].shape;
    };
    const Fields pool = {{1, 1}, {2, 1}, {3, 1}, {4, 1}};
    const Shape image = {1, 4, 2, 3}, file = {1, 2, 3, 4};
    BOOST_TEST((input_of([&](TfliteBuilder& b, int x) {
                    return b.op_to({1, 2, 3, 4}, kMaxPool, {b.op_to({1, 2, 3, 4}, kRelu, {x})}, pool);
                }) == image));
    BOOST_TEST((input_of([&](TfliteBuilder& b, int x) { return b.op_to({1, 24}, kReshape, {x, b.integers({1, 24})}); }) == file));
    BOOST_TEST((input_of([&](TfliteBuilder& b, int x) { return b.op_to({1, 2, 3, 4}, kRelu, {x}); }) == file));
}

// Every row of the table by the operators that it writes, behind a pooling that makes the input an image; values are compared with
// LiteRT's in tests/peers/tflite_operators.py.
BOOST_AUTO_TEST_CASE(each_operator_becomes_what_it_says) {
    struct Case {
        std::int32_t code;
        std::vector<std::int32_t> output;
        std::string ops;
        Fields options;
        std::function<std::vector<std::int32_t>(TfliteBuilder&, int)> inputs;  // with x
    };
    using V = std::vector<std::int32_t>;
    const V image = {1, 4, 6, 2};
    const auto alone = [](TfliteBuilder&, int x) { return V{x}; };
    const auto with = [](V values) { return [values](TfliteBuilder& b, int x) { return V{x, b.integers(values)}; }; };
    const auto with_two = [](V one, V two) {
        return [one, two](TfliteBuilder& b, int x) { return V{x, b.integers(one), b.integers(two)}; };
    };
    const auto with_channels = [](TfliteBuilder& b, int x) { return V{x, b.filled({2})}; };
    const std::vector<Case> cases = {
        {kAdd, image, "Add", {}, with_channels},
        {41, image, "Sub", {}, with_channels},
        {kMul, image, "Mul Relu", {byte(0, 1)}, with_channels},
        {42, image, "Div Clip", {byte(0, 3)}, with_channels},
        {55, image, "Max", {}, with_channels},
        {57, image, "Min", {}, with_channels},
        {78, image, "Pow", {}, with_channels},
        {99, image, "Sub Mul", {}, with_channels},
        {106,
         image,
         "Sum",
         {},
         [](TfliteBuilder&, int x) {
             return V{x, x, x};
         }},
        {kPRelu,
         image,
         "PRelu",
         {},
         [](TfliteBuilder& b, int x) {
             return V{x, b.filled({1, 1, 2})};
         }},
        {101, image, "Abs", {}, alone},
        {104, image, "Ceil", {}, alone},
        {111, image, "Elu", {}, alone},
        {47, image, "Exp", {}, alone},
        {8, image, "Floor", {}, alone},
        {kGelu, image, "Gelu", {}, alone},
        {117, image, "HardSwish", {}, alone},
        {kLeakyRelu, image, "LeakyRelu", {{0, 0.5F}}, alone},
        {73, image, "Log", {}, alone},
        {kLogistic, image, "Sigmoid", {}, alone},
        {59, image, "Neg", {}, alone},
        {kRelu, image, "Relu", {}, alone},
        {kRelu6, image, "Clip", {}, alone},
        {20, image, "Clip", {}, alone},
        {152, image, "Clip", {}, alone},
        {116, image, "Round", {}, alone},
        {76, image, "Sqrt Reciprocal", {}, alone},
        {158, image, "Sign", {}, alone},
        {75, image, "Sqrt", {}, alone},
        {92, image, "Mul", {}, alone},
        {28, image, "Tanh", {}, alone},
        {71, image, "Equal", {}, with_channels},
        {72, image, "Equal Not", {}, with_channels},
        {61, image, "Greater", {}, with_channels},
        {62, image, "GreaterOrEqual", {}, with_channels},
        {58, image, "Less", {}, with_channels},
        {63, image, "LessOrEqual", {}, with_channels},
        {kDequantize, image, "Identity", {}, alone},
        {kCast, image, "Cast", {}, alone},
        {kConv,
         {1, 4, 6, 3},
         "Conv Clip",
         {{1, 1}, {2, 1}, byte(3, 2)},
         [](TfliteBuilder& b, int x) {
             return V{x, b.filled({3, 1, 1, 2}), -1};
         }},
        {kDepthwiseConv,
         {1, 2, 3, 4},
         "Conv Relu",
         {{1, 2}, {2, 2}, {3, 2}, byte(4, 1)},
         [](TfliteBuilder& b, int x) {
             return V{x, b.filled({1, 3, 3, 4}), b.filled({4})};
         }},
        {kTransposeConv,
         {1, 8, 12, 3},
         "ConvTranspose",
         {{1, 2}, {2, 2}},
         [](TfliteBuilder& b, int x) {
             return V{b.integers({1, 8, 12, 3}), b.filled({3, 3, 3, 2}), x};
         }},
        {kMaxPool, {1, 2, 3, 2}, "MaxPool", {{1, 2}, {2, 2}, {3, 2}, {4, 2}}, alone},
        {kAveragePool, {1, 3, 5, 2}, "AveragePool", {byte(0, 1), {1, 1}, {2, 1}, {3, 2}, {4, 2}}, alone},
        {kResizeBilinear, {1, 8, 12, 2}, "Resize", {}, with({8, 12})},
        {kResizeNearest, {1, 8, 12, 2}, "Resize", {}, with({8, 12})},
        {kSpaceToDepth, {1, 2, 3, 8}, "SpaceToDepth", {{0, 2}}, alone},
        {kResponseNormalization, image, "LRN", {{0, 1}, {2, 1.0F}, {3, 1.0F}}, alone},
        {kL2Normalization, image, "Mul ReduceSum Sqrt Max Div", {}, alone},
        {kSoftmax, image, "Softmax", {{0, 1.0F}}, alone},
        {kSoftmax, image, "Mul Softmax", {{0, 2.0F}}, alone},
        {50, image, "LogSoftmax", {}, alone},
        {kMean, {1, 2}, "ReduceMean", {}, with({1, 2})},
        {74, {1, 1, 1, 2}, "ReduceSum", {byte(0, 1)}, with({1, 2})},
        {82, {1, 2}, "ReduceMax", {}, with({1, 2})},
        {89, {1, 2}, "ReduceMin", {}, with({1, 2})},
        {81, {1, 2}, "ReduceProd", {}, with({1, 2})},
        {kConcatenation,
         {1, 4, 6, 4},
         "Concat",
         {{0, 3}},
         [](TfliteBuilder&, int x) {
             return V{x, x};
         }},
        {kPack,
         {2, 1, 4, 6, 2},
         "Transpose Unsqueeze Unsqueeze Concat",
         {},
         [](TfliteBuilder&, int x) {
             return V{x, x};
         }},
        {kReshape, {1, 48}, "Transpose Reshape", {{0, V{1, 48}}}, alone},
        {kSqueeze, {4, 6, 2}, "Squeeze Transpose", {{0, V{0}}}, alone},
        {kExpandDims, {1, 1, 4, 6, 2}, "Unsqueeze Transpose", {}, with({0})},
        {kTranspose, {2, 6, 4, 1}, "Transpose", {}, with({3, 2, 1, 0})},
        {kSlice, {1, 2, 6, 2}, "Slice", {}, with_two({0, 1, 0, 0}, {1, 2, -1, 2})},
        {kPad, {1, 5, 6, 2}, "Pad", {}, with({0, 0, 1, 0, 0, 0, 0, 0})},
        {60,
         {1, 5, 6, 2},
         "Pad",
         {},
         [](TfliteBuilder& b, int x) {
             return V{x, b.integers({0, 0, 1, 0, 0, 0, 0, 0}), b.filled({1})};
         }},
        {kMirrorPad, {1, 5, 6, 2}, "Pad", {byte(0, 1)}, with({0, 0, 1, 0, 0, 0, 0, 0})},
        {kGather, {1, 4, 3, 2}, "Gather", {{0, 2}}, with({0, 0, 5})},
        {kTile, {1, 4, 12, 2}, "Tile", {}, with({1, 1, 2, 1})},
        {kBroadcastTo, {3, 4, 6, 2}, "Transpose Expand", {}, with({3, 4, 6, 2})},
        {kShape, {4}, "Shape Gather", {}, alone},
        {kArgMax, {1, 4, 6}, "ArgMax", {}, with({3})},
        {79, {1, 4, 6}, "ArgMin", {}, with({-1})},
        {kFullyConnected,
         {1, 3},
         "Transpose Reshape Gemm",
         {},
         [](TfliteBuilder& b, int x) {
             return V{x, b.filled({3, 48}), b.filled({3})};
         }},
        {126,
         {1, 4, 6, 3},
         "Transpose MatMul",
         {},
         [](TfliteBuilder& b, int x) {
             return V{x, b.filled({1, 4, 2, 3})};
         }},
    };
    for (const Case& c : cases) {
        TfliteBuilder b;
        const int x = b.op_to(image, kMaxPool, {b.input(image)}, {{1, 1}, {2, 1}, {3, 1}, {4, 1}});
        V inputs = c.inputs(b, x);
        const Result<Graph> graph = read_tflite(b.done({b.op_to(c.output, c.code, std::move(inputs), c.options)}));
        BOOST_TEST_CONTEXT(tflite::operator_name(c.code)) {
            BOOST_CHECK_MESSAGE(graph, (graph ? "" : graph.error().message()));
            if (graph) BOOST_TEST(ops_of(*graph) == "MaxPool " + c.ops);
        }
    }
}

BOOST_AUTO_TEST_CASE(parts_are_outputs_of_their_own) {
    TfliteBuilder b;
    const int x = b.input({1, 2, 3, 4});
    std::vector<std::int32_t> outputs = {b.tensor({1, 2, 3, 1}), b.tensor({1, 2, 3, 3})};
    b.op(102, {x, b.integers({1, -1}), b.integers({3})}, outputs, {{0, 2}});
    const std::vector<std::int32_t> rows = {b.tensor({1, 3, 4}), b.tensor({1, 3, 4})},
                                    halves = {b.tensor({1, 2, 3, 2}), b.tensor({1, 2, 3, 2})};
    b.op(kUnpack, {x}, rows, {{0, 2}, {1, 1}});
    b.op(kSplit, {b.integers({3}), x}, halves, {{0, 2}});
    const std::vector<std::int32_t> best = {b.tensor({1, 2, 3, 1}), b.tensor({1, 2, 3, 1}, Element::int32)};
    b.op(kTopK, {x, b.integers({1})}, best);
    for (const auto& more : {rows, halves, best}) outputs.insert(outputs.end(), more.begin(), more.end());
    const Graph graph = read_valid(b.done(outputs));
    BOOST_TEST(ops_of(graph) == "Split Split Squeeze Squeeze Split TopK");
}

BOOST_AUTO_TEST_CASE(blocks_around_a_convolution_are_its_dilation) {
    TfliteBuilder b;
    const int x = b.input({1, 5, 6, 1});
    const int apart =
        b.op_to({4, 5, 5, 1}, kSpaceToBatch, {x, b.integers({2, 2}), b.constant({2, 2}, std::vector{2, 3, 2, 2}, Element::int32)});
    const int conv = b.op_to({4, 3, 3, 1}, kConv, {apart, b.filled({1, 3, 3, 1}), -1}, {byte(0, 1), {1, 1}, {2, 1}});
    const int y =
        b.op_to({1, 5, 6, 1}, kBatchToSpace, {conv, b.integers({2, 2}), b.constant({2, 2}, std::vector{0, 1, 0, 0}, Element::int32)});
    const Graph graph = read_valid(b.done({y}));
    BOOST_TEST(ops_of(graph) == "Conv Identity");
    const Attributes& attributes = graph.nodes[0].attributes;
    BOOST_TEST((std::get<std::vector<std::int64_t>>(attributes.at("dilations")) == std::vector<std::int64_t>{2, 2}));
    BOOST_TEST((std::get<std::vector<std::int64_t>>(attributes.at("pads")) == std::vector<std::int64_t>{2, 2, 2, 2}));
}

BOOST_AUTO_TEST_CASE(a_free_batch_stays_free) {
    TfliteBuilder b;
    const int x = b.input({1, 2, 2, 3});
    b.tensors.back().signature = {-1, 2, 2, 3};
    const int y = b.op_to({1, 12}, kReshape, {x, b.integers({-1, 12})});
    Graph graph = read_valid(b.done({b.op_to({1, 4}, kFullyConnected, {y, b.filled({4, 12}), b.filled({4})})}));
    BOOST_REQUIRE(infer_shapes(graph, 3));
    BOOST_TEST((graph[graph.outputs[0]].shape == Shape{3, 4}));
}

// ---- quantization

struct Quantized {
    Graph graph;
    std::optional<Plan> plan;
};

Quantized quantized(const std::vector<std::byte>& file) {
    Quantized made{read_valid(file), {}};
    const Result<Grids> grids = take_grids(made.graph);
    BOOST_REQUIRE_MESSAGE(grids, (grids ? "" : grids.error().message()));
    BOOST_REQUIRE(run_passes(made.graph));
    BOOST_REQUIRE(fuse_residuals(made.graph));
    made.plan = plan_from(made.graph, *grids);
    if (made.plan) BOOST_REQUIRE(check_plan(*made.plan, made.graph));
    return made;
}

// x -> 1x1 convolution of one channel -> softmax; weight codes as given.
std::vector<std::byte> classifier(Element element, std::int64_t zero, const std::vector<std::uint8_t>& codes, Element weight_element,
                                  std::vector<float> scale, std::vector<std::int64_t> weight_zero, std::int64_t output_zero) {
    TfliteBuilder b;
    const int x = b.input({1, 2, 2, 2}, element, {0.5F}, {zero});
    const int w = b.constant({2, 1, 1, 2}, codes, weight_element);
    b.tensors.back().scale = std::move(scale);
    b.tensors.back().zero_point = std::move(weight_zero);
    const int bias = b.constant({2}, std::vector<std::int32_t>{3, -4}, Element::int32);
    b.tensors.back().scale = {0.25F};
    b.tensors.back().zero_point = {0};
    const int logits = b.op(kConv, {x, w, bias}, {b.tensor({1, 2, 2, 2}, element, {2}, {output_zero})}, kOneByOne);
    return b.done(
        {b.op(kSoftmax, {logits}, {b.tensor({1, 2, 2, 2}, element, {1.0F / 256}, {element == Element::int8 ? -128 : 0})}, {{0, 1.0F}})});
}

BOOST_AUTO_TEST_CASE(grids_of_the_file_become_a_plan) {
    for (const bool is_signed : {false, true}) {
        const std::int64_t shift = is_signed ? 128 : 0;
        const Element element = is_signed ? Element::int8 : Element::uint8;
        const std::vector<std::uint8_t> codes =
            is_signed ? std::vector<std::uint8_t>{127, 255, 2, 3} : std::vector<std::uint8_t>{227, 99, 102, 103};
        const Quantized made = quantized(classifier(element, 130 - shift, codes, element, {0.25F}, {is_signed ? 0 : 100}, 128 - shift));
        BOOST_TEST(made.graph[made.graph.inputs[0]].type == OCTAVO_F32);
        BOOST_TEST(made.graph[made.graph.outputs[0]].name == "t4");
        BOOST_REQUIRE(made.plan.has_value());
        BOOST_TEST((made.plan->tensors.at("t0").whole == Quantization{{0.5F}, {130}}));
        BOOST_TEST(made.plan->weight_scale.at("t1")[0] == 0.25F);
        BOOST_TEST(is_int8(*made.plan, node_named(made.graph, "t3")));
        const auto weight = values_of(made.graph, tensor_named(made.graph, "t1"));
        BOOST_TEST(weight == (std::vector<float>{31.75F, -0.25F, 0.5F, 0.75F}), boost::test_tools::per_element());
        BOOST_TEST(values_of(made.graph, tensor_named(made.graph, "t2")) == (std::vector<float>{0.75F, -1}),
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(weights_may_have_a_scale_a_channel) {
    const Quantized made = quantized(classifier(Element::int8, 0, {127, 255, 2, 127}, Element::int8, {0.25F, 4}, {0, 0}, 0));
    BOOST_REQUIRE(made.plan.has_value());
    BOOST_TEST(made.plan->weight_scale.at("t1") == (std::vector<float>{0.25F, 4}), boost::test_tools::per_element());
}

// 200 steps from zero: the channel gets a coarser scale, the other keeps its own.
BOOST_AUTO_TEST_CASE(weights_beyond_127_steps_are_rounded_anew) {
    const Quantized made = quantized(classifier(Element::uint8, 128, {0, 201, 73, 200}, Element::uint8, {0.25F}, {200}, 128));
    BOOST_REQUIRE(made.plan.has_value());
    const std::vector<float>& scale = made.plan->weight_scale.at("t1");
    BOOST_TEST(scale.at(1) == 0.25F);
    BOOST_TEST(scale.at(0) >= 50.0F / 127);
    BOOST_TEST(scale.at(0) <= 50.0F / 127 * 1.25F);
    BOOST_TEST(is_int8(*made.plan, node_named(made.graph, "t3")));
}

// In the file values saturate at the ends of the grid; on the way to further products take_grids says what must be said.
BOOST_AUTO_TEST_CASE(the_last_product_saturates) {
    const auto clips = [](std::int64_t zero, bool is_followed) {
        TfliteBuilder b;
        const int x = b.input({1, 2, 2, 1}, Element::uint8, {1}, {0});
        int y = b.op(kConv, {x, b.filled({1, 1, 1, 1}, 2), -1}, {b.tensor({1, 2, 2, 1}, Element::uint8, {0.5F}, {zero})}, kOneByOne);
        if (is_followed)
            y = b.op(kConv, {y, b.filled({1, 1, 1, 1}), -1}, {b.tensor({1, 2, 2, 1}, Element::uint8, {1}, {0})},
                     {{1, 1}, {2, 1}, byte(3, 1)});
        return ops_of(read_valid(b.done({y})));
    };
    BOOST_TEST(clips(0, false) == "FakeQuantize Conv Clip FakeQuantize");
    BOOST_TEST(clips(7, false) == "FakeQuantize Conv Clip FakeQuantize");
    BOOST_TEST(clips(0, true) == "FakeQuantize Conv FakeQuantize Conv Relu FakeQuantize");
    BOOST_TEST(clips(7, true) == "FakeQuantize Conv FakeQuantize Conv Relu FakeQuantize");
    const Graph graph = read_valid(classifier(Element::uint8, 0, {1, 0, 0, 1}, Element::uint8, {100}, {0}, 128));
    const std::vector<std::vector<float>> y = run_graph(graph, {{127, 0, 0, 0, 0, 0, 0, 0}});
    BOOST_TEST(y.at(0)[0] == 255.0F / 256);  // 12700.75 is 254 there, and its softmax the last code
}

BOOST_AUTO_TEST_CASE(half_floats_and_requantization) {
    TfliteBuilder b;
    const int x = b.input({1, 2, 2, 1});
    const int half = b.constant({1, 1, 1, 1}, std::vector<std::uint16_t>{0x4000}, Element::float16);
    const int conv = b.op_to({1, 2, 2, 1}, kConv, {x, b.op_to({1, 1, 1, 1}, kDequantize, {half}), -1}, kOneByOne);
    const int codes = b.op(kQuantize, {conv}, {b.tensor({1, 2, 2, 1}, Element::int8, {1}, {-128})});
    const int same = b.op(kQuantize, {codes}, {b.tensor({1, 2, 2, 1}, Element::uint8, {1}, {0})});
    const int finer = b.op(kQuantize, {same}, {b.tensor({1, 2, 2, 1}, Element::uint8, {0.25F}, {0})});
    const Graph graph = read_valid(b.done({b.op_to({1, 2, 2, 1}, kDequantize, {finer})}));
    BOOST_TEST(ops_of(graph) == "Conv FakeQuantize Identity FakeQuantize Identity");
    BOOST_TEST(run_graph(graph, {{1.2F, -3, 100, 200}}).at(0) == (std::vector<float>{2, 0, 63.75F, 63.75F}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
