// Clip: min(max(x, least), greatest), of any number type. The bounds are attributes before opset 11 and optional scalar inputs since; an
// absent one does not bind, and where they cross, the greatest wins.
#include <algorithm>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"min", OCTAVO_ATTRIBUTE_FLOAT, "-3.4028235e38"}, {"max", OCTAVO_ATTRIBUTE_FLOAT, "3.4028235e38"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        if (!node.has_input(i)) continue;
        OCTAVO_CHECK_OK(expect_type(node, i, node.input(0).type));
        OCTAVO_CHECK_OK(expect_single(node, i));
    }
    return like_input(node);
}

// Attributes are of floats alone.
template <class T>
T bound(const NodeView& node, Inputs inputs, std::size_t i, const char* attribute, T fallback) {
    if (is_given(inputs, i)) return values<const T>(inputs[i])[0];
    if constexpr (std::is_same_v<T, float>) return node.real(attribute, fallback);
    return fallback;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        using Limits = std::numeric_limits<T>;
        const T least = bound(node, inputs, 1, "min", Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest());
        const T greatest = bound(node, inputs, 2, "max", Limits::has_infinity ? Limits::infinity() : Limits::max());
        std::ranges::transform(values<const T>(inputs[0]), values<T>(outputs[0]).begin(),
                               [=](T x) { return std::min(std::max(x, least), greatest); });
    });
    return {};
}

}  // namespace

extern const Row clip_row;
const Row clip_row = {"Clip", 1, 3, Role::elementwise, kAttributes, infer_types, compute};

}  // namespace octavo::ops
