// GatherElements and ScatterElements: for each place of the indices (input 1) a place in the data, of the same position but for one axis,
// where the index says it, negative ones from the end.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

// Indices are integers, of the data's rank, and along other axes no longer than the data.
Result<void> expect_elements(const NodeView& node);

// Calls each(i, at) for place i of the indices and place `at` of the data, in order.
template <class Each>
Result<void> walk_elements(const NodeView& node, Inputs inputs, Each&& each) {
    const Shape data = shape_of(inputs[0]), shape = shape_of(inputs[1]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    const auto along = static_cast<std::size_t>(axis);
    const std::vector<std::int64_t> indices = integer_values(inputs[1]);
    Shape strides = dense_strides(data);
    const std::int64_t stride = strides[along];
    strides[along] = 0;
    std::int64_t i = 0;
    Result<void> done;
    for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
        for (std::int64_t k = 0; k < length && done; ++k, ++i) {
            const Result<std::int64_t> index = resolve_index(node, indices[static_cast<std::size_t>(i)], data[along]);
            if (index)
                each(i, offset[0] + k * strides.back() + *index * stride);
            else
                done = index.error();
        }
    });
    return done;
}

}  // namespace octavo::ops
