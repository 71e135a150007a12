// Silu: x * sigmoid(x), an operator of our own: only what comes out is ever quantized.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return x / (1.0F + std::exp(-x)); });
    return {};
}

}  // namespace

extern const Row silu_row;
const Row silu_row = {"Silu", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
