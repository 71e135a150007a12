// Swish: x * sigmoid(alpha * x).
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const float alpha = node.real("alpha", 1.0F);
    map_floats(inputs, outputs, [alpha](float x) { return x / (1.0F + std::exp(-alpha * x)); });
    return {};
}

}  // namespace

extern const Row swish_row;
const Row swish_row = {"Swish", 1, 1, Role::elementwise, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
