// Reduce*: what becomes of the values along some axes (an attribute, or constant input 1 in newer opsets). A reducer is a template on the
// type it adds up in (double for f32, std::int64_t for integers) with add(value) and result(); it is named after its operator, since GCC
// merges instances for templates of one name even from unnamed namespaces.
#pragma once

#include <algorithm>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

inline constexpr AttributeRow kReductionAttributes[] = {
    {"axes", OCTAVO_ATTRIBUTE_INTS, "all"}, {"keepdims", OCTAVO_ATTRIBUTE_INT, "1"}, {"noop_with_empty_axes", OCTAVO_ATTRIBUTE_INT, "0"}};

// The input's shape with 1 along each axis that is reduced.
Result<Shape> reduced_shape(const NodeView& node);
// Of any number type, and the same with booleans.
Result<Types> infer_reduction(const NodeView& node);
Result<Types> infer_float_reduction(const NodeView& node);
Result<Types> infer_any_reduction(const NodeView& node);

template <class T, template <class> class Reducer>
void reduce(const Shape& kept, const octavo_tensor& from, const octavo_tensor& to) {
    using Wide = std::conditional_t<std::is_same_v<T, float>, double, std::int64_t>;
    const Shape shape = shape_of(from);
    const Shape strides = broadcast_strides(kept, shape);
    const std::int64_t step = strides.empty() ? 0 : strides.back();
    const std::span<T> results = values<T>(to);
    std::vector<Reducer<Wide>> reducers(results.size());
    const T* x = static_cast<const T*>(from.data);
    for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) reducers[static_cast<std::size_t>(offset[0] + i * step)].add(static_cast<Wide>(*x++));
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Wide result = reducers[i].result();
        if constexpr (std::is_same_v<T, float>)
            results[i] = static_cast<T>(result);
        else  // over no values the least or greatest of the wide type becomes that of T
            results[i] = static_cast<T>(std::clamp<Wide>(result, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()));
    }
}

template <template <class> class Reducer>
Result<void> compute_reduction(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Shape kept, reduced_shape(node));
    with_type(outputs[0].type, [&](auto zero) { reduce<decltype(zero), Reducer>(kept, inputs[0], outputs[0]); });
    return {};
}

// For reductions of f32 alone.
template <template <class> class Reducer>
Result<void> compute_float_reduction(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Shape kept, reduced_shape(node));
    reduce<float, Reducer>(kept, inputs[0], outputs[0]);
    return {};
}

}  // namespace octavo::ops
