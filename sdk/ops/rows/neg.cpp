// Neg: -x for numbers of any type; integers wrap around.
#include <type_traits>

#include "ops/unary.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_numbers(inputs, outputs, [](auto x) {
        if constexpr (std::is_same_v<decltype(x), float>)
            return -x;
        else
            return 0 - static_cast<std::uint64_t>(x);
    });
    return {};
}

}  // namespace

extern const Row neg_row;
const Row neg_row = {"Neg", 1, 1, Role::elementwise, {}, infer_number_like_input, compute};

}  // namespace octavo::ops
