// How a file's format is found, and the limits shared by the formats.
#include "core/image/decode.h"

#include <boost/test/unit_test.hpp>

#include "tests/core/image/samples.h"

using namespace octavo;
using namespace octavo::test;

namespace {

std::string message_of(std::string_view hex) {
    const auto image = decode_image(bytes_of(hex), "photos/x.jpg");
    if (image) return "decoded";
    BOOST_TEST((image.error().code() == Code::data));
    return image.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_decode)

BOOST_AUTO_TEST_CASE(the_content_and_not_the_name_decides_the_format) {
    const auto png = decode_image(bytes_of(kBitPng), "really_a_png.jpg");
    const auto jpeg = decode_image(bytes_of(kGreyJpeg), "really_a_jpeg.png");
    BOOST_REQUIRE(png);
    BOOST_REQUIRE(jpeg);
    BOOST_TEST(png->width == 5);
    BOOST_TEST(jpeg->height == 3);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_picture_is_refused_by_name) {
    BOOST_TEST(message_of("") == "photos/x.jpg: empty file, expected a JPEG or PNG image");
    BOOST_TEST(message_of("7468697320697320") == "photos/x.jpg: not a JPEG or PNG image (first bytes 74 68 69 73 20 69 73 20)");
    BOOST_TEST(message_of("474946383961c800c800") == "photos/x.jpg: not a JPEG or PNG image (first bytes 47 49 46 38 39 61 c8 00)");
    BOOST_TEST(message_of("00") == "photos/x.jpg: not a JPEG or PNG image (first bytes 00)");
    BOOST_TEST(message_of("89504e470d0a1a") == "photos/x.jpg: not a JPEG or PNG image (first bytes 89 50 4e 47 0d 0a 1a)");
}

BOOST_AUTO_TEST_CASE(sizes_are_limited_by_side_and_by_area) {
    BOOST_TEST(static_cast<bool>(check_image_size(65500, 4098, "a")));
    BOOST_TEST(static_cast<bool>(check_image_size(16384, 16384, "a")));
    BOOST_TEST(!check_image_size(16384, 16385, "a"));
    BOOST_TEST(!check_image_size(1, 65501, "a"));
    const auto wide = check_image_size(65501, 1, "dir/a.png");
    BOOST_REQUIRE(!wide);
    BOOST_TEST(wide.error().message() ==
               "dir/a.png: image of 65501x1 pixels is too large, at most 65500 a side and 268435456 in all are read");
}

BOOST_AUTO_TEST_SUITE_END()
