// What a point's range may be: all that its tensors can hold, not only what its roots let through.
#include "tests/support/calibrated.h"
#include "tests/support/graph_builder.h"

using namespace octavo;
using namespace octavo::testing;

namespace {

Config config() {
    Overrides overrides;
    overrides.algorithm = "percentile,bias_correction";
    overrides.limit = 4;
    return quickstart_config(overrides);
}

// Of the grid that tensor `name` gets.
Range range_on_grid(const Graph& graph, const char* name) {
    const Quantized quantized = testing::quantized(config(), required(load_model_of("by hand", graph)));
    const Quantization grid = quantized.plan.tensors.at(name).whole.value();
    const auto scale = static_cast<double>(grid.scale[0]);
    return {-scale * grid.zero_point[0], scale * (255 - grid.zero_point[0])};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranges_of_points)

BOOST_AUTO_TEST_CASE(what_a_pad_puts_around_a_relu_lies_in_the_range) {
    GraphBuilder builder;
    const TensorId relu = builder.node("Relu", "relu", {builder.conv("first", builder.input("x", {1, 3, 64, 64}), 3, 8, 3)});
    const TensorId pads = builder.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
    const TensorId padded = builder.node("Pad", "padded", {relu, pads, builder.scalar("around", -3)});
    const Range range = range_on_grid(builder.done({builder.conv("last", padded, 8, 8, 3)}, 1), "padded");
    BOOST_TEST(range.low <= -3);
    BOOST_TEST(range.high > 0);
}

BOOST_AUTO_TEST_CASE(a_cubic_resize_behind_a_relu_keeps_its_overshoot) {
    GraphBuilder builder;
    const TensorId relu = builder.node("Relu", "relu", {builder.conv("first", builder.input("x", {1, 3, 64, 64}), 3, 8, 3)});
    const TensorId scales = builder.constant("scales", {4}, {1, 1, 2, 2});
    const TensorId larger = builder.node("Resize", "larger", {relu, TensorId::none, scales}, {{"mode", std::string("cubic")}});
    BOOST_TEST(range_on_grid(builder.done({builder.conv("last", larger, 8, 8, 3)}, 1), "larger").low < 0);
}

BOOST_AUTO_TEST_SUITE_END()
