// DepthToSpace: blocks of channels become blocks of pixels, channels in the order depth-column-row (DCR) or column-row-depth (CRD); any
// type.
#include "ops/blocks.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    const auto fits = [](const Shape& shape, std::int64_t block) { return shape[1] % (block * block) == 0; };
    OCTAVO_TRY(const std::int64_t block, block_of(node, fits));
    const Shape shape = node.input_shape(0);
    return one_output(node.input(0).type, {shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block});
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::int64_t block = node.integer("blocksize", 0);
    const Shape from = shape_of(inputs[0]);
    const std::int64_t plane = from[2] * from[3];
    const std::int64_t depth = from[1] / (block * block);
    const bool depth_first = node.text("mode", "DCR") == "DCR";
    const std::int64_t step = plane * (depth_first ? depth : 1);  // from one pixel of a block to the next
    // [image][depth][row][row of the block][column][column of the block]
    const Shape shape = {from[0], depth, from[2], block, from[3], block};
    const Shape strides = {from[1] * plane, depth_first ? plane : plane * block * block, from[3], step * block, 1, step};
    copy_strided(static_cast<const std::byte*>(inputs[0].data), strides, shape, element_bytes(inputs[0].type),
                 static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row depth_to_space_row;
const Row depth_to_space_row = {"DepthToSpace", 1, 1, Role::passes, kBlockAttributes, infer_types, compute};

}  // namespace octavo::ops
