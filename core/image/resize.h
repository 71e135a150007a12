// Bilinear resizing with the arithmetic of Pillow 13, bit for bit: Image.resize((width, height), BILINEAR) on 8-bit RGB. The triangle
// filter widens with the reduction, so shrinking averages instead of skipping pixels. Weights are 22-bit fixed point, and the first pass is
// rounded to 8 bits before the second one. Pillow up to 12 always runs the horizontal pass first; then a picture whose height shrinks much
// more than its width differs by at most one step.
#pragma once

#include "core/image/image.h"

namespace octavo {

// The image has pixels, width and height are at least 1.
Image resize_pillow_bilinear(const Image& image, int width, int height);

}  // namespace octavo
