// Tanh: the hyperbolic tangent.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::tanh(x);
}

}  // namespace

extern const Row tanh_row;
const Row tanh_row = {"Tanh", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
