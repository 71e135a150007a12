#include "ops/softmax.h"

namespace octavo::ops {

Result<AxisSplit> softmax_split(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    const bool flattens = node.integer("opset", 13) < 13;
    if (flattens && node.integer("axis", 1) == static_cast<std::int64_t>(shape.size())) return AxisSplit{element_count(shape), 1, 1};
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", flattens ? 1 : -1), shape.size()));
    AxisSplit split = split_at(shape, axis);
    if (flattens) split = {split.outer, split.size * split.inner, 1};
    return split;
}

Result<Types> infer_softmax(const NodeView& node) {
    OCTAVO_CHECK_OK(softmax_split(node));
    return infer_float_like_input(node);
}

}  // namespace octavo::ops
