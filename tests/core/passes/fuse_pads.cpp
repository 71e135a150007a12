// fuse_pads: which Pads become a convolution's, in each spelling, and which stay.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using Ints = std::vector<std::int64_t>;

BOOST_AUTO_TEST_SUITE(fuse_pads_pass)

struct Case {
    const char* title;
    Attributes attributes;
    Ints pads;
    std::optional<Ints> axes;
    std::optional<float> value;
    Ints expected;  // of a convolution with pads 1, 1, 1, 1; empty: the Pad stays
};

BOOST_AUTO_TEST_CASE(zeros_around_an_image_become_pads) {
    const Case cases[] = {
        {"behind the image", {}, {0, 0, 0, 0, 0, 0, 1, 2}, {}, {}, {1, 1, 2, 3}},
        {"on all sides", {}, {0, 0, 1, 2, 0, 0, 3, 4}, {}, 0.0F, {2, 3, 4, 5}},
        {"listed axes", {}, {1, 2, 3, 4}, Ints{-1, 2}, {}, {3, 2, 5, 4}},
        {"another value", {}, {0, 0, 0, 0, 0, 0, 1, 1}, {}, 0.5F, {}},
        {"another mode", {{"mode", std::string("edge")}}, {0, 0, 0, 0, 0, 0, 1, 1}, {}, {}, {}},
        {"cut off", {}, {0, 0, 0, 0, 0, 0, 1, -1}, {}, {}, {}},
        {"channels", {}, {0, 1, 0, 0, 0, 0, 1, 1}, {}, {}, {}},
    };
    for (const Case& one : cases) {
        GraphBuilder builder;
        std::vector<TensorId> inputs = {builder.input("x", {-1, 2, 6, 7}), builder.integers("pads", one.pads)};
        inputs.push_back(one.value ? builder.scalar("value", *one.value) : TensorId::none);
        if (one.axes) inputs.push_back(builder.integers("axes", *one.axes));
        const std::int64_t channels = std::string(one.title) == "channels" ? 3 : 2;
        const TensorId y = builder.conv("y", builder.node("Pad", "pad", inputs, one.attributes), channels, 4, 3);
        const Graph graph = after(&fuse_pads, builder.done({y}));
        BOOST_TEST(testing::ops_of(graph) == (one.expected.empty() ? "Pad Conv" : "Conv"), one.title);
        if (one.expected.empty()) continue;
        BOOST_TEST(attribute_or(testing::node_named(graph, "y"), "pads", Ints{}) == one.expected, one.title);
        BOOST_TEST(testing::has_part(testing::node_named(graph, "y"), "pad"), one.title);
    }
}

BOOST_AUTO_TEST_CASE(a_pad_as_attributes_and_a_convolution_without_pads) {
    GraphBuilder builder;
    const TensorId padded = builder.node("Pad", "pad", {builder.input("x", {-1, 2, 6, 7})}, {{"pads", Ints{0, 0, 1, 0, 0, 0, 0, 1}}});
    const TensorId y = builder.node("Conv", "y", {padded, builder.random("w", {4, 2, 2, 3})},
                                    {{"auto_pad", std::string("VALID")}, {"strides", Ints{2, 1}}});
    const Graph graph = after(&fuse_pads, builder.done({y}));
    BOOST_TEST(testing::ops_of(graph) == "Conv");
    BOOST_TEST(attribute_or(testing::node_named(graph, "y"), "pads", Ints{}) == (Ints{1, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(all_readers_must_be_convolutions_with_listed_pads) {
    for (const char* other : {"Conv", "SAME_UPPER", "MaxPool", "output"}) {
        GraphBuilder builder;
        const TensorId padded = builder.node("Pad", "pad", {builder.input("x", {-1, 2, 6, 7})}, {{"pads", Ints{0, 0, 1, 1, 0, 0, 1, 1}}});
        std::vector<TensorId> outputs = {builder.conv("a", padded, 2, 4, 3)};
        const std::string kind = other;
        if (kind == "Conv") outputs.push_back(builder.conv("b", padded, 2, 3));
        if (kind == "SAME_UPPER")
            outputs.push_back(builder.node("Conv", "b", {padded, builder.random("w", {4, 2, 3, 3})}, {{"auto_pad", kind}}));
        if (kind == "MaxPool") outputs.push_back(builder.node("MaxPool", "b", {padded}, {{"kernel_shape", Ints{3, 3}}}));
        if (kind == "output") outputs.push_back(padded);
        const Graph graph = after(&fuse_pads, builder.done(outputs));
        BOOST_TEST((testing::ops_of(graph).find("Pad") == std::string::npos) == (kind == "Conv"), kind);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
