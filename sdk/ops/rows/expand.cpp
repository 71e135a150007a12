// Expand: a tensor repeated until it has the shape that broadcasting with constant input 1 gives; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Shape wanted, constant_shape(node, 1));
    OCTAVO_TRY(Shape shape, broadcast(node, node.input_shape(0), wanted));
    return one_output(node.input(0).type, std::move(shape));
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    copy_strided(static_cast<const std::byte*>(inputs[0].data), broadcast_strides(shape_of(inputs[0]), shape), shape,
                 element_bytes(inputs[0].type), static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row expand_row;
const Row expand_row = {"Expand", 2, 2, Role::passes, {}, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
