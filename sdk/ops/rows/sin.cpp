// Sin: the sine of an angle in radians.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::sin(x);
}

}  // namespace

extern const Row sin_row;
const Row sin_row = {"Sin", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
