// Softsign: x / (1 + |x|).
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return x / (1 + std::fabs(x));
}

}  // namespace

extern const Row softsign_row;
const Row softsign_row = {"Softsign", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
