// Resizing. Literal expectations were computed by Pillow 13 and OpenCV 5 on the same synthetic pictures.
#include "core/image/resize.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

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

auto method(std::string_view library, std::string_view filter) {
    for (const ResizeMethod& one : resize_methods())
        if (one.library == library && one.filter == filter) return one.resize;
    BOOST_FAIL("no such method");
    return resize_methods().front().resize;
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

BOOST_AUTO_TEST_CASE(every_method_gives_what_its_library_gives) {
    struct Case {
        const char* library;
        const char* filter;
        std::string_view smaller, larger;  // 5x4 to 2x2, 3x2 to 4x3
    };
    const Case cases[] = {
        {"pillow", "nearest", "8a14cbd44cd1542ed19e66e3", "0000c82507c82507c84a1cc8650dc88a14cb8a14cbaf29ce650dc88a14cb8a14cbaf29ce"},
        {"pillow", "box", "5813cab55fce772dd07f79e3", "0000c82507c82507c84a1cc8650dc88a14cb8a14cbaf29ce650dc88a14cb8a14cbaf29ce"},
        {"pillow", "hamming", "560fcaa351cd8528ce766adf", "0000c81c05c82e0cc84a1cc83307c84f0cc96113ca7d23cb650dc88112ca9319ccaf29ce"},
        {"pillow", "bicubic", "5d10ca9a50cd8227ce7d67df", "0000c80e02c82e0ec8451cc83207c8480ac96816ca7f24cb6a0ec88111caa11dccb82bce"},
        {"pillow", "lanczos", "5e0dc99950cd8426ce7f69e0", "0000c80300c82d0fc73f1bc73207c84308c96d18cb7f24cb6f0fc88210c9ac20cebe2ccf"},
        {"opencv", "nearest", "0000c84a1cc8ca1ac81436d4", "0000c80000c82507c84a1cc80000c80000c82507c84a1cc8650dc8650dc88a14cbaf29ce"},
        {"opencv", "bilinear", "4e0cc9ab52cd9826ce756ce0", "0000c81704c8330fc84a1cc83307c84a0bc96515ca7d23cb650dc87c11ca981cccaf29ce"},
        {"opencv", "bicubic", "3f08c9bc53ccaf25cd6970e2", "0000c80b01c82e0ec8441cc73006c84609c96916ca7f24cb6b0ec88110caa41dcdba2ccf"},
        {"opencv", "area", "500fc9a952cd8029ce736ce0", "0000c81905c8310ec84a1cc83307c84b0bc96415ca7d23cb650dc87e12ca961bccaf29ce"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.library << " " << c.filter) {
            BOOST_TEST(hex_of(method(c.library, c.filter)(picture(5, 4), 2, 2).rgb) == c.smaller);
            BOOST_TEST(hex_of(method(c.library, c.filter)(picture(3, 2), 4, 3).rgb) == c.larger);
        }
    }
}

BOOST_AUTO_TEST_CASE(large_pictures_come_out_exactly_where_a_library_is_exact) {
    struct Case {
        const char* library;
        const char* filter;
        std::uint64_t smaller, larger, strip;  // 500x375 to 224x224, 100x80 to 333x211, 97x61 to 97x30
    };
    const Case cases[] = {
        {"pillow", "nearest", 0xde75237637f8c465U, 0x55e320a9c82ce0c5U, 0x51833621e3f02f41U},
        {"pillow", "box", 0xfc1e931faf504d05U, 0x81ff71fa0cfb6ecbU, 0xec67eda3521ba62fU},
        {"pillow", "bicubic", 0x7df0e68fc224c6dcU, 0x46277f312b223ddbU, 0x6ca4de2e2afd18b1U},
        {"opencv", "nearest", 0xe2fda4d7f687fe6dU, 0xd7404863d1cd4e4dU, 0xc1ffe8449a138bc5U},
        {"opencv", "bilinear", 0xc7c95cade405dea3U, 0x02cb9ee2316219bdU, 0x774ca8e861a3466dU},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.library << " " << c.filter) {
            BOOST_TEST(hash_of(method(c.library, c.filter)(picture(500, 375), 224, 224)) == c.smaller);
            BOOST_TEST(hash_of(method(c.library, c.filter)(picture(100, 80), 333, 211)) == c.larger);
            BOOST_TEST(hash_of(method(c.library, c.filter)(picture(97, 61), 97, 30)) == c.strip);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_size_changes_nothing) {
    const Image image = picture(31, 17);
    for (const ResizeMethod& method : resize_methods())
        BOOST_TEST(method.resize(image, 31, 17).rgb == image.rgb, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_constant_picture_stays_constant_and_no_side_is_lost) {
    for (const ResizeMethod& method : resize_methods()) {
        for (const int value : {0, 1, 127, 254, 255}) {
            Image image = blank_image(41, 29);
            std::fill(image.rgb.begin(), image.rgb.end(), static_cast<std::uint8_t>(value));
            for (const auto& [width, height] : {std::pair{1, 1}, {7, 90}, {90, 7}, {41, 3}, {3, 29}, {100, 100}}) {
                const Image resized = method.resize(image, width, height);
                BOOST_TEST(resized.width == width);
                BOOST_TEST(resized.height == height);
                BOOST_TEST_CONTEXT(method.library << " " << method.filter << " to " << width << "x" << height)
                BOOST_TEST(std::all_of(resized.rgb.begin(), resized.rgb.end(), [&](int pixel) { return pixel == value; }));
            }
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
