// Erf: the error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::erf(x); });
    return {};
}

}  // namespace

extern const Row erf_row;
const Row erf_row = {"Erf", 1, 1, Role::elementwise, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
