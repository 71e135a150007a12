// IsNaN: whether a value is no number.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    return one_output(OCTAVO_BOOLEAN, node.input_shape(0));
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const auto from = values<const float>(inputs[0]);
    const auto to = values<bool>(outputs[0]);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = std::isnan(from[i]);
    return {};
}

}  // namespace

extern const Row is_nan_row;
const Row is_nan_row = {"IsNaN", 1, 1, Role::floating, {}, infer_types, compute};

}  // namespace octavo::ops
