// Reciprocal: 1 / x. Stays in floating point: near 0 it magnifies quantization errors without bound.
#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return 1.0F / x;
}

}  // namespace

extern const Row reciprocal_row;
const Row reciprocal_row = {"Reciprocal", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
