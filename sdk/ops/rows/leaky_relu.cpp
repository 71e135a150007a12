// LeakyRelu: x where positive, else alpha * x.
#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "0.01"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const float alpha = node.real("alpha", 0.01F);
    map_floats(inputs, outputs, [alpha](float x) { return x > 0.0F ? x : x * alpha; });
    return {};
}

}  // namespace

extern const Row leaky_relu_row;
const Row leaky_relu_row = {"LeakyRelu", 1, 1, Role::elementwise, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
