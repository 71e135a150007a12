// What pooling rows share: inference, the norm's exponent, and walks over windows and whole planes of f32 tensors.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

// One value of each window.
Result<Types> infer_pool(const NodeView& node);
// One value of each channel.
Result<Types> infer_global_pool(const NodeView& node);
// LpPool and GlobalLpPool: "p" is 1 or more.
Result<void> expect_norm(const NodeView& node);

// The result is pool(plane, oy, ox) of each output position.
template <class Pool>
void pool_windows(const Window& w, const octavo_tensor& from, const octavo_tensor& to, Pool&& pool) {
    const std::int64_t planes = from.shape[0] * from.shape[1];
    const float* plane = static_cast<const float*>(from.data);
    float* out = static_cast<float*>(to.data);
    for (std::int64_t i = 0; i < planes; ++i, plane += w.input_h * w.input_w)
        for (std::int64_t oy = 0; oy < w.output_h; ++oy)
            for (std::int64_t ox = 0; ox < w.output_w; ++ox) *out++ = pool(plane, oy, ox);
}

// The result is pool(values) of each channel's values, of which there is at least one.
template <class Pool>
void pool_planes(const octavo_tensor& from, const octavo_tensor& to, Pool&& pool) {
    const Shape shape = shape_of(from);
    const auto size = static_cast<std::size_t>(extent(shape, 2, shape.size()));
    const float* plane = static_cast<const float*>(from.data);
    for (float& result : values<float>(to)) {
        result = pool(std::span<const float>(plane, size));
        plane += size;
    }
}

}  // namespace octavo::ops
