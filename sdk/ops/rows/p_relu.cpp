// PRelu: x where positive, else slope * x; the slope (input 1) broadcasts to x.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Shape shape, broadcast(node, node.input_shape(0), node.input_shape(1)));
    if (shape != node.input_shape(0))
        return refusal(node, "slope " + shape_text(node.input_shape(1)) + " does not broadcast to " + shape_text(node.input_shape(0)));
    return like_input(node);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_pairs<float, float, float>(inputs, outputs, [](float x, float slope) { return x > 0.0F ? x : x * slope; });
    return {};
}

}  // namespace

extern const Row p_relu_row;
const Row p_relu_row = {"PRelu", 2, 2, Role::elementwise, {}, infer_types, compute};

}  // namespace octavo::ops
