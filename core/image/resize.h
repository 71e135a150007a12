// Resizing of 8-bit RGB with the arithmetic of two libraries, since a network gives its published accuracy only on the pixels that it was
// trained with. Pillow's filters widen with the reduction, so shrinking averages; OpenCV's look at two or four pixels a side however much
// is skipped, apart from `area`. On a photograph reduced to 224x224 the two bilinear ones differ by up to 150 of 255.
//
//  * pillow: Image.resize of Pillow 13, bit for bit (hamming and lanczos as far as the C library's sine agrees). Weights are 22-bit fixed
//    point, and the first pass is rounded to 8 bits before the second one. Pillow up to 12 always runs the horizontal pass first; then a
//    picture whose height shrinks much more than its width differs by at most one step.
//  * opencv: cv2.resize of OpenCV 4 and 5: nearest and bilinear bit for bit (11-bit fixed point), bicubic and area within one step, since
//    OpenCV's vector code rounds elsewhere than its plain code.
#pragma once

#include <span>
#include <vector>

#include "core/image/image.h"

namespace octavo {

struct ResizeMethod {
    const char* library;
    const char* filter;
    // The image has pixels, width and height are at least 1.
    Image (*resize)(const Image& image, int width, int height);
};

// All of them, those of one library together; the first is what a config means that says nothing.
std::span<const ResizeMethod> resize_methods();

// The pixels where the named columns and rows of the source meet.
Image pick_pixels(const Image& image, const std::vector<int>& columns, const std::vector<int>& rows);

Image resize_pillow_nearest(const Image& image, int width, int height);
Image resize_pillow_box(const Image& image, int width, int height);
Image resize_pillow_bilinear(const Image& image, int width, int height);
Image resize_pillow_hamming(const Image& image, int width, int height);
Image resize_pillow_bicubic(const Image& image, int width, int height);
Image resize_pillow_lanczos(const Image& image, int width, int height);
Image resize_opencv_nearest(const Image& image, int width, int height);
Image resize_opencv_bilinear(const Image& image, int width, int height);
Image resize_opencv_bicubic(const Image& image, int width, int height);
Image resize_opencv_area(const Image& image, int width, int height);

}  // namespace octavo
