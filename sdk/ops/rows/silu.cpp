// Silu: x * sigmoid(x), an operator of our own: only what comes out is ever quantized.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return x / (1.0F + std::exp(-x));
}

}  // namespace

extern const Row silu_row;
const Row silu_row = {"Silu", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
