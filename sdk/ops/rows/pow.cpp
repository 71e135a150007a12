// Pow: the base (input 0) to an exponent of any number type; the result has the base's type. In double for reals; a whole base with a whole
// exponent is multiplied up and wraps around. Stays in floating point: errors grow with the exponent.
#include <cmath>

#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_CHECK_OK(expect_number(node, 1));
    OCTAVO_TRY(Shape shape, broadcast(node, node.input_shape(0), node.input_shape(1)));
    return one_output(node.input(0).type, std::move(shape));
}

std::uint64_t whole_power(std::uint64_t base, std::uint64_t exponent) {
    std::uint64_t result = 1;
    for (; exponent > 0; exponent >>= 1, base *= base)
        if (exponent & 1) result *= base;
    return result;
}

template <class Base, class Exponent>
Base power(Base base, Exponent exponent) {
    if constexpr (std::is_integral_v<Base> && std::is_integral_v<Exponent>)
        if (static_cast<std::int64_t>(exponent) >= 0)
            return static_cast<Base>(whole_power(static_cast<std::uint64_t>(base), static_cast<std::uint64_t>(exponent)));
    return static_cast<Base>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(inputs[0].type, [&](auto base) {
        with_type(inputs[1].type, [&](auto exponent) {
            using Base = decltype(base);
            using Exponent = decltype(exponent);
            map_pairs<Base, Exponent, Base>(inputs, outputs, power<Base, Exponent>);
        });
    });
    return {};
}

}  // namespace

extern const Row pow_row;
const Row pow_row = {"Pow", 2, 2, Role::floating, {}, infer_types, compute};

}  // namespace octavo::ops
