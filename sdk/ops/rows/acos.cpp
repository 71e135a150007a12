// Acos: the angle from 0 to pi that has this cosine.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::acos(x);
}

}  // namespace

extern const Row acos_row;
const Row acos_row = {"Acos", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
