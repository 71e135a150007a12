// Tile: a tensor repeated along each axis as often as constant input 1 says; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Shape repeats, constant_integers(node, 1, "repeats"));
    Shape shape = node.input_shape(0);
    if (repeats.size() != shape.size())
        return refusal(node, "has " + std::to_string(repeats.size()) + " repeats for input " + shape_text(shape));
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (repeats[i] < 0 || __builtin_mul_overflow(shape[i], repeats[i], &shape[i]))
            return refusal(node, "repeats " + shape_text(repeats) + " are not possible");
    return one_output(node.input(0).type, std::move(shape));
}

// Seen as [repeats][size] for each axis, of which the repeats have stride 0.
Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const Shape from = shape_of(inputs[0]);
    const Shape dense = dense_strides(from);
    Shape shape, strides;
    for (std::size_t i = 0; i < from.size(); ++i) {
        shape.insert(shape.end(), {from[i] == 0 ? 0 : outputs[0].shape[i] / from[i], from[i]});
        strides.insert(strides.end(), {0, dense[i]});
    }
    copy_strided(static_cast<const std::byte*>(inputs[0].data), strides, shape, element_bytes(inputs[0].type),
                 static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row tile_row;
const Row tile_row = {"Tile", 2, 2, Role::passes, {}, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
