// Ceil: the least integer not below x.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::ceil(x);
}

}  // namespace

extern const Row ceil_row;
const Row ceil_row = {"Ceil", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
