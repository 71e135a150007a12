// Mish: x * tanh(softplus(x)).
#include <algorithm>
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return x * std::tanh(std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x))));
}

}  // namespace

extern const Row mish_row;
const Row mish_row = {"Mish", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
