// HardSwish: x * max(0, min(1, x / 6 + 1/2)).
#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return octavo::apply_activation({ActivationKind::hard_swish, 0, 0}, x);
}

}  // namespace

extern const Row hard_swish_row;
const Row hard_swish_row = {"HardSwish", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
