// Atan: the angle between -pi/2 and pi/2 that has this tangent.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::atan(x);
}

}  // namespace

extern const Row atan_row;
const Row atan_row = {"Atan", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
