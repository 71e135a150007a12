// Round: the nearest integer, halves to the even one.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::nearbyint(x); });
    return {};
}

}  // namespace

extern const Row round_row;
const Row round_row = {"Round", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
