// Resizing. Literal expectations were computed by Pillow 13 on the same synthetic pictures.
#include "core/image/resize.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "tests/core/image/samples.h"

using namespace octavo;
using namespace octavo::test;

namespace {

Image picture(int width, int height) {
    Image image = blank_image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::uint8_t* const pixel = image.row(y) + std::ptrdiff_t{3} * x;
            pixel[0] = static_cast<std::uint8_t>(x * 37 + y * 101);
            pixel[1] = static_cast<std::uint8_t>(x * x * 7 + y * 13);
            pixel[2] = static_cast<std::uint8_t>(x * y * 3 + 200);
        }
    }
    return image;
}

// FNV-1a, 64 bits.
std::uint64_t hash_of(const Image& image) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const std::uint8_t byte : image.rgb) hash = (hash ^ byte) * 0x100000001b3U;
    return hash;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_resize)

BOOST_AUTO_TEST_CASE(small_pictures_come_out_as_from_pillow) {
    struct Case {
        int width, height, to_width, to_height;
        std::string_view rgb;
    };
    const Case cases[] = {
        {4, 3, 2, 2, "400cc97b2dcba81ccb703dd3"},
        {2, 2, 3, 3, "0000c81304c82507c83307c8460bc9580eca650dc87811ca8a14cb"},
        {3, 8, 2, 2, "781cca782dd19545ce7956e1"},  // vertical pass first
        {8, 3, 2, 2, "692bca8583ce8c3bd1806be1"},
        {5, 1, 2, 1, "250cc86f44c8"},
        {1, 5, 1, 2, "590dc87527c8"},
        {1, 1, 2, 2, "0000c80000c80000c80000c8"},
    };
    for (const Case& c : cases) {
        const Image resized = resize_pillow_bilinear(picture(c.width, c.height), c.to_width, c.to_height);
        BOOST_TEST(resized.width == c.to_width);
        BOOST_TEST(resized.height == c.to_height);
        BOOST_TEST(hex_of(resized.rgb) == c.rgb);
    }
}

BOOST_AUTO_TEST_CASE(large_pictures_come_out_as_from_pillow) {
    struct Case {
        int width, height, to_width, to_height;
        std::uint64_t hash;
    };
    const Case cases[] = {
        {500, 375, 341, 256, 0x60d5cdc6f9ee1abaU}, {375, 500, 224, 224, 0x74c80022087fbb8aU},
        {500, 375, 300, 300, 0x557cbb53e74ea0f8U}, {100, 80, 333, 211, 0x420cd14043052831U},
        {900, 3, 300, 1, 0x231eef90d2c37086U},     {3, 900, 7, 20, 0xee774273b84e7b6dU},  // vertical pass first
        {640, 480, 1, 1, 0x2d34371adf582fadU},     {97, 61, 97, 30, 0xdd9eb8f777031e56U},
        {97, 61, 30, 61, 0x9cbb3aa175206122U},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.width << "x" << c.height << " to " << c.to_width << "x" << c.to_height) {
            BOOST_TEST(hash_of(resize_pillow_bilinear(picture(c.width, c.height), c.to_width, c.to_height)) == c.hash);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_size_changes_nothing) {
    const Image image = picture(31, 17);
    BOOST_TEST(resize_pillow_bilinear(image, 31, 17).rgb == image.rgb, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_constant_picture_stays_constant) {
    for (const int value : {0, 1, 127, 254, 255}) {
        Image image = blank_image(41, 29);
        std::fill(image.rgb.begin(), image.rgb.end(), static_cast<std::uint8_t>(value));
        for (const auto& [width, height] : {std::pair{1, 1}, {7, 90}, {90, 7}, {41, 3}, {3, 29}, {100, 100}}) {
            const Image resized = resize_pillow_bilinear(image, width, height);
            BOOST_TEST(std::all_of(resized.rgb.begin(), resized.rgb.end(), [&](int pixel) { return pixel == value; }));
        }
    }
}

BOOST_AUTO_TEST_CASE(strips_keep_both_sides) {
    const Image resized = resize_pillow_bilinear(picture(900, 3), 76800, 256);
    BOOST_TEST(resized.width == 76800);
    BOOST_TEST(resized.height == 256);
    BOOST_TEST(resized.rgb.size() == 76800U * 256U * 3U);
}

BOOST_AUTO_TEST_SUITE_END()
