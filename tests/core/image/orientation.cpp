// EXIF orientation: all eight, in both byte orders, in JPEG and PNG files, and what is no legal value.
#include "core/image/orientation.h"

#include <boost/test/unit_test.hpp>

#include <string>

#include "core/image/decode.h"
#include "tests/core/image/samples.h"

using namespace octavo;
using namespace octavo::test;

namespace {

// A TIFF block with another tag in front of the orientation.
std::string tiff(bool little, unsigned orientation, unsigned type = 3) {
    const auto u16 = [&](unsigned x) {
        const char high = static_cast<char>(x >> 8), low = static_cast<char>(x & 255);
        return little ? std::string{low, high} : std::string{high, low};
    };
    const auto u32 = [&](unsigned x) { return little ? u16(x & 0xffff) + u16(x >> 16) : u16(x >> 16) + u16(x & 0xffff); };
    return (little ? "II" : "MM") + u16(42) + u32(8) + u16(2) +       //
           u16(0x010f) + u16(2) + u32(4) + std::string("cam\0", 4) +  //
           u16(0x0112) + u16(type) + u32(1) + u16(orientation) + u16(0) + u32(0);
}

int orientation_of(const std::string& block) {
    return exif_orientation(std::as_bytes(std::span(block)));
}

std::vector<std::byte> with_bytes_at(std::vector<std::byte> file, std::size_t place, const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(place), bytes.begin(), bytes.end());
    return file;
}

// An APP1 segment behind the start marker.
std::vector<std::byte> jpeg_with(const std::string& block) {
    const std::string body = std::string("Exif\0\0", 6) + block;
    const std::size_t length = body.size() + 2;
    return with_bytes_at(bytes_of(kGreyJpeg), 2,
                         "\xff\xe1" + std::string{static_cast<char>(length >> 8), static_cast<char>(length)} + body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_orientation)

BOOST_AUTO_TEST_CASE(the_value_is_read_in_both_byte_orders) {
    for (unsigned value = 1; value <= 8; ++value) {
        BOOST_TEST(orientation_of(tiff(true, value)) == static_cast<int>(value));
        BOOST_TEST(orientation_of(tiff(false, value)) == static_cast<int>(value));
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_legal_is_upright) {
    BOOST_TEST(orientation_of(tiff(true, 0)) == 1);
    BOOST_TEST(orientation_of(tiff(true, 9)) == 1);
    BOOST_TEST(orientation_of(tiff(true, 6, 2)) == 1);
    const std::string whole = tiff(true, 6);
    for (std::size_t size = 0; size < whole.size() - 8; ++size) BOOST_TEST(orientation_of(whole.substr(0, size)) == 1);
    BOOST_TEST(orientation_of(std::string(whole).replace(2, 1, "x")) == 1);  // no TIFF
}

BOOST_AUTO_TEST_CASE(each_orientation_turns_as_the_standard_says) {
    Image image = blank_image(3, 2);  // a b c / d e f
    for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>('a' + i / 3);
    const std::string_view expected[] = {"abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead"};
    for (int value = 1; value <= 8; ++value) {
        const Image turned = upright(image, value);
        BOOST_TEST(turned.width == (value < 5 ? 3 : 2));
        std::string text;
        for (std::size_t i = 0; i < turned.rgb.size(); i += 3) text += static_cast<char>(turned.rgb[i]);
        BOOST_TEST(text == expected[value - 1]);
    }
}

BOOST_AUTO_TEST_CASE(files_are_turned_by_their_block) {
    const auto plain = decode_image(bytes_of(kGreyJpeg), "x.jpg");
    const auto jpeg = decode_image(jpeg_with(tiff(false, 6)), "x.jpg");
    BOOST_REQUIRE(plain);
    BOOST_REQUIRE(jpeg);
    BOOST_TEST(jpeg->width == plain->height);
    BOOST_TEST(jpeg->rgb == upright(*plain, 6).rgb, boost::test_tools::per_element());

    // The chunk stands behind the pixels here, in front of the end chunk; its checksum is that of zlib.
    constexpr std::size_t kEndChunk = 12;
    const std::string block = tiff(true, 8);
    const std::string chunk = std::string("\0\0\0", 3) + static_cast<char>(block.size()) + "eXIf" + block + "\x2a\x8d\x11\x62";
    auto file = bytes_of(kBitPng);
    file = with_bytes_at(file, file.size() - kEndChunk, chunk);
    const auto png = decode_image(file, "x.png");
    BOOST_REQUIRE_MESSAGE(png, (png ? "" : png.error().message()));
    BOOST_TEST(png->width == 1);
    BOOST_TEST(png->height == 5);
}

BOOST_AUTO_TEST_SUITE_END()
