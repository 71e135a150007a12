// Picture files to pixels. Takes the bytes of a whole JPEG or PNG file, told apart by content and never by extension, and gives the RGB
// pixels that Pillow's ImageOps.exif_transpose and convert("RGB") give. Grey becomes three equal channels, CMYK is read with Adobe's
// inverted polarity, a palette is expanded, alpha is dropped without blending, 16-bit samples keep their high byte (Pillow clips 16-bit
// grey instead, which makes it white). The picture is turned upright by its EXIF orientation, as viewers and OpenCV do; colour profiles and
// gamma are ignored. A file that ends early or has damaged pixel data is an error and never a partly grey picture (Pillow refuses the first
// and takes the second). Every error has Code::data and starts with `name`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/image/image.h"
#include "octavo/result.h"

namespace octavo {

// These bound what a small file can make us allocate: at most 0.8 GB for the pixels, and twice that inside libjpeg for progressive files.
inline constexpr int kMaxImageSide = 65500;
inline constexpr std::int64_t kMaxImagePixels = std::int64_t{1} << 28;

Result<Image> decode_image(std::span<const std::byte> bytes, std::string_view name);

// One file format each; the bytes must start with that format's signature.
Result<Image> decode_jpeg(std::span<const std::byte> bytes, std::string_view name);
Result<Image> decode_png(std::span<const std::byte> bytes, std::string_view name);

bool is_jpeg(std::span<const std::byte> bytes);
bool is_png(std::span<const std::byte> bytes);

Result<void> check_image_size(std::int64_t width, std::int64_t height, std::string_view name);

}  // namespace octavo
