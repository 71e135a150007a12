// Log: the natural logarithm. Stays in floating point: near 0 it magnifies quantization errors without bound.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::log(x); });
    return {};
}

}  // namespace

extern const Row log_row;
const Row log_row = {"Log", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
