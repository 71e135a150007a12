// Tan: the tangent of an angle in radians.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::tan(x);
}

}  // namespace

extern const Row tan_row;
const Row tan_row = {"Tan", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
