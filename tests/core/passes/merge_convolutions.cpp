// merge_convolutions: which sums become one convolution, and which stay.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::ops_of;
using Ints = std::vector<std::int64_t>;

// A convolution of x with a kernel of its own size, strides and pads.
TensorId conv(GraphBuilder& b, const std::string& name, TensorId x, const Ints& kernel, const Ints& pads, std::int64_t stride = 1,
              std::int64_t group = 1) {
    const Shape weight = {4, 4 / group, kernel[0], kernel[1]};
    return b.node("Conv", name, {x, b.random(name + ".w", weight), b.random(name + ".b", {4})},
                  {{"group", group}, {"pads", pads}, {"strides", Ints{stride, stride}}});
}

BOOST_AUTO_TEST_SUITE(merge_convolutions_pass)

BOOST_AUTO_TEST_CASE(kernels_that_lie_inside_of_others_are_added_where_they_lie) {
    struct Case {
        const char* title;
        Ints kernel, pads, other, other_pads;
        std::int64_t stride, group;
        bool merges;
    };
    const Case cases[] = {
        {"the same", {3, 3}, {1, 1, 1, 1}, {3, 3}, {1, 1, 1, 1}, 1, 1, true},
        {"a point in a square", {3, 3}, {1, 1, 1, 1}, {1, 1}, {0, 0, 0, 0}, 1, 1, true},
        {"with a stride", {3, 3}, {1, 1, 1, 1}, {1, 1}, {0, 0, 0, 0}, 2, 1, true},
        {"by channel", {5, 5}, {2, 2, 2, 2}, {3, 3}, {1, 1, 1, 1}, 1, 4, true},
        {"a row in a square", {3, 3}, {1, 1, 1, 1}, {1, 3}, {0, 1, 0, 1}, 1, 2, true},
        {"the small one to a side", {3, 3}, {2, 0, 0, 2}, {2, 1}, {1, 0, 0, 0}, 1, 1, true},
        {"a row and a column", {1, 3}, {0, 1, 0, 1}, {3, 1}, {1, 0, 1, 0}, 1, 1, false},
    };
    for (const Case& one : cases) {
        for (const bool large_first : {true, false}) {
            GraphBuilder b;
            const TensorId x = b.input("x", {-1, 4, 7, 8});
            const TensorId first =
                conv(b, "a", x, large_first ? one.kernel : one.other, large_first ? one.pads : one.other_pads, one.stride, one.group);
            const TensorId second =
                conv(b, "b", x, large_first ? one.other : one.kernel, large_first ? one.other_pads : one.pads, one.stride, one.group);
            const Graph graph =
                after(&merge_convolutions, b.done({b.node("Add", "y", {first, second}, {{"activation", std::string("relu")}})}));
            BOOST_TEST(ops_of(graph) == (one.merges ? "Conv" : "Conv Conv Add"), one.title);
            if (!one.merges) continue;
            BOOST_TEST(testing::text_attribute(graph.nodes[0], "activation") == "relu");
            BOOST_TEST((testing::has_part(graph.nodes[0], "a") || testing::has_part(graph.nodes[0], "b")), one.title);
            BOOST_TEST(testing::has_part(graph.nodes[0], "y"), one.title);
        }
    }
}

// ((3x3 + x) + 1x1) + 3x3, as MobileOne's blocks: what is no convolution stays in the sum.
BOOST_AUTO_TEST_CASE(sums_of_many_are_looked_through) {
    GraphBuilder b;
    const TensorId x = b.input("x", {-1, 4, 6, 6});
    TensorId sum = b.node("Add", "s1", {conv(b, "a", x, {3, 3}, {1, 1, 1, 1}), x});
    sum = b.node("Add", "s2", {sum, conv(b, "b", x, {1, 1}, {0, 0, 0, 0})});
    sum = b.node("Add", "s3", {conv(b, "c", x, {3, 3}, {1, 1, 1, 1}), sum});
    const Graph graph = after(&merge_convolutions, b.done({b.node("Relu", "y", {sum})}));
    BOOST_TEST(ops_of(graph) == "Conv Add Relu");
}

// x + scale * ((3x3 + points - points) of x), as FastViT mixes tokens; of a dense kernel what is no convolution stays.
BOOST_AUTO_TEST_CASE(points_go_into_depthwise_convolutions) {
    for (const std::int64_t group : {4, 1}) {
        GraphBuilder b;
        const TensorId x = b.input("x", {-1, 4, 6, 6});
        const auto points = [&](const std::string& name, TensorId of) {
            return b.node("ScaleShift", name, {of, b.random(name + ".scale", {4}), b.random(name + ".shift", {4})});
        };
        const TensorId mixed = b.node("Add", "mixed", {points("p", x), conv(b, "a", x, {3, 3}, {1, 1, 1, 1}, 1, group)});
        const TensorId less = b.node("Sub", "less", {mixed, points("q", x)});
        const Graph graph = after(&merge_convolutions, b.done({b.node("Add", "y", {x, points("scale", less)})}));
        BOOST_TEST(ops_of(graph) == (group == 4 ? "Conv" : "ScaleShift Conv Add ScaleShift Sub ScaleShift Add"));
    }
}

BOOST_AUTO_TEST_CASE(what_is_taken_away_counts_with_its_sign) {
    GraphBuilder b;
    const TensorId x = b.input("x", {-1, 4, 6, 6});
    const TensorId inner = b.node("Sub", "inner", {b.node("Relu", "r", {x}), conv(b, "a", x, {1, 1}, {0, 0, 0, 0})});
    const Graph graph = after(&merge_convolutions, b.done({b.node("Sub", "y", {inner, conv(b, "b", x, {3, 3}, {1, 1, 1, 1})})}));
    BOOST_TEST(ops_of(graph) == "Relu Conv Sub");
}

BOOST_AUTO_TEST_CASE(what_is_read_otherwise_or_differs_stays) {
    const auto ops = [](auto&& build) {
        GraphBuilder b;
        const TensorId x = b.input("x", {-1, 4, 6, 6});
        return ops_of(after(&merge_convolutions, b.done(build(b, x))));
    };
    const Ints three = {3, 3}, around = {1, 1, 1, 1};
    BOOST_TEST(ops([&](GraphBuilder& b, TensorId x) -> std::vector<TensorId> {  // one branch is an output too
                   const TensorId a = conv(b, "a", x, three, around);
                   return {b.node("Add", "y", {a, conv(b, "b", x, three, around)}), a};
               }) == "Conv Conv Add");
    BOOST_TEST(ops([&](GraphBuilder& b, TensorId x) -> std::vector<TensorId> {  // of another tensor
                   const TensorId a = conv(b, "a", x, three, around);
                   return {b.node("Add", "y", {conv(b, "b", x, three, around), conv(b, "c", b.node("Relu", "r", {a}), three, around)})};
               }) == "Conv Conv Relu Conv Add");
    BOOST_TEST(ops([&](GraphBuilder& b, TensorId x) -> std::vector<TensorId> {  // an activation between
                   const TensorId a = conv(b, "a", x, three, around);
                   b.graph.nodes.back().attributes["activation"] = std::string("relu");
                   return {b.node("Add", "y", {a, conv(b, "b", x, three, around)})};
               }) == "Conv Conv Add");
    BOOST_TEST(ops([&](GraphBuilder& b, TensorId x) -> std::vector<TensorId> {  // other groups
                   return {b.node("Add", "y", {conv(b, "a", x, three, around, 1, 2), conv(b, "b", x, three, around)})};
               }) == "Conv Conv Add");
    BOOST_TEST(ops([&](GraphBuilder& b, TensorId x) -> std::vector<TensorId> {  // a sum that spreads one of them
                   const TensorId one = b.node("Conv", "b", {x, b.random("b.w", {1, 4, 3, 3}), b.random("b.b", {1})}, {{"pads", around}});
                   return {b.node("Add", "y", {conv(b, "a", x, three, around), one})};
               }) == "Conv Conv Add");
}

// Constants that others read too are not changed.
BOOST_AUTO_TEST_CASE(shared_weights_are_left_to_the_others) {
    GraphBuilder b;
    const TensorId x = b.input("x", {-1, 4, 6, 6}), w = b.random("w", {4, 4, 1, 1}), bias = b.random("bias", {4});
    const TensorId a = b.node("Conv", "a", {x, w, bias}), c = b.node("Conv", "c", {x, w, bias});
    const TensorId again = b.node("Conv", "d", {b.node("Add", "sum", {a, c}, {{"activation", std::string("relu")}}), w, bias});
    BOOST_TEST(ops_of(after(&merge_convolutions, b.done({again}))) == "Conv Conv");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
