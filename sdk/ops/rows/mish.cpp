// Mish: x * tanh(softplus(x)).
#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return x * std::tanh(std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x)))); });
    return {};
}

}  // namespace

extern const Row mish_row;
const Row mish_row = {"Mish", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
