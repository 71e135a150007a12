// Softplus: log(1 + e^x), in a form that neither overflows nor cancels.
#include <algorithm>
#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

float value_at(float x) {
    return std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x)));
}

}  // namespace

extern const Row softplus_row;
const Row softplus_row = {"Softplus", 1, 1, Role::elementwise, {}, infer_float_like_input, compute_floats<value_at>};

}  // namespace octavo::ops
