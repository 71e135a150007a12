// Add, Sub, Mul, Div: one operation on two tensors of equal type, f32 or s64, with numpy's broadcasting.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

Result<Types> infer_binary(const NodeView& node);

template <class T, class Operation>
void map_pairs(Inputs inputs, Outputs outputs, Operation operation) {
    const Shape shape = shape_of(outputs[0]);
    const Shape a_strides = broadcast_strides(shape_of(inputs[0]), shape);
    const Shape b_strides = broadcast_strides(shape_of(inputs[1]), shape);
    const std::int64_t a_step = shape.empty() ? 0 : a_strides.back();
    const std::int64_t b_step = shape.empty() ? 0 : b_strides.back();
    const T* a = static_cast<const T*>(inputs[0].data);
    const T* b = static_cast<const T*>(inputs[1].data);
    T* out = static_cast<T*>(outputs[0].data);
    for_each_run<2>(shape, {a_strides, b_strides}, [&](const std::array<std::int64_t, 2>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) out[i] = operation(a[offset[0] + i * a_step], b[offset[1] + i * b_step]);
        out += length;
    });
}

// `Operation` has an operator() for float and one for std::int64_t.
template <class Operation>
Result<void> compute_binary(const NodeView&, Inputs inputs, Outputs outputs) {
    if (outputs[0].type == OCTAVO_F32)
        map_pairs<float>(inputs, outputs, Operation{});
    else
        map_pairs<std::int64_t>(inputs, outputs, Operation{});
    return {};
}

}  // namespace octavo::ops
