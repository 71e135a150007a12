// Asinh: the number that has this hyperbolic sine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::asinh(x);
}

}  // namespace

extern const Row asinh_row;
const Row asinh_row = {"Asinh", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
