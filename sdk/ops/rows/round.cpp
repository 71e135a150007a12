// Round: the nearest integer, halves to the even one.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::nearbyint(x);
}

}  // namespace

extern const Row round_row;
const Row round_row = {"Round", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
