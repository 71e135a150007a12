// Frames, pictures side by side, and the way back from a JPEG file.
#include "core/image/draw.h"

#include "core/image/decode.h"
#include "core/image/encode.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

using namespace octavo;

namespace {

// '#' where a pixel is not black.
std::string marks(const Image& image) {
    std::string text;
    for (int y = 0; y < image.height; ++y) {
        for (int x = 0; x < image.width; ++x) text += image.row(y)[3 * x] != 0 ? '#' : '.';
        text += '\n';
    }
    return text;
}

constexpr Colour kRed = {255, 0, 0};

}  // namespace

BOOST_AUTO_TEST_SUITE(image_draw)

BOOST_AUTO_TEST_CASE(frame_lies_inside_its_box) {
    Image image = blank_image(7, 5);
    draw(image, {1, 0, 6, 4, kRed, 1});
    BOOST_TEST(marks(image) == ".#####.\n.#...#.\n.#...#.\n.#####.\n.......\n");
    image = blank_image(7, 5);
    draw(image, {0.6F, 0.4F, 7, 5, kRed, 2});
    BOOST_TEST(marks(image) == ".######\n.######\n.##..##\n.######\n.######\n");
}

BOOST_AUTO_TEST_CASE(what_lies_outside_is_left_out) {
    Image image = blank_image(4, 3);
    draw(image, {-2, -3, 2, 2, kRed, 1});
    BOOST_TEST(marks(image) == ".#..\n##..\n....\n");
    image = blank_image(4, 3);
    draw(image, {-1e30F, 1, 1e30F, 2, kRed, 3});
    BOOST_TEST(marks(image) == "....\n####\n....\n");
    image = blank_image(4, 3);
    draw(image, {3, 2, 1, 1, kRed, 1});  // of no size
    BOOST_TEST(marks(image) == "....\n....\n....\n");
}

BOOST_AUTO_TEST_CASE(colours_of_twenty_classes_differ) {
    BOOST_TEST((colour_of(0) == Colour{255, 0, 0}));
    std::set<Colour> seen;
    for (std::size_t i = 0; i < 20; ++i) {
        const Colour colour = colour_of(i);
        BOOST_TEST(*std::max_element(colour.begin(), colour.end()) == 255);
        seen.insert(colour);
    }
    BOOST_TEST(seen.size() == 20U);
}

BOOST_AUTO_TEST_CASE(pictures_stand_side_by_side) {
    Image images[] = {blank_image(1, 2), blank_image(2, 1)};
    for (Image& image : images) std::fill(image.rgb.begin(), image.rgb.end(), std::uint8_t{9});
    BOOST_TEST(marks(side_by_side(images, 1)) == "#.##\n#...\n");
}

BOOST_AUTO_TEST_CASE(jpeg_file_gives_the_picture_back) {
    Image image = blank_image(37, 21);
    draw(image, {0, 0, 37, 21, {200, 180, 40}, 11});
    draw(image, {18, 0, 20, 21, {30, 60, 220}, 1});
    const auto bytes = encode_jpeg(image, 95);
    BOOST_REQUIRE(bytes);
    const auto back = decode_image(*bytes, "x.jpg");
    BOOST_REQUIRE(back);
    BOOST_REQUIRE(back->width == 37);
    BOOST_REQUIRE(back->height == 21);
    int worst = 0;
    for (std::size_t i = 0; i < image.rgb.size(); ++i) worst = std::max(worst, std::abs(int{image.rgb[i]} - int{back->rgb[i]}));
    BOOST_TEST(worst < 24);
}

BOOST_AUTO_TEST_CASE(jpeg_has_no_room_for_more) {
    const auto bytes = encode_jpeg(blank_image(70000, 1), 90);
    BOOST_REQUIRE(!bytes);
    BOOST_TEST(bytes.error().message().starts_with("cannot write a JPEG image of 70000 x 1 pixels ("));
}

BOOST_AUTO_TEST_SUITE_END()
