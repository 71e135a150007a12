// Abs: the absolute value of numbers of any type.
#include <cmath>
#include <type_traits>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_numbers(inputs, outputs, [](auto x) {
        if constexpr (std::is_same_v<decltype(x), float>)
            return std::fabs(x);
        else if constexpr (std::is_unsigned_v<decltype(x)>)
            return x;
        else
            return x < 0 ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x);
    });
    return {};
}

}  // namespace

extern const Row abs_row;
const Row abs_row = {"Abs", 1, 1, Role::elementwise, {}, infer_number_like_input, compute};

}  // namespace octavo::ops
