// Sigmoid: 1 / (1 + e^-x). In int8 and fused it is numbers.h that says which bits come out.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return 1.0F / (1.0F + std::exp(-x));
}

}  // namespace

extern const Row sigmoid_row;
const Row sigmoid_row = {"Sigmoid", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
