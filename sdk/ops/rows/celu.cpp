// Celu: x where positive, else alpha * (e^(x / alpha) - 1).
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const float alpha = node.real("alpha", 1.0F);
    map_floats(inputs, outputs, [=](float x) { return x > 0.0F ? x : alpha * std::expm1(x / alpha); });
    return {};
}

}  // namespace

extern const Row celu_row;
const Row celu_row = {"Celu", 1, 1, Role::elementwise, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
