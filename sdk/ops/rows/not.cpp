// Not: the negation of booleans.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_BOOLEAN));
    return like_input(node);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const auto from = values<const bool>(inputs[0]);
    const auto to = values<bool>(outputs[0]);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = !from[i];
    return {};
}

}  // namespace

extern const Row not_row;
const Row not_row = {"Not", 1, 1, Role::floating, {}, infer_types, compute};

}  // namespace octavo::ops
