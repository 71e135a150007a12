// Gelu: x times the normal distribution's cumulative function, exact but for 1.2e-6 or approximated by tanh.
#include <octavo/numbers.h>

#include <cmath>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"approximate", OCTAVO_ATTRIBUTE_STRING, "none"}};

Result<Types> infer_types(const NodeView& node) {
    const std::string_view approximate = node.text("approximate", "none");
    if (approximate != "none" && approximate != "tanh")
        return refusal(node, "approximate '" + std::string(approximate) + "' is not known, expected none or tanh");
    return infer_float_like_input(node);
}

float by_tanh(float x) {
    return 0.5F * x * (1.0F + std::tanh(0.79788456F * (x + 0.044715F * x * x * x)));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, node.text("approximate", "none") == "tanh" ? by_tanh : gelu_contract);
    return {};
}

}  // namespace

extern const Row gelu_row;
const Row gelu_row = {"Gelu", 1, 1, Role::elementwise, kAttributes, infer_types, compute};

}  // namespace octavo::ops
