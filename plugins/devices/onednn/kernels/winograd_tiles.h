// The tiles of Winograd's F(4x4, 3x3), whatever numbers it computes with: 4x4 outputs from 6x6 pixels by 36 products a channel, tile by
// tile along the rows of each image. Tiles may reach beyond the outputs, and pixels beyond the input.
#pragma once

#include "kernels/conv_u8.h"

#include <cstdint>

namespace octavo::onednn {

inline constexpr std::int64_t kTile = 4, kPlanes = 36;

struct Range {
    std::int64_t first, last;  // last: the one behind

    std::int64_t count() const { return last - first; }
    // One of `of` parts about as large as each other.
    Range part(std::int64_t index, std::int64_t of) const { return {first + count() * index / of, first + count() * (index + 1) / of}; }
};

class WinogradTiles {
public:
    static bool fit(const ConvShape& s) {
        const auto all = [](std::int64_t value, std::int64_t h, std::int64_t w) { return h == value && w == value; };
        return s.groups == 1 && all(3, s.kernel_h, s.kernel_w) && all(1, s.stride_h, s.stride_w) && all(1, s.dilation_h, s.dilation_w);
    }

    explicit WinogradTiles(const ConvShape& shape)
        : shape_(shape), rows_(parts_of(shape.output_h, kTile)), columns_(parts_of(shape.output_w, kTile)) {}

    std::int64_t columns() const { return columns_; }
    std::int64_t of_image() const { return rows_ * columns_; }
    std::int64_t count() const { return shape_.batch * of_image(); }

    struct Place {
        std::int64_t image, y, x;
    };
    Place first_output(std::int64_t tile) const { return {tile / of_image(), tile / columns_ % rows_ * kTile, tile % columns_ * kTile}; }

    // A tile's 36 pixels, which lie `stride` elements apart in `source`; those outside of the image are `border`.
    template <class T>
    void find_pixels(std::int64_t tile, const T* source, std::int64_t stride, const T* border, const T** pixels) const {
        const ConvShape& s = shape_;
        const Place place = first_output(tile);
        for (std::int64_t y = place.y - s.pad_top; y < place.y - s.pad_top + 6; ++y)
            for (std::int64_t x = place.x - s.pad_left; x < place.x - s.pad_left + 6; ++x) {
                const bool inside = y >= 0 && y < s.input_h && x >= 0 && x < s.input_w;
                *pixels++ = inside ? source + ((place.image * s.input_h + y) * s.input_w + x) * stride : border;
            }
    }

private:
    ConvShape shape_;
    std::int64_t rows_, columns_;
};

}  // namespace octavo::onednn
