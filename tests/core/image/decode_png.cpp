// PNG decoding. Expected pixels follow from the bytes that went into the samples.
#include <boost/test/unit_test.hpp>

#include "core/image/decode.h"
#include "tests/core/image/samples.h"

using namespace octavo;
using namespace octavo::test;

namespace {

std::string message_of(std::span<const std::byte> bytes) {
    const auto image = decode_image(bytes, "x.png");
    return image ? "decoded" : image.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_decode_png)

BOOST_AUTO_TEST_CASE(every_kind_becomes_eight_bit_rgb) {
    struct Case {
        std::string_view file;
        int width, height;
        std::string_view rgb;
    };
    const Case cases[] = {
        {kPalettePng, 3, 2, "ff000000ff000000ff0a141e0000ff00ff00"},
        {kBitPng, 5, 1, "ffffff000000ffffff000000ffffff"},
        {kGrey16Png, 3, 1, "0000009c9c9cffffff"},
        {kRgbaPng, 2, 1, "010203fffefd"},
        {kRgba16Png, 1, 1, "0180ff"},
        {kInterlacedPng, 3, 3, "0000000101010202020a0a0a0b0b0b0c0c0c141414151515161616"},
    };
    for (const Case& sample : cases) {
        const auto image = decode_image(bytes_of(sample.file), "x.png");
        BOOST_REQUIRE(image);
        BOOST_TEST(image->width == sample.width);
        BOOST_TEST(image->height == sample.height);
        BOOST_TEST(hex_of(image->rgb) == sample.rgb);
    }
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_any_byte_is_refused) {
    for (const auto file : {kPalettePng, kInterlacedPng, kRgbaPng}) {
        const auto whole = bytes_of(file);
        for (std::size_t size = 8; size < whole.size(); ++size) {
            BOOST_TEST(message_of(std::span(whole).first(size)) == "x.png: truncated PNG image (" + std::to_string(size) + " bytes)");
        }
    }
}

BOOST_AUTO_TEST_CASE(damage_is_found_by_the_checksums) {
    constexpr std::size_t kHeaderWidth = 19, kEndChunk = 12;
    auto header = bytes_of(kRgbaPng);
    header[kHeaderWidth] ^= std::byte{1};
    BOOST_TEST(message_of(header) == "x.png: damaged PNG image (IHDR: CRC error)");
    auto pixels = bytes_of(kRgbaPng);
    pixels[pixels.size() - kEndChunk - 1] ^= std::byte{1};
    BOOST_TEST(message_of(pixels) == "x.png: damaged PNG image (IDAT: CRC error)");
}

BOOST_AUTO_TEST_CASE(a_huge_picture_is_refused_before_memory_is_taken) {
    // Signature, header chunk of 100000x2 RGB, and the start of the pixel chunk.
    const auto bytes = bytes_of("89504e470d0a1a0a0000000d49484452000186a00000000208020000005488f32c0000000049444154");
    BOOST_TEST(message_of(bytes) == "x.png: image of 100000x2 pixels is too large, at most 65500 a side and 268435456 in all are read");
}

BOOST_AUTO_TEST_SUITE_END()
