// Cosh: the hyperbolic cosine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::cosh(x);
}

}  // namespace

extern const Row cosh_row;
const Row cosh_row = {"Cosh", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
