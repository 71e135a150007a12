// fuse_group_norm: the pattern with any number of groups and dimensions, with what fold_batch_norm adds to it, and what must not be taken
// for one.
#include "tests/core/passes/passes_test.h"

namespace octavo {
namespace {

using testing::after;
using testing::GraphBuilder;
using testing::node_named;

struct Built {
    GraphBuilder builder;
    TensorId x, flat, normal, back;

    explicit Built(Shape shape = {-1, 6, 4, 5}, std::vector<std::int64_t> groups = {0, 3, -1}, std::vector<std::int64_t> target = {}) {
        x = builder.input("x", shape);
        flat = builder.node("Reshape", "flat", {x, builder.integers("groups", groups)});
        const std::int64_t count = groups[1];
        normal = builder.node("InstanceNormalization", "normal",
                              {flat, builder.random("ones", {count}, 0.5F, 2), builder.random("zeros", {count})}, {{"epsilon", 1e-3F}});
        shape[0] = 0;
        back = builder.node("Reshape", "back", {normal, builder.integers("target", target.empty() ? shape : target)});
    }
    std::string ops(std::vector<TensorId> outputs) { return testing::ops_of(after(&fuse_group_norm, builder.done(std::move(outputs)))); }
};

BOOST_AUTO_TEST_SUITE(fuse_group_norm_pass)

BOOST_AUTO_TEST_CASE(it_is_recognized_with_any_groups_and_dimensions) {
    for (const Shape& shape : {Shape{-1, 6, 4, 5}, {-1, 6, 7}, {-1, 6, 2, 3, 2}, {-1, 6}})
        for (const std::int64_t groups : {1, 2, 6}) {
            if (shape.size() == 2 && groups == 6) continue;  // of a single number there is no deviation
            Built built(shape, {0, groups, -1});
            const Graph graph = after(&fuse_group_norm, built.builder.done({built.back}));
            BOOST_TEST(testing::ops_of(graph) == "GroupNormalization");
            const Node& norm = node_named(graph, "back");
            BOOST_TEST(attribute_or(norm, "num_groups", std::int64_t{0}) == groups);
            BOOST_TEST(testing::real_attribute(norm, "epsilon") == 1e-3F);
            BOOST_TEST(testing::has_part(norm, "flat"));
            BOOST_TEST(testing::has_part(norm, "normal"));
        }
    Built built({-1, 6, 4, 5}, {0, 3, 8, -1});
    BOOST_TEST(built.ops({built.back}) == "GroupNormalization");
}

BOOST_AUTO_TEST_CASE(scale_and_bias_of_channels_go_into_it) {
    Built built;
    const TensorId scaled = built.builder.node("Mul", "mul", {built.back, built.builder.random("scale", {6, 1, 1})});
    const TensorId moved = built.builder.node("Add", "add", {scaled, built.builder.random("bias", {6, 1, 1})});
    const Graph fused = after(&fuse_group_norm, built.builder.done({moved}));
    const Graph graph = after(&fold_batch_norm, fused);
    BOOST_TEST(testing::ops_of(graph) == "GroupNormalization");
    BOOST_TEST(graph[graph.outputs[0]].name == "add");
}

BOOST_AUTO_TEST_CASE(a_part_that_somebody_reads_stays) {
    for (const auto part : {&Built::flat, &Built::normal}) {
        Built built;
        BOOST_TEST(built.ops({built.back, built.*part}) == "Reshape InstanceNormalization Reshape");
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_come_back_or_crosses_images_stays) {
    Built other_shape({-1, 6, 4, 5}, {0, 3, -1}, {0, 6, 5, 4}), across({2, 6, 4, 5}, {1, 12, -1}, {2, 6, 4, 5}),
        cut({-1, 6, 4, 5}, {0, 4, -1});
    for (Built* built : {&other_shape, &across, &cut}) BOOST_TEST(built->ops({built->back}) == "Reshape InstanceNormalization Reshape");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
