// CumSum: along an axis (input 1, one number) the sum of a value and of all before it, in double for f32; `exclusive` leaves the value
// itself out, `reverse` sums from the end.
#include <functional>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"exclusive", OCTAVO_ATTRIBUTE_INT, "0"}, {"reverse", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_CHECK_OK(expect_integer(node, 1));
    OCTAVO_CHECK_OK(expect_single(node, 1));
    if (node.input_shape(0).empty()) return refusal(node, "a scalar has no axis");
    return like_input(node);
}

template <class T>
void sum_up(const AxisSplit& split, bool exclusive, bool reverse, const T* x, T* y) {
    using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (std::int64_t inner = 0; inner < split.inner; ++inner) {
            Wide sum = 0;
            for (std::int64_t i = 0; i < split.size; ++i) {
                const std::int64_t at = (outer * split.size + (reverse ? split.size - 1 - i : i)) * split.inner + inner;
                const Wide with = wrapping<std::plus<>>(sum, static_cast<Wide>(x[at]));
                y[at] = static_cast<T>(exclusive ? sum : with);
                sum = with;
            }
        }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, integer_values(inputs[1])[0], shape.size()));
    const bool exclusive = node.integer("exclusive", 0) != 0, reverse = node.integer("reverse", 0) != 0;
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        sum_up(split_at(shape, axis), exclusive, reverse, static_cast<const T*>(inputs[0].data), static_cast<T*>(outputs[0].data));
    });
    return {};
}

}  // namespace

extern const Row cum_sum_row;
const Row cum_sum_row = {"CumSum", 2, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
