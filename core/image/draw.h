// Frames on a picture, and pictures side by side: what people need to see where boxes lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/image/image.h"

namespace octavo {

using Colour = std::array<std::uint8_t, 3>;  // R, G, B

// Bright, and far from those of the numbers next to it.
Colour colour_of(std::size_t number);

struct Frame {
    float left = 0, top = 0, right = 0, bottom = 0;  // in continuous pixels: 0 is the edge of the picture
    Colour colour{};
    int thickness = 1;  // in pixels, to the inside
};

// What lies outside the picture is left out.
void draw(Image& image, const Frame& frame);

// From left to right at their top, with so many black columns between.
Image side_by_side(std::span<const Image> images, int gap);

}  // namespace octavo
