// Cos: the cosine of an angle in radians.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::cos(x);
}

}  // namespace

extern const Row cos_row;
const Row cos_row = {"Cos", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
