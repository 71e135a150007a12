// Ceil: the least integer not below x.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::ceil(x); });
    return {};
}

}  // namespace

extern const Row ceil_row;
const Row ceil_row = {"Ceil", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
