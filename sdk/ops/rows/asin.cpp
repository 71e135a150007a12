// Asin: the angle from -pi/2 to pi/2 that has this sine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::asin(x);
}

}  // namespace

extern const Row asin_row;
const Row asin_row = {"Asin", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
