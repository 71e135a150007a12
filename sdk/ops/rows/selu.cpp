// Selu: gamma * x where positive, else gamma * alpha * (e^x - 1).
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1.67326"}, {"gamma", OCTAVO_ATTRIBUTE_FLOAT, "1.0507"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const float alpha = node.real("alpha", 1.67326319F);
    const float gamma = node.real("gamma", 1.05070102F);
    map_floats(inputs, outputs, [=](float x) { return gamma * (x > 0.0F ? x : alpha * std::expm1(x)); });
    return {};
}

}  // namespace

extern const Row selu_row;
const Row selu_row = {"Selu", 1, 1, Role::elementwise, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
