// JPEG decoding. The expected pixels are those of Pillow 13 (libjpeg-turbo 3.2), not of the code under test.
#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <utility>

#include "core/image/decode.h"
#include "tests/core/image/samples.h"

using namespace octavo;
using namespace octavo::test;

namespace {

std::string message_of(std::span<const std::byte> bytes) {
    const auto image = decode_image(bytes, "x.jpg");
    return image ? "decoded" : image.error().message();
}

// The sample with bytes of its frame header changed; offsets count from behind the length of the marker SOF0.
std::vector<std::byte> with_frame_bytes(std::string_view hex, std::initializer_list<std::pair<std::size_t, unsigned>> changes) {
    auto bytes = bytes_of(hex);
    std::size_t frame = 0;
    while (bytes[frame] != std::byte{0xff} || bytes[frame + 1] != std::byte{0xc0}) ++frame;
    for (const auto& [offset, value] : changes) bytes[frame + 4 + offset] = static_cast<std::byte>(value);
    return bytes;
}

constexpr std::size_t kPrecision = 0, kHeightHigh = 1, kWidthHigh = 3, kComponents = 5;

}  // namespace

BOOST_AUTO_TEST_SUITE(image_decode_jpeg)

BOOST_AUTO_TEST_CASE(pixels_are_those_of_pillow) {
    struct Case {
        std::string_view file;
        int width, height;
        std::string_view rgb;
    };
    const Case cases[] = {
        {kColourJpeg, 10, 6,
         "0434ec1f45f23444df4044c15656ae6e64997e647d926164b8655dc968580d5ced266af14370e54d6cc6566fa5737f95939089ae9078c78865d98a63"
         "19a2e8118fcc3398c45cb1c565b1a46fac8286af6d9ba657cfb560e3b55d21b1e62aaddb55bedc6bc2cb68b19d8bc396bfdd9dd5d388f2c67bffc77a"
         "5bbeff6cc0ff8ac3ff9abdf7b5cae9e9e7f2d2b3b0803c33a22f2ab82e2b002da20036a52141a4313c8c3a326d62446a8a4b66973147cd3655e33455"},
        {kProgressiveJpeg, 10, 6,
         "0535ef123bed2c45e7464ddb594bbc6f49a0945491b8638ac65f70d061682370e4236ad62f6ac84b75bf6f87b78a8fa5938884977c61bb9669c39861"
         "0995c81ba0cb29a2bd339ba44da09074b28b94bc7ea3ba68b9c15cc1c3563999ff56afff6ab9ff70affe85b2dca8c3cabdc8aac0bc7ce0d472e8d765"
         "07e9c116eac12ce5bb52e5b990f3c5c0efc5beb692aa6c55a22f28b62a2b2c1ac6341bc14119b0581ba47d2d9ea13895a4256c9b063dd8335be23455"},
        {kGreyJpeg, 5, 3, "4f4f4f5656567272727f7f7f8e8e8e9494949c9c9cb3b3b3b2b2b2b0b0b06f6f6f7979798b8b8b7b7b7b696969"},
        {kCmykJpeg, 4, 3, "1556ee4f62c0886f90c17c6125aae95fbabb98c48ad1b45b2f86e4698db5a37b85dc3056"},
    };
    for (const Case& sample : cases) {
        const auto image = decode_image(bytes_of(sample.file), "x.jpg");
        BOOST_REQUIRE(image);
        BOOST_TEST(image->width == sample.width);
        BOOST_TEST(image->height == sample.height);
        BOOST_TEST(hex_of(image->rgb) == sample.rgb);
    }
}

BOOST_AUTO_TEST_CASE(cmyk_without_adobe_marker_has_the_same_polarity) {
    auto bytes = bytes_of(kCmykJpeg);
    std::size_t i = 0;
    while (bytes[i] != std::byte{0xff} || bytes[i + 1] != std::byte{0xee}) ++i;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(i);
    bytes.erase(begin, begin + 2 + std::to_integer<int>(bytes[i + 3]));
    const auto plain = decode_image(bytes, "plain.jpg");
    const auto adobe = decode_image(bytes_of(kCmykJpeg), "adobe.jpg");
    BOOST_REQUIRE(plain);
    BOOST_REQUIRE(adobe);
    BOOST_TEST(hex_of(plain->rgb) == hex_of(adobe->rgb));
}

BOOST_AUTO_TEST_CASE(a_file_cut_at_any_byte_is_refused) {
    for (const auto file : {kColourJpeg, kProgressiveJpeg, kGreyJpeg, kCmykJpeg}) {
        const auto whole = bytes_of(file);
        for (std::size_t size = 2; size < whole.size(); ++size) {
            BOOST_TEST(message_of(std::span(whole).first(size)) ==
                       "x.jpg: truncated JPEG image, pixels are missing at its end (" + std::to_string(size) + " bytes)");
        }
    }
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_picture_do_not_matter) {
    auto bytes = bytes_of(kColourJpeg);
    bytes.resize(bytes.size() + 1000, std::byte{0x55});
    BOOST_TEST(message_of(bytes) == "decoded");
}

BOOST_AUTO_TEST_CASE(lost_pixel_data_inside_the_file_is_refused) {
    // The last 40 bytes in front of the end marker are taken out: libjpeg alone would warn and fill with grey.
    auto bytes = bytes_of(kColourJpeg);
    bytes.erase(bytes.end() - 42, bytes.end() - 2);
    BOOST_TEST(message_of(bytes) == "x.jpg: damaged or unsupported JPEG image (Corrupt JPEG data: premature end of data segment)");
}

BOOST_AUTO_TEST_CASE(frames_that_cannot_be_read_are_refused_with_the_reason) {
    BOOST_TEST(message_of(with_frame_bytes(kGreyJpeg, {{kPrecision, 12}})) ==
               "x.jpg: damaged or unsupported JPEG image (Unsupported JPEG data precision 12)");
    BOOST_TEST(message_of(with_frame_bytes(kGreyJpeg, {{kComponents, 2}})) ==
               "x.jpg: damaged or unsupported JPEG image (Bogus marker length)");
}

BOOST_AUTO_TEST_CASE(a_huge_picture_is_refused_before_memory_is_taken) {
    const std::string limits = " pixels is too large, at most 65500 a side and 268435456 in all are read";
    auto bytes = with_frame_bytes(kGreyJpeg, {{kHeightHigh, 0x80}, {kWidthHigh, 0x80}});
    BOOST_TEST(message_of(bytes) == "x.jpg: image of 32773x32771" + limits);
    bytes = with_frame_bytes(kGreyJpeg, {{kWidthHigh, 0xff}, {kWidthHigh + 1, 0xff}});
    BOOST_TEST(message_of(bytes) == "x.jpg: image of 65535x3" + limits);
}

BOOST_AUTO_TEST_SUITE_END()
