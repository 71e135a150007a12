// HardSigmoid: max(0, min(1, alpha * x + beta)).
#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "0.2"}, {"beta", OCTAVO_ATTRIBUTE_FLOAT, "0.5"}};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Activation activation{ActivationKind::hard_sigmoid, node.real("alpha", 0.2F), node.real("beta", 0.5F)};
    map_floats(inputs, outputs, [&](float x) { return octavo::apply_activation(activation, x); });
    return {};
}

}  // namespace

extern const Row hard_sigmoid_row;
const Row hard_sigmoid_row = {"HardSigmoid", 1, 1, Role::elementwise, kAttributes, infer_float_like_input, compute};

}  // namespace octavo::ops
