// Mod: the remainder of a division. With `fmod` it has the sign of the dividend, as in C, else that of the divisor, as in Python. An
// integer zero as divisor is an error.
#include <algorithm>
#include <cmath>

#include "ops/binary.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"fmod", OCTAVO_ATTRIBUTE_INT, "0"}};

template <class T>
T remainder_as_in_c(T a, T b) {
    if constexpr (std::is_same_v<T, float>) return std::fmod(a, b);
    if constexpr (std::is_signed_v<T>)
        if (b == -1) return 0;  // the least integer has no quotient
    return static_cast<T>(static_cast<std::int64_t>(a) % static_cast<std::int64_t>(b));
}

template <class T>
T remainder_as_in_python(T a, T b) {
    const T rest = remainder_as_in_c(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return with_type(outputs[0].type, [&](auto zero) -> Result<void> {
        using T = decltype(zero);
        if (!std::is_same_v<T, float> && std::ranges::count(values<const T>(inputs[1]), T{0}) > 0)
            return refusal(node, "division by the integer zero");
        if constexpr (!std::is_same_v<T, bool>)
            map_pairs<T, T, T>(inputs, outputs, node.integer("fmod", 0) != 0 ? remainder_as_in_c<T> : remainder_as_in_python<T>);
        return {};
    });
}

}  // namespace

extern const Row mod_row;
const Row mod_row = {"Mod", 2, 2, Role::floating, kAttributes, infer_binary, compute};

}  // namespace octavo::ops
