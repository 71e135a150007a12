// Atanh: the number that has this hyperbolic tangent.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::atanh(x);
}

}  // namespace

extern const Row atanh_row;
const Row atanh_row = {"Atanh", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
