// SpaceToDepth: blocks of pixels become blocks of channels, ordered block row, block column, depth (or, with mode CRD, depth first); any
// type.
#include <algorithm>

#include "ops/blocks.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    const auto fits = [](const Shape& shape, std::int64_t block) { return shape[2] % block == 0 && shape[3] % block == 0; };
    OCTAVO_TRY(const std::int64_t block, block_of(node, fits));
    const Shape shape = node.input_shape(0);
    return one_output(node.input(0).type, {shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block});
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::int64_t block = node.integer("blocksize", 0);
    const Shape from = shape_of(inputs[0]);
    const std::int64_t plane = from[2] * from[3];
    Shape shape = {from[0], block, block, from[1], from[2] / block, from[3] / block};
    Shape strides = {from[1] * plane, from[3], 1, plane, from[3] * block, block};
    if (node.text("mode", "DCR") == "CRD")
        for (Shape* list : {&shape, &strides}) std::rotate(list->begin() + 1, list->begin() + 3, list->begin() + 4);
    copy_strided(static_cast<const std::byte*>(inputs[0].data), strides, shape, element_bytes(inputs[0].type),
                 static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row space_to_depth_row;
const Row space_to_depth_row = {"SpaceToDepth", 1, 1, Role::passes, kBlockAttributes, infer_types, compute};

}  // namespace octavo::ops
