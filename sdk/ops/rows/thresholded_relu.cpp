// ThresholdedRelu: x where it is greater than alpha, 0 elsewhere.
#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [alpha = node.real("alpha", 1)](float x) { return x > alpha ? x : 0; });
    return {};
}

}  // namespace

extern const Row thresholded_relu_row;
const Row thresholded_relu_row = {"ThresholdedRelu", 1, 1, Role::floating, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
