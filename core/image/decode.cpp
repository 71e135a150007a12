// Chooses the decoder by the first bytes of a file, and holds the limits that all decoders share.
#include "core/image/decode.h"

#include <algorithm>
#include <string>

namespace octavo {
namespace {

std::string hex_of(std::span<const std::byte> bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        if (!text.empty()) text += ' ';
        text += kDigits[value >> 4];
        text += kDigits[value & 15];
    }
    return text;
}

}  // namespace

Result<Image> decode_image(std::span<const std::byte> bytes, std::string_view name) {
    if (is_jpeg(bytes)) return decode_jpeg(bytes, name);
    if (is_png(bytes)) return decode_png(bytes, name);
    const Error empty(Code::data, "empty file, expected a JPEG or PNG image");
    if (bytes.empty()) return empty.within(std::string(name));
    const auto first = bytes.first(std::min<std::size_t>(bytes.size(), 8));
    return Error(Code::data, std::string(name) + ": not a JPEG or PNG image (first bytes " + hex_of(first) + ")");
}

Result<void> check_image_size(std::int64_t width, std::int64_t height, std::string_view name) {
    if (width <= kMaxImageSide && height <= kMaxImageSide && width * height <= kMaxImagePixels) return {};
    return Error(Code::data, std::string(name) + ": image of " + std::to_string(width) + "x" + std::to_string(height) +
                                 " pixels is too large, at most " + std::to_string(kMaxImageSide) + " a side and " +
                                 std::to_string(kMaxImagePixels) + " in all are read");
}

}  // namespace octavo
