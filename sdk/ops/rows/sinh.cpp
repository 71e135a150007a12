// Sinh: the hyperbolic sine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::sinh(x);
}

}  // namespace

extern const Row sinh_row;
const Row sinh_row = {"Sinh", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
