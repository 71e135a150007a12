// Floor: the greatest integer not above x.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return std::floor(x); });
    return {};
}

}  // namespace

extern const Row floor_row;
const Row floor_row = {"Floor", 1, 1, Role::floating, {}, infer_float_like_input, compute};

}  // namespace octavo::ops
