// Flatten: a matrix of what stands before `axis` by what stands behind; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    const auto rank = static_cast<std::int64_t>(shape.size());
    std::int64_t axis = node.integer("axis", 1);
    if (axis < -rank || axis > rank)
        return refusal(node, "axis " + std::to_string(axis) + " lies outside of a shape of rank " + std::to_string(rank));
    if (axis < 0) axis += rank;
    const auto at = static_cast<std::size_t>(axis);
    return one_output(node.input(0).type, {extent(shape, 0, at), extent(shape, at, shape.size())});
}

}  // namespace

extern const Row flatten_row;
const Row flatten_row = {"Flatten", 1, 1, Role::passes, kAttributes, infer_types, compute_same_bytes};

}  // namespace octavo::ops
