// Reciprocal: 1 / x. Stays in floating point: near 0 it magnifies quantization errors without bound.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return 1.0F / x; });
    return {};
}

}  // namespace

extern const Row reciprocal_row;
const Row reciprocal_row = {"Reciprocal", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
