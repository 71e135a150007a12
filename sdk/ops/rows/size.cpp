// Size: the number of its input's elements as s64.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView&) {
    return one_output(OCTAVO_S64, {});
}

Result<void> compute(const NodeView& node, Inputs, Outputs outputs) {
    values<std::int64_t>(outputs[0])[0] = element_count(node.input_shape(0));
    return {};
}

}  // namespace

extern const Row size_row;
const Row size_row = {"Size", 1, 1, Role::floating, {}, infer_types, compute};

}  // namespace octavo::ops
