// Unsqueeze: dimensions of 1 put in, so that they stand at the given axes of the output; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axes", OCTAVO_ATTRIBUTE_INTS, "input 1"}};

Result<Types> infer_types(const NodeView& node) {
    Shape shape = node.input_shape(0);
    if (!node.has_input(1) && !node.attribute("axes")) return refusal(node, "has no axes: neither input 1 nor an attribute");
    OCTAVO_TRY(std::vector<std::int64_t> axes, integers_of(node, 1, "axes", {}));
    OCTAVO_TRY(axes, resolve_axes(node, axes, shape.size() + axes.size()));
    for (const std::int64_t axis : axes) shape.insert(shape.begin() + axis, 1);
    return one_output(node.input(0).type, shape);
}

}  // namespace

extern const Row unsqueeze_row;
const Row unsqueeze_row = {"Unsqueeze", 1, 2, Role::passes, kAttributes, infer_types, compute_same_bytes, inputs_at(1)};

}  // namespace octavo::ops
