// unfold_transposed: which transposed convolutions become convolutions, with how large kernels, and what goes along with them.
#include "tests/core/passes/passes_test.h"
#include "tests/support/random_network.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::NetworkBuilder;
using testing::ops_of;
using Ints = std::vector<std::int64_t>;

TensorId transposed(GraphBuilder& b, TensorId x, std::int64_t kernel, std::int64_t stride, const Ints& pads,
                    const Ints& output_padding = {}, std::int64_t group = 1) {
    Attributes attributes = {{"strides", Ints{stride, stride}}, {"pads", pads}, {"group", group}};
    if (!output_padding.empty()) attributes["output_padding"] = output_padding;
    return b.node("ConvTranspose", "t", {x, b.random("w", {4, 6 / group, kernel, kernel}), b.random("b", {6})}, attributes);
}

BOOST_AUTO_TEST_SUITE(unfold_transposed_pass)

BOOST_AUTO_TEST_CASE(kernels_hold_what_a_block_reads) {
    struct Case {
        const char* title;
        std::int64_t kernel, stride;
        Ints pads, output_padding;
        const char* ops;
        Shape weight;
    };
    const Case cases[] = {
        {"blocks side by side", 2, 2, {0, 0, 0, 0}, {}, "Conv DepthToSpace", {24, 4, 1, 1}},
        {"of U-Nets in Keras", 3, 2, {0, 0, 1, 1}, {}, "Conv DepthToSpace", {24, 4, 2, 2}},
        {"of torchvision's decoders", 3, 2, {1, 1, 1, 1}, {1, 1}, "Conv DepthToSpace", {24, 4, 2, 2}},
        {"of pose networks and DCGAN", 4, 2, {1, 1, 1, 1}, {}, "Conv DepthToSpace Slice", {24, 4, 2, 2}},
        {"of FSRCNN", 9, 3, {4, 4, 4, 4}, {2, 2}, "Conv DepthToSpace Slice", {54, 4, 3, 3}},
        {"an end that no block has", 3, 2, {1, 0, 1, 0}, {}, "Conv DepthToSpace Slice", {24, 4, 2, 2}},
        {"holes between pixels", 2, 3, {0, 0, 0, 0}, {}, "ConvTranspose", {}},
        {"no blocks", 3, 1, {1, 1, 1, 1}, {}, "ConvTranspose", {}},
    };
    for (const Case& one : cases) {
        GraphBuilder b;
        const TensorId x = b.input("x", {-1, 4, 5, 7});
        const Graph graph = after(&unfold_transposed, b.done({transposed(b, x, one.kernel, one.stride, one.pads, one.output_padding)}));
        BOOST_TEST(ops_of(graph) == one.ops, one.title);
        if (one.weight.empty()) continue;
        BOOST_TEST(graph.nodes[0].name == "t", one.title);
        BOOST_TEST(graph[graph.nodes[0].inputs[1]].shape == one.weight, one.title);
    }
}

BOOST_AUTO_TEST_CASE(any_kernel_stride_and_pads_give_the_same_pixels) {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        NetworkBuilder net(seed);
        const std::int64_t stride = net.between(2, 4), in = net.between(1, 5), out = net.between(1, 4);
        const Shape kernel = {net.between(1, 7), net.between(1, 7)};
        Ints pads, extra;
        for (std::size_t i = 0; i < 4; ++i) pads.push_back(net.between(0, kernel[i % 2]));
        for (std::size_t i = 0; i < 2; ++i) extra.push_back(net.between(0, stride - 1));
        const TensorId x = net.input({net.between(1, 2), in, net.between(4, 7), net.between(4, 7)});
        const TensorId weight = net.random_constant({in, out, kernel[0], kernel[1]}, 1.0F);
        const TensorId y =
            net.node("ConvTranspose", {x, weight}, {{"strides", Ints{stride, stride}}, {"pads", pads}, {"output_padding", extra}});
        after(&unfold_transposed, net.finish({y}));
    }
}

// As in a decoder: batch normalization and activation end up in the convolution.
BOOST_AUTO_TEST_CASE(what_stands_behind_goes_into_the_convolution) {
    GraphBuilder b;
    const TensorId t = transposed(b, b.input("x", {-1, 4, 5, 7}), 4, 2, {1, 1, 1, 1});
    const TensorId scaled = b.node("ScaleShift", "bn", {t, b.random("scale", {6}), b.random("shift", {6})});
    const Graph graph = after(&unfold_transposed, b.done({b.node("LeakyRelu", "y", {scaled})}));
    BOOST_TEST(ops_of(graph) == "Conv DepthToSpace Slice");
    BOOST_TEST(testing::text_attribute(graph.nodes[0], "activation") == "leaky_relu");
    BOOST_TEST(testing::has_part(graph.nodes[0], "bn"));
}

BOOST_AUTO_TEST_CASE(functions_of_one_value_go_in_front) {
    const auto ops_with = [](TensorId (*behind)(GraphBuilder & b, TensorId t)) {
        GraphBuilder b;
        const TensorId t = transposed(b, b.input("x", {-1, 4, 5, 7}), 2, 2, {0, 0, 0, 0});
        return ops_of(after(&unfold_transposed, b.done({behind(b, t)})));
    };
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) { return b.node("Tanh", "y", {t}); }) == "Conv Tanh DepthToSpace");
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) {
                   return b.node("Max", "y", {t, b.scalar("c", 0.5F)});
               }) == "Conv Max DepthToSpace");
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) {
                   return b.node("Max", "y", {t, b.random("c", {1, 1, 1, 1, 1})});
               }) == "Conv DepthToSpace Max");
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) {
                   return b.node("Max", "y", {t, b.random("c", {10, 14})});
               }) == "Conv DepthToSpace Max");
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) { return b.node("Mul", "y", {t, t}); }) == "Conv DepthToSpace Mul");
    BOOST_TEST(ops_with([](GraphBuilder& b, TensorId t) { return b.node("Softmax", "y", {t}); }) == "Conv DepthToSpace Softmax");
}

BOOST_AUTO_TEST_CASE(what_is_read_elsewhere_stays_behind) {
    GraphBuilder b;
    const TensorId t = transposed(b, b.input("x", {-1, 4, 5, 7}), 2, 2, {0, 0, 0, 0});
    const Graph graph = after(&unfold_transposed, b.done({b.node("Relu", "y", {t}), t}));
    BOOST_TEST(ops_of(graph) == "Conv DepthToSpace Relu");
}

BOOST_AUTO_TEST_CASE(groups_stay) {
    GraphBuilder b;
    const TensorId x = b.input("x", {-1, 4, 5, 7});
    BOOST_TEST(ops_of(after(&unfold_transposed, b.done({transposed(b, x, 2, 2, {0, 0, 0, 0}, {}, 2)}))) == "ConvTranspose");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
