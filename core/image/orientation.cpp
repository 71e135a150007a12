// Exif 2.32: the orientation is the SHORT with tag 0x0112 in the first directory. Every offset comes from the file and is checked.
#include "core/image/orientation.h"

#include <array>
#include <cstdint>
#include <utility>

namespace octavo {
namespace {

class Tiff {
public:
    explicit Tiff(std::span<const std::byte> bytes) : bytes_(bytes), is_little_(!bytes.empty() && bytes[0] == std::byte{'I'}) {}

    // 0 behind the end.
    std::uint32_t u16(std::size_t at) const { return is_little_ ? u8(at) | u8(at + 1) << 8 : u8(at) << 8 | u8(at + 1); }
    std::uint32_t u32(std::size_t at) const { return is_little_ ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2); }

private:
    std::uint32_t u8(std::size_t at) const { return at < bytes_.size() ? std::to_integer<std::uint32_t>(bytes_[at]) : 0; }

    std::span<const std::byte> bytes_;
    bool is_little_;
};

// What leads from a place in the upright picture to one in the stored picture: axes swapped, then each side counted from its end.
struct Turn {
    bool swapped, from_right, from_bottom;
};
constexpr std::array<Turn, 8> kTurns = {{{false, false, false},
                                         {false, true, false},
                                         {false, true, true},
                                         {false, false, true},
                                         {true, false, false},
                                         {true, false, true},
                                         {true, true, true},
                                         {true, true, false}}};

}  // namespace

int exif_orientation(std::span<const std::byte> bytes) {
    constexpr std::uint32_t kMagic = 42, kTag = 0x0112, kShort = 3;
    constexpr std::size_t kEntryBytes = 12;
    const Tiff tiff(bytes);
    if (tiff.u16(2) != kMagic) return 1;
    const std::size_t directory = tiff.u32(4);
    for (std::size_t i = 0; i < tiff.u16(directory); ++i) {
        const std::size_t entry = directory + 2 + i * kEntryBytes;
        if (tiff.u16(entry) != kTag) continue;
        const std::uint32_t value = tiff.u16(entry + 8);
        return tiff.u16(entry + 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Image upright(Image image, int orientation) {
    if (orientation == 1) return image;
    const Turn turn = kTurns[static_cast<std::size_t>(orientation - 1)];
    Image target = turn.swapped ? blank_image(image.height, image.width) : blank_image(image.width, image.height);
    std::uint8_t* out = target.rgb.data();
    for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x) {
            const auto [across, down] = turn.swapped ? std::pair(y, x) : std::pair(x, y);
            const int column = turn.from_right ? image.width - 1 - across : across;
            const int row = turn.from_bottom ? image.height - 1 - down : down;
            const std::uint8_t* const in = image.row(row) + std::ptrdiff_t{3} * column;
            for (int c = 0; c < 3; ++c) *out++ = in[c];
        }
    }
    return target;
}

}  // namespace octavo
