// Shape: the dimensions of its input as s64, from `start` to before `end` (opset 15).
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"end", OCTAVO_ATTRIBUTE_INT, "the rank"}, {"start", OCTAVO_ATTRIBUTE_INT, "0"}};

Shape dimensions(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto limit = [rank](std::int64_t axis) { return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank); };
    const std::int64_t start = limit(node.integer("start", 0));
    const std::int64_t end = std::max(start, limit(node.integer("end", rank)));
    return {shape.begin() + start, shape.begin() + end};
}

Result<Types> infer_types(const NodeView& node) {
    return one_output(OCTAVO_S64, {static_cast<std::int64_t>(dimensions(node).size())});
}

Result<void> compute(const NodeView& node, Inputs, Outputs outputs) {
    std::ranges::copy(dimensions(node), values<std::int64_t>(outputs[0]).begin());
    return {};
}

}  // namespace

extern const Row shape_row;
const Row shape_row = {"Shape", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
