// EXIF orientation: which way up the camera was held. A viewer turns the picture by it, and so do the decoders.
#pragma once

#include <cstddef>
#include <span>

#include "core/image/image.h"

namespace octavo {

// From the TIFF structure of an EXIF block (behind "Exif\0\0" in a JPEG file): 1 to 8. Absent, damaged or no legal value is 1, upright.
int exif_orientation(std::span<const std::byte> tiff);

// The picture as it is to be seen. Orientations 5 to 8 swap width and height.
Image upright(Image image, int orientation);

}  // namespace octavo
