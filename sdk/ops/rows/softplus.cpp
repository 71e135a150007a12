// Softplus: log(1 + e^x), in a form that neither overflows nor cancels.
#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::fabs(x))); });
    return {};
}

}  // namespace

extern const Row softplus_row;
const Row softplus_row = {"Softplus", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
