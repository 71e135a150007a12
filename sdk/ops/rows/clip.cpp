// Clip: min(max(x, least), greatest). The bounds are attributes before opset 11 and optional scalar inputs since; an absent one does not
// bind, and where they cross, the greatest wins.
#include <algorithm>
#include <limits>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"min", OCTAVO_ATTRIBUTE_FLOAT, "-3.4028235e38"}, {"max", OCTAVO_ATTRIBUTE_FLOAT, "3.4028235e38"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    for (std::size_t i = 1; i < node.input_count(); ++i)
        if (node.has_input(i)) OCTAVO_CHECK_OK(expect_single(node, i));
    return like_input(node);
}

float bound(const NodeView& node, Inputs inputs, std::size_t i, const char* attribute, float fallback) {
    return is_given(inputs, i) ? values<const float>(inputs[i])[0] : node.real(attribute, fallback);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float least = bound(node, inputs, 1, "min", -kInfinity);
    const float greatest = bound(node, inputs, 2, "max", kInfinity);
    map_floats(inputs, outputs, [=](float x) { return std::min(std::max(x, least), greatest); });
    return {};
}

}  // namespace

extern const Row clip_row;
const Row clip_row = {"Clip", 1, 3, Role::elementwise, kAttributes, infer_types, compute};

}  // namespace octavo::ops
