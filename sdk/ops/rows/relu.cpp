// Relu: max(0, x).
#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return 0.0F > x ? 0.0F : x;  // NaN stays NaN
}

}  // namespace

extern const Row relu_row;
const Row relu_row = {"Relu", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
