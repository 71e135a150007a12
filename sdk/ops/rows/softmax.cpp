// Softmax: e^x over its sum along `axis` (opset 13), or over everything from `axis` on (before). The node's attribute "opset" tells which;
// without it, 13. Sums in double.
#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "-1, before opset 13: 1"}, {"opset", OCTAVO_ATTRIBUTE_INT, "13"}};

Result<AxisSplit> split_of(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    const bool flattens = node.integer("opset", 13) < 13;
    if (flattens && node.integer("axis", 1) == static_cast<std::int64_t>(shape.size())) return AxisSplit{element_count(shape), 1, 1};
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", flattens ? 1 : -1), shape.size()));
    AxisSplit split = split_at(shape, axis);
    if (flattens) split = {split.outer, split.size * split.inner, 1};
    return split;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(split_of(node));
    return infer_float_like_input(node);
}

// One row of values that lie `step` apart.
void softmax(const float* x, std::int64_t count, std::int64_t step, float* y) {
    float largest = x[0];
    for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, x[i * step]);
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        y[i * step] = std::exp(x[i * step] - largest);
        sum += static_cast<double>(y[i * step]);
    }
    for (std::int64_t i = 0; i < count; ++i) y[i * step] = static_cast<float>(static_cast<double>(y[i * step]) / sum);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const AxisSplit split, split_of(node));
    if (split.size == 0) return {};
    const float* x = static_cast<const float*>(inputs[0].data);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (std::int64_t inner = 0; inner < split.inner; ++inner) {
            const std::int64_t start = outer * split.size * split.inner + inner;
            softmax(x + start, split.size, split.inner, y + start);
        }
    return {};
}

}  // namespace

extern const Row softmax_row;
const Row softmax_row = {"Softmax", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
