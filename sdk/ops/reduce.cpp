#include "ops/reduce.h"

namespace octavo::ops {

Result<Shape> reduced_shape(const NodeView& node) {
    OCTAVO_TRY(const std::vector<std::int64_t> axes, reduced_axes(node));
    Shape shape = node.input_shape(0);
    for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = 1;
    return shape;
}

Result<Types> infer_any_reduction(const NodeView& node) {
    OCTAVO_TRY(const std::vector<std::int64_t> axes, reduced_axes(node));
    OCTAVO_TRY(Shape shape, reduced_shape(node));
    if (node.integer("keepdims", 1) == 0)
        for (std::size_t i = axes.size(); i-- > 0;) shape.erase(shape.begin() + axes[i]);
    return one_output(node.input(0).type, std::move(shape));
}

Result<Types> infer_reduction(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    return infer_any_reduction(node);
}

Result<Types> infer_float_reduction(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    return infer_any_reduction(node);
}

}  // namespace octavo::ops
