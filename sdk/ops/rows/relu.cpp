// Relu: max(0, x).
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return x > 0.0F ? x : 0.0F; });
    return {};
}

}  // namespace

extern const Row relu_row;
const Row relu_row = {"Relu", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
