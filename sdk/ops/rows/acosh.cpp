// Acosh: the number, not negative, that has this hyperbolic cosine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::acosh(x);
}

}  // namespace

extern const Row acosh_row;
const Row acosh_row = {"Acosh", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
