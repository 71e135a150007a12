// HardSwish: x * max(0, min(1, x / 6 + 1/2)).
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return octavo::apply_activation({ActivationKind::hard_swish, 0, 0}, x); });
    return {};
}

}  // namespace

extern const Row hard_swish_row;
const Row hard_swish_row = {"HardSwish", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
