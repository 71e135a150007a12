#include "ops/arg_extreme.h"

namespace octavo::ops {

Result<Types> infer_arg(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), shape.size()));
    const auto at = static_cast<std::size_t>(axis);
    if (shape[at] == 0) return refusal(node, "axis " + std::to_string(axis) + " of " + shape_text(shape) + " is empty");
    if (node.integer("keepdims", 1) != 0)
        shape[at] = 1;
    else
        shape.erase(shape.begin() + axis);
    return one_output(OCTAVO_S64, std::move(shape));
}

}  // namespace octavo::ops
