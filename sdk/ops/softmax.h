// What Softmax and LogSoftmax share: which values add up to one. Along `axis` (opset 13), or over everything from `axis` on (before). The
// node's attribute "opset" tells which; without it, 13.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

inline constexpr AttributeRow kSoftmaxAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "-1, before opset 13: 1"},
                                                      {"opset", OCTAVO_ATTRIBUTE_INT, "13"}};

Result<AxisSplit> softmax_split(const NodeView& node);
Result<Types> infer_softmax(const NodeView& node);

// Calls row(x, count, step, y) for each list of values that add up to one; they lie `step` apart.
template <class Row>
Result<void> for_each_softmax(const NodeView& node, Inputs inputs, Outputs outputs, Row&& row) {
    OCTAVO_TRY(const AxisSplit split, softmax_split(node));
    if (split.size == 0) return {};
    const float* x = static_cast<const float*>(inputs[0].data);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (std::int64_t inner = 0; inner < split.inner; ++inner) {
            const std::int64_t start = outer * split.size * split.inner + inner;
            row(x + start, split.size, split.inner, y + start);
        }
    return {};
}

}  // namespace octavo::ops
