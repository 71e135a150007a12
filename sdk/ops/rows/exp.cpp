// Exp: e^x. Its results span more than 256 steps hold, so it stays in floating point.
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::exp(x);
}

}  // namespace

extern const Row exp_row;
const Row exp_row = {"Exp", 1, 1, Role::floating, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
