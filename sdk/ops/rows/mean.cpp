// Mean: the mean of any number of f32 tensors, value by value.
#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    return infer_variadic(node);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_all<float>(inputs, outputs, [](float a, float b) { return a + b; });
    for (float& value : values<float>(outputs[0])) value /= static_cast<float>(inputs.size());
    return {};
}

}  // namespace

extern const Row mean_row;
const Row mean_row = {"Mean", 1, -1, Role::elementwise, {}, infer_types, compute};

}  // namespace octavo::ops
