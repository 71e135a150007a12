// SpaceToDepth: blocks of pixels become blocks of channels, ordered block row, block column, depth (or, with mode CRD, depth first); any
// type.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"blocksize", OCTAVO_ATTRIBUTE_INT, "required"}, {"mode", OCTAVO_ATTRIBUTE_STRING, "DCR"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    const std::int64_t block = node.integer("blocksize", 0);
    const std::string_view mode = node.text("mode", "DCR");
    if (mode != "DCR" && mode != "CRD") return refusal(node, "mode '" + std::string(mode) + "' is not known, expected DCR or CRD");
    if (shape.size() != 4 || block < 1 || block > 1 << 15 || shape[2] % block != 0 || shape[3] % block != 0)
        return refusal(node, "blocks of " + std::to_string(block) + " do not fit input " + shape_text(shape));
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
    copy_strided(static_cast<const std::byte*>(inputs[0].data), strides, shape, size_bytes(inputs[0].type),
                 static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row space_to_depth_row;
const Row space_to_depth_row = {"SpaceToDepth", 1, 1, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
