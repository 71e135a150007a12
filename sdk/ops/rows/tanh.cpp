// Tanh: the hyperbolic tangent.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::tanh(x); });
    return {};
}

}  // namespace

extern const Row tanh_row;
const Row tanh_row = {"Tanh", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
