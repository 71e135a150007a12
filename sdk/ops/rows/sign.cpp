// Sign: -1, 0 or 1, for numbers of any type. Stays in floating point: around 0 every rounding changes it.
#include "ops/unary.h"

namespace octavo::ops {

namespace {

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    map_numbers(inputs, outputs, [](auto x) {
        constexpr auto zero = decltype(x){};
        return (x > zero ? 1 : 0) - (x < zero ? 1 : 0);
    });
    return {};
}

}  // namespace

extern const Row sign_row;
const Row sign_row = {"Sign", 1, 1, Role::floating, {}, infer_number_like_input, compute};

}  // namespace octavo::ops
