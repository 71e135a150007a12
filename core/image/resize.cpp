// The table of what can be asked for.
#include "core/image/resize.h"

#include <algorithm>

namespace octavo {

std::span<const ResizeMethod> resize_methods() {
    static constexpr ResizeMethod kMethods[] = {
        {"pillow", "bilinear", resize_pillow_bilinear}, {"pillow", "nearest", resize_pillow_nearest},
        {"pillow", "box", resize_pillow_box},           {"pillow", "hamming", resize_pillow_hamming},
        {"pillow", "bicubic", resize_pillow_bicubic},   {"pillow", "lanczos", resize_pillow_lanczos},
        {"opencv", "bilinear", resize_opencv_bilinear}, {"opencv", "nearest", resize_opencv_nearest},
        {"opencv", "bicubic", resize_opencv_bicubic},   {"opencv", "area", resize_opencv_area},
    };
    return kMethods;
}

Image pick_pixels(const Image& image, const std::vector<int>& columns, const std::vector<int>& rows) {
    Image target = blank_image(static_cast<int>(columns.size()), static_cast<int>(rows.size()));
    std::uint8_t* out = target.rgb.data();
    for (const int y : rows)
        for (const int x : columns) out = std::copy_n(image.row(y) + std::ptrdiff_t{3} * x, 3, out);
    return target;
}

}  // namespace octavo
