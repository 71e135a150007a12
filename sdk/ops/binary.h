// Operators on pairs of values: tensors of equal type with numpy's broadcasting.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

// Arithmetic: any number type, and that of the result.
Result<Types> infer_binary(const NodeView& node);
// Comparisons: any type; the result is boolean.
Result<Types> infer_comparison(const NodeView& node);
// And, Or, Xor: booleans alone.
Result<Types> infer_logic(const NodeView& node);
// Min, Max, Sum, Mean: one tensor or more.
Result<Types> infer_variadic(const NodeView& node);

template <class A, class B, class Out, class Operation>
void map_pairs(Inputs inputs, Outputs outputs, Operation operation) {
    const Shape shape = shape_of(outputs[0]);
    const Shape a_strides = broadcast_strides(shape_of(inputs[0]), shape);
    const Shape b_strides = broadcast_strides(shape_of(inputs[1]), shape);
    const std::int64_t a_step = shape.empty() ? 0 : a_strides.back();
    const std::int64_t b_step = shape.empty() ? 0 : b_strides.back();
    const A* a = static_cast<const A*>(inputs[0].data);
    const B* b = static_cast<const B*>(inputs[1].data);
    Out* out = static_cast<Out*>(outputs[0].data);
    for_each_run<2>(shape, {a_strides, b_strides}, [&](const std::array<std::int64_t, 2>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i)
            out[i] = static_cast<Out>(operation(a[offset[0] + i * a_step], b[offset[1] + i * b_step]));
        out += length;
    });
}

// `Operation` is one that `wrapping` takes.
template <class Operation>
Result<void> compute_binary(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        map_pairs<T, T, T>(inputs, outputs, wrapping<Operation, T>);
    });
    return {};
}

template <class Operation>
Result<void> compute_comparison(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(inputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        map_pairs<T, T, bool>(inputs, outputs, Operation{});
    });
    return {};
}

// Starts with the first tensor, spread to the output's shape, and puts each other onto it: value = operation(value, next).
template <class T, class Operation>
void map_all(Inputs inputs, Outputs outputs, Operation operation) {
    const Shape shape = shape_of(outputs[0]);
    copy_strided(static_cast<const std::byte*>(inputs[0].data), broadcast_strides(shape_of(inputs[0]), shape), shape, sizeof(T),
                 static_cast<std::byte*>(outputs[0].data));
    for (const octavo_tensor& next : inputs.subspan(1)) {
        const octavo_tensor pair[] = {outputs[0], next};
        map_pairs<T, T, T>(pair, outputs, operation);
    }
}

// `Operation` takes and gives two values of any number type.
template <class Operation>
Result<void> compute_variadic(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) { map_all<decltype(zero)>(inputs, outputs, Operation{}); });
    return {};
}

}  // namespace octavo::ops
