// Sqrt: the square root. Stays in floating point: near 0 it magnifies quantization errors without bound.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::sqrt(x);
}

}  // namespace

extern const Row sqrt_row;
const Row sqrt_row = {"Sqrt", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
