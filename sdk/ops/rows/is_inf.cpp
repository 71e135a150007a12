// IsInf: whether a value is infinite, of one of the signs that count.
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"detect_negative", OCTAVO_ATTRIBUTE_INT, "1"}, {"detect_positive", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    return one_output(OCTAVO_BOOLEAN, node.input_shape(0));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const bool positive = node.integer("detect_positive", 1) != 0, negative = node.integer("detect_negative", 1) != 0;
    const auto from = values<const float>(inputs[0]);
    const auto to = values<bool>(outputs[0]);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (positive && from[i] == kInfinity) || (negative && from[i] == -kInfinity);
    return {};
}

}  // namespace

extern const Row is_inf_row;
const Row is_inf_row = {"IsInf", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
