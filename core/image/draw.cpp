// A frame is four filled rectangles.
#include "core/image/draw.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace octavo {
namespace {

struct Rectangle {
    int left, top, right, bottom;  // right and bottom are left out
};

void fill(Image& image, Rectangle place, Colour colour) {
    for (int y = std::max(place.top, 0); y < std::min(place.bottom, image.height); ++y)
        for (int x = std::max(place.left, 0); x < std::min(place.right, image.width); ++x)
            std::copy(colour.begin(), colour.end(), image.row(y) + 3 * x);
}

// The pixel edge that is nearest, of a place that may be anywhere.
int edge(float place, int length) {
    return static_cast<int>(std::lround(std::fmin(std::fmax(place, -1e6F), static_cast<float>(length) + 1e6F)));
}

}  // namespace

// Hues a golden section apart never come close among few numbers.
Colour colour_of(std::size_t number) {
    const double hue = 6 * std::fmod(static_cast<double>(number) * std::numbers::phi, 1.0);
    Colour colour{};
    for (std::size_t c = 0; c < colour.size(); ++c) {
        const double away = std::abs(std::fmod(hue + 6 - 2 * static_cast<double>(c) + 3, 6.0) - 3);  // from red, green, blue
        colour[c] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(2 - away, 0.0, 1.0)));
    }
    return colour;
}

void draw(Image& image, const Frame& frame) {
    const int left = edge(frame.left, image.width), right = edge(frame.right, image.width);
    const int top = edge(frame.top, image.height), bottom = edge(frame.bottom, image.height);
    const int thick = frame.thickness;
    fill(image, {left, top, right, std::min(top + thick, bottom)}, frame.colour);
    fill(image, {left, std::max(bottom - thick, top), right, bottom}, frame.colour);
    fill(image, {left, top, std::min(left + thick, right), bottom}, frame.colour);
    fill(image, {std::max(right - thick, left), top, right, bottom}, frame.colour);
}

Image side_by_side(std::span<const Image> images, int gap) {
    int width = -gap, height = 0;
    for (const Image& image : images) {
        width += gap + image.width;
        height = std::max(height, image.height);
    }
    Image all = blank_image(width, height);
    int left = 0;
    for (const Image& image : images) {
        for (int y = 0; y < image.height; ++y) std::copy_n(image.row(y), image.row_bytes(), all.row(y) + 3 * left);
        left += image.width + gap;
    }
    return all;
}

}  // namespace octavo
