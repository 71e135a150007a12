// Floor: the greatest integer not above x.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::floor(x);
}

}  // namespace

extern const Row floor_row;
const Row floor_row = {"Floor", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
