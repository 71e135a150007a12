// Exp: e^x. Its results span more than 256 steps hold, so it stays in floating point.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::exp(x); });
    return {};
}

}  // namespace

extern const Row exp_row;
const Row exp_row = {"Exp", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
