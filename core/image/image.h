// An 8-bit RGB picture in memory: what the decoders give and the resizer takes. Rows lie without padding from top to bottom, a pixel is
// three bytes R G B, so `rgb` holds exactly width * height * 3 bytes. A default Image has no pixels; every Image handed on has some.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo {

struct Image {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;

    std::size_t row_bytes() const { return static_cast<std::size_t>(width) * 3; }
    std::uint8_t* row(int y) { return rgb.data() + static_cast<std::size_t>(y) * row_bytes(); }
    const std::uint8_t* row(int y) const { return rgb.data() + static_cast<std::size_t>(y) * row_bytes(); }
};

// Black, of the given size; both sides at least 1.
inline Image blank_image(int width, int height) {
    Image image{width, height, {}};
    image.rgb.resize(image.row_bytes() * static_cast<std::size_t>(height));
    return image;
}

}  // namespace octavo
