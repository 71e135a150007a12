// Trilu: of each matrix (the last two dimensions) what lies on or above a diagonal, or with `upper` = 0 on or below it; zeros elsewhere.
// The diagonal is input 1: 0 is the main one, positive numbers lie above. Any type.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"upper", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    if (node.input_shape(0).size() < 2) return refusal(node, "input " + shape_text(node.input_shape(0)) + " is no matrix");
    if (node.has_input(1)) {
        OCTAVO_CHECK_OK(expect_type(node, 1, OCTAVO_S64));
        OCTAVO_CHECK_OK(expect_single(node, 1));
    }
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::int64_t rows = inputs[0].shape[inputs[0].rank - 2], columns = inputs[0].shape[inputs[0].rank - 1];
    const std::int64_t given = is_given(inputs, 1) ? values<const std::int64_t>(inputs[1])[0] : 0;
    const std::int64_t diagonal = std::clamp(given, -rows, columns);
    const bool upper = node.integer("upper", 1) != 0;
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const std::span<const T> from = values<const T>(inputs[0]);
        const std::span<T> to = values<T>(outputs[0]);
        for (std::size_t i = 0; i < to.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            const std::int64_t above = at % columns - at / columns % rows - diagonal;
            to[i] = above == 0 || (above > 0) == upper ? from[i] : T{0};
        }
    });
    return {};
}

}  // namespace

extern const Row trilu_row;
const Row trilu_row = {"Trilu", 1, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
