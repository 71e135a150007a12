// Operators on single values: what a unary row is beside its inference (support.h has infer_float_like_input and its like).
#pragma once

#include "ops/support.h"

namespace octavo::ops {

template <class Function>
void map_floats(Inputs inputs, Outputs outputs, Function&& function) {
    const std::span<const float> from = values<const float>(inputs[0]);
    const std::span<float> to = values<float>(outputs[0]);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = function(from[i]);
}

// The same for any number type; `function` takes and gives each.
template <class Function>
void map_numbers(Inputs inputs, Outputs outputs, Function&& function) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const std::span<const T> from = values<const T>(inputs[0]);
        const std::span<T> to = values<T>(outputs[0]);
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<T>(function(from[i]));
    });
}

// For a row whose function needs no attributes.
template <float (*function)(float)>
Result<void> compute_floats(const NodeView&, Inputs inputs, Outputs outputs) {
    map_floats(inputs, outputs, [](float x) { return function(x); });
    return {};
}

}  // namespace octavo::ops
