// Div: the quotient of two tensors. Integers are cut towards zero, and an integer zero as divisor is an error.
#include <algorithm>

#include "ops/binary.h"

namespace octavo::ops {

namespace {

template <class T>
T quotient(T a, T b) {
    // -1 apart: the least integer has no negative.
    if constexpr (std::is_signed_v<T> && !std::is_same_v<T, float>)
        if (b == -1) return static_cast<T>(0 - static_cast<std::uint64_t>(a));
    return static_cast<T>(a / b);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return with_type(outputs[0].type, [&](auto zero) -> Result<void> {
        using T = decltype(zero);
        if (!std::is_same_v<T, float> && std::ranges::count(values<const T>(inputs[1]), T{0}) > 0)
            return refusal(node, "division by the integer zero");
        if constexpr (!std::is_same_v<T, bool>) map_pairs<T, T, T>(inputs, outputs, quotient<T>);
        return {};
    });
}

}  // namespace

extern const Row div_row;
const Row div_row = {"Div", 2, 2, Role::elementwise, {}, infer_binary, compute};

}  // namespace octavo::ops
