// The sum of a pooling window and how many taps it is divided by, for the f32 rows and for exact integer sums.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ops/op.h"

namespace octavo::ops {

template <class Sum>
struct WindowSum {
    Sum sum = 0;
    std::int64_t count = 0;
};

// Taps outside of the image add nothing. They count with `include_pad`, except where a ceil_mode window hangs over the padding.
// `term` is what a tap adds.
template <class Sum, class T, class Term = std::identity>
WindowSum<Sum> window_sum(const Window& w, bool include_pad, const T* plane, std::int64_t oy, std::int64_t ox, Term term = {}) {
    WindowSum<Sum> result;
    for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
        const std::int64_t y = oy * w.stride_h - w.pad_top + ky * w.dilation_h;
        if (y >= w.input_h + w.pad_bottom) break;
        for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t x = ox * w.stride_w - w.pad_left + kx * w.dilation_w;
            if (x >= w.input_w + w.pad_right) break;
            const bool inside = y >= 0 && y < w.input_h && x >= 0 && x < w.input_w;
            if (inside) result.sum += static_cast<Sum>(term(plane[y * w.input_w + x]));
            if (inside || include_pad) ++result.count;
        }
    }
    return result;
}

// Of each window of an average that counts padding, row by row: how much of it lies inside of the image.
inline std::vector<float> shares_inside(const Window& w) {
    const std::vector<float> ones(static_cast<std::size_t>(w.input_h * w.input_w), 1.0F);
    std::vector<float> shares;
    for (std::int64_t y = 0; y < w.output_h; ++y)
        for (std::int64_t x = 0; x < w.output_w; ++x) {
            const auto [inside, count] = window_sum<float>(w, true, ones.data(), y, x);
            shares.push_back(inside / static_cast<float>(count));
        }
    return shares;
}

}  // namespace octavo::ops
