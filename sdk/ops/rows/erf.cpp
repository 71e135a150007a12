// Erf: the error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::erf(x);
}

}  // namespace

extern const Row erf_row;
const Row erf_row = {"Erf", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
