// A convolution seen as columns: what one kernel tap reads of one channel, for a stretch of output positions. Sums over taps then run
// along contiguous memory, in an order that does not depend on the stretch.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/op.h"

namespace octavo::ops {

// Output positions handled at a time: a column and its sums stay in the first-level cache.
inline constexpr std::int64_t kStretch = 256;

// out[i] = what tap (ky, kx) reads at output position begin + i (row-major over output_h x output_w); `border` outside of the image.
template <class T>
void tap_column(const Window& w, const T* plane, std::int64_t ky, std::int64_t kx, std::int64_t begin, std::int64_t end, T border, T* out) {
    for (std::int64_t position = begin; position < end;) {
        const std::int64_t oy = position / w.output_w;
        const std::int64_t ox = position % w.output_w;
        const std::int64_t length = std::min(w.output_w - ox, end - position);
        const std::int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        std::int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
        const bool inside = y >= 0 && y < w.input_h;
        const T* row = inside ? plane + y * w.input_w : nullptr;
        for (std::int64_t i = 0; i < length; ++i, x += w.stride_w) out[i] = inside && x >= 0 && x < w.input_w ? row[x] : border;
        out += length;
        position += length;
    }
}

// sums[i] += factor * column[i]. Blocks of constant length, which compilers turn into vectors.
template <class Sum, class T>
void add_column(Sum* __restrict sums, const T* __restrict column, T factor, std::int64_t count) {
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16)
        for (std::int64_t k = 0; k < 16; ++k) sums[i + k] += static_cast<Sum>(factor) * static_cast<Sum>(column[i + k]);
    for (; i < count; ++i) sums[i] += static_cast<Sum>(factor) * static_cast<Sum>(column[i]);
}

}  // namespace octavo::ops
