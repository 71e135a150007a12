// Boxes of object detectors, for rows that suppress those that overlap.
#pragma once

#include <algorithm>

namespace octavo::ops {

struct Box {
    float left, top, right, bottom;

    float area() const { return (right - left) * (bottom - top); }
};

// Intersection over union; 0 where a box is empty or turned inside out.
inline float overlap(const Box& a, const Box& b) {
    const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    if (width <= 0 || height <= 0) return 0;
    return width * height / (a.area() + b.area() - width * height);
}

}  // namespace octavo::ops
