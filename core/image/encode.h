// Pixels to a picture file, for people to look at.
#pragma once

#include <cstddef>
#include <vector>

#include "core/image/image.h"
#include "octavo/result.h"

namespace octavo {

// A baseline JPEG file of this quality, 1 to 100, without chroma subsampling, so that thin coloured lines stay sharp.
Result<std::vector<std::byte>> encode_jpeg(const Image& image, int quality);

}  // namespace octavo
