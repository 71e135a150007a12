// The steps from picture to network input: sizes, crop positions, channel order, numbers, and the way back.
#include "core/image/preprocess.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <string>

#include "core/image/resize.h"

using namespace octavo;

namespace {

// R is the column, G the row, B their sum: a crop shows where it came from.
Image coordinates(int width, int height) {
    Image image = blank_image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::uint8_t* const pixel = image.row(y) + std::ptrdiff_t{3} * x;
            pixel[0] = static_cast<std::uint8_t>(x);
            pixel[1] = static_cast<std::uint8_t>(y);
            pixel[2] = static_cast<std::uint8_t>(x + y);
        }
    }
    return image;
}

struct Input {
    std::vector<float> chw;
    Result<Geometry> geometry;
};

Input run(const Preprocess& pipeline, const Image& image, InputShape shape) {
    std::vector<float> chw(static_cast<std::size_t>(shape.channels * shape.height * shape.width), -1.0F);
    auto geometry = preprocess(pipeline, image, std::as_writable_bytes(std::span(chw)), shape, "dir/x.jpg");
    return {std::move(chw), std::move(geometry)};
}

std::string message_of(const Preprocess& pipeline, const Image& image, InputShape shape) {
    const Input input = run(pipeline, image, shape);
    return input.geometry ? "no error" : input.geometry.error().message();
}

std::string check_message_of(std::vector<Step> steps) {
    const auto checked = check_preprocess({std::move(steps)});
    if (checked) return "no error";
    BOOST_TEST((checked.error().code() == Code::config));
    return checked.error().message();
}

std::string size_text(const Preprocess& pipeline) {
    const auto size = output_size(pipeline);
    return size ? std::to_string(size->width) + "x" + std::to_string(size->height) : "unknown";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_preprocess)

BOOST_AUTO_TEST_CASE(without_steps_the_pixels_pass_as_planes) {
    const Input input = run({}, coordinates(2, 2), {3, 2, 2});
    BOOST_REQUIRE(input.geometry);
    const std::vector<float> expected{0, 1, 0, 1, /**/ 0, 0, 1, 1, /**/ 0, 1, 1, 2};
    BOOST_TEST(input.chw == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_may_lie_together) {
    const Normalize step{{1, 2, 4}, {0.5F, 0.25F, 2}, ChannelOrder::bgr};
    const std::vector<float> planes = run({{step}}, coordinates(3, 2), {3, 2, 3}).chw;
    const std::vector<float> together = run({{step}}, coordinates(3, 2), {3, 2, 3, true}).chw;
    for (std::size_t pixel = 0; pixel < 6; ++pixel)
        for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(together[3 * pixel + c] == planes[6 * c + pixel]);
}

BOOST_AUTO_TEST_CASE(mean_and_scale_belong_to_the_ordered_channels) {
    Image image = blank_image(1, 1);
    image.rgb = {10, 20, 40};
    const Normalize rgb{{1, 2, 4}, {0.5F, 0.25F, 2}, ChannelOrder::rgb};
    const Normalize bgr{{1, 2, 4}, {0.5F, 0.25F, 2}, ChannelOrder::bgr};
    const std::vector<float> expected_rgb{4.5F, 4.5F, 72}, expected_bgr{19.5F, 4.5F, 12};
    BOOST_TEST(run({{rgb}}, image, {3, 1, 1}).chw == expected_rgb, boost::test_tools::per_element());
    BOOST_TEST(run({{bgr}}, image, {3, 1, 1}).chw == expected_bgr, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_channel_is_the_luma) {
    Image image = blank_image(4, 1);
    image.rgb = {255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77};
    const Normalize step{{1, 100, 100}, {2, 100, 100}, ChannelOrder::bgr};
    const std::vector<float> expected{150, 298, 56, 152};  // luma 76 150 29 77
    BOOST_TEST(run({{step}}, image, {1, 1, 4}).chw == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_crop_is_central_and_rounds_to_the_top_left) {
    struct Case {
        int width, height, crop_width, crop_height;
        float left, top;
    };
    const Case cases[] = {{10, 8, 4, 4, 3, 2}, {9, 8, 4, 3, 2, 2}, {5, 5, 4, 4, 0, 0}, {4, 4, 4, 4, 0, 0}, {256, 341, 224, 224, 16, 58}};
    for (const Case& c : cases) {
        const Input input = run({{Crop{c.crop_width, c.crop_height}}}, coordinates(c.width, c.height), {3, c.crop_height, c.crop_width});
        BOOST_REQUIRE(input.geometry);
        BOOST_TEST(input.chw[0] == c.left);
        BOOST_TEST(input.chw[static_cast<std::size_t>(c.crop_width * c.crop_height)] == c.top);
        BOOST_TEST(input.geometry->offset_x == c.left);
        BOOST_TEST(input.geometry->offset_y == c.top);
    }
}

BOOST_AUTO_TEST_CASE(the_longer_side_is_rounded_to_nearest) {
    struct Case {
        int width, height, length, to_width, to_height;
    };
    const Case cases[] = {
        {500, 375, 256, 341, 256},                             // 341.33
        {375, 500, 256, 256, 341}, {500, 333, 256, 384, 256},  // 384.38
        {8, 4, 3, 6, 3},           {5, 2, 1, 3, 1},            // 2.5 goes up
        {7, 2, 1, 4, 1},                                       // 3.5 goes up
        {64, 64, 32, 32, 32},      {900, 3, 4, 1200, 4},      {1, 1, 224, 224, 224},
    };
    for (const Case& c : cases) {
        const Input input = run({{Resize{ShorterSide{c.length}}}}, coordinates(c.width, c.height), {1, c.to_height, c.to_width});
        BOOST_REQUIRE(input.geometry);
        BOOST_TEST(input.geometry->scale_x == static_cast<double>(c.to_width) / c.width);
        BOOST_TEST(input.geometry->scale_y == static_cast<double>(c.to_height) / c.height);
    }
}

BOOST_AUTO_TEST_CASE(an_exact_resize_gives_the_pixels_of_the_resizer) {
    const Image image = coordinates(50, 40);
    const Image resized = resize_pillow_bilinear(image, 7, 9);
    const Input input = run({{Resize{Exact{7, 9}}}}, image, {3, 9, 7});
    BOOST_REQUIRE(input.geometry);
    for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < 63; ++i) BOOST_TEST(input.chw[c * 63 + i] == resized.rgb[3 * i + c]);
    }
}

BOOST_AUTO_TEST_CASE(a_letterbox_keeps_the_aspect_and_records_its_border) {
    struct Case {
        int width, height;
        Letterbox::Place place;
        int inner_width, inner_height, left, top;
        Letterbox::Round round = Letterbox::Round::nearest;
    };
    constexpr auto kCentre = Letterbox::Place::centre, kTopLeft = Letterbox::Place::top_left;
    constexpr auto kDown = Letterbox::Round::down;
    const Case cases[] = {
        {80, 60, kCentre, 40, 30, 0, 5},         {80, 60, kTopLeft, 40, 30, 0, 0},
        {60, 80, kCentre, 30, 40, 5, 0},         {20, 15, kCentre, 40, 30, 0, 5},
        {40, 40, kCentre, 40, 40, 0, 0},         {80, 61, kCentre, 40, 31, 0, 4},  // 30.5 up, 9 left over
        {900, 3, kCentre, 40, 1, 0, 19},         {1, 1, kCentre, 40, 40, 0, 0},
        {80, 61, kTopLeft, 40, 30, 0, 0, kDown}, {61, 80, kCentre, 30, 40, 5, 0, kDown},
        {80, 60, kCentre, 40, 30, 0, 5, kDown},  {900, 3, kTopLeft, 40, 1, 0, 0, kDown},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.width << "x" << c.height) {
            const Image image = coordinates(c.width, c.height);
            const Input input = run({{Letterbox{40, 40, {7, 8, 9}, c.place, c.round}}}, image, {3, 40, 40});
            BOOST_REQUIRE(input.geometry);
            const Image inner = resize_pillow_bilinear(image, c.inner_width, c.inner_height);
            std::size_t wrong = 0;
            for (int y = 0; y < 40; ++y) {
                for (int x = 0; x < 40; ++x) {
                    const int u = x - c.left, v = y - c.top;
                    const bool is_inside = u >= 0 && v >= 0 && u < c.inner_width && v < c.inner_height;
                    for (int k = 0; k < 3; ++k) {
                        const int expected = is_inside ? inner.row(v)[3 * u + k] : 7 + k;
                        wrong += input.chw[static_cast<std::size_t>((k * 40 + y) * 40 + x)] != static_cast<float>(expected);
                    }
                }
            }
            BOOST_TEST(wrong == 0U);
            BOOST_TEST(input.geometry->source_x(c.left) == 0.0);
            BOOST_TEST(input.geometry->source_y(c.top) == 0.0);
            BOOST_TEST(input.geometry->source_x(c.left + c.inner_width) == c.width, boost::test_tools::tolerance(1e-12));
            BOOST_TEST(input.geometry->source_y(c.top + c.inner_height) == c.height, boost::test_tools::tolerance(1e-12));
        }
    }
    BOOST_TEST(size_text({{Letterbox{300, 200}}}) == "300x200");
    BOOST_TEST(check_message_of({Letterbox{300, 0}}) == "preprocess step 1: letterbox of 300x0, sides must be from 1 to 65500");
}

BOOST_AUTO_TEST_CASE(places_lead_back_to_the_source) {
    // 400x200 to 200x100, then 100x100 from column 50 on, then twice as large.
    const Preprocess pipeline{{Resize{ShorterSide{100}}, Crop{100, 100}, Resize{Exact{200, 200}}}};
    const Input input = run(pipeline, coordinates(400, 200), {3, 200, 200});
    BOOST_REQUIRE(input.geometry);
    const Geometry& geometry = *input.geometry;
    BOOST_TEST(geometry.source_width == 400);
    BOOST_TEST(geometry.source_height == 200);
    BOOST_TEST(geometry.scale_x == 1.0);
    BOOST_TEST(geometry.offset_x == 100.0);
    BOOST_TEST(geometry.source_x(0) == 100.0);
    BOOST_TEST(geometry.source_x(200) == 300.0);
    BOOST_TEST(geometry.source_y(0) == 0.0);
    BOOST_TEST(geometry.source_y(200) == 200.0);
}

BOOST_AUTO_TEST_CASE(the_output_size_is_known_after_a_crop_or_an_exact_resize) {
    BOOST_TEST(size_text({}) == "unknown");
    BOOST_TEST(size_text({{Resize{ShorterSide{256}}, Normalize{}}}) == "unknown");
    BOOST_TEST(size_text({{Resize{ShorterSide{256}}, Crop{224, 200}, Normalize{}}}) == "224x200");
    BOOST_TEST(size_text({{Resize{Exact{300, 301}}}}) == "300x301");
    BOOST_TEST(size_text({{Resize{Exact{300, 150}}, Resize{ShorterSide{75}}}}) == "150x75");
    BOOST_TEST(size_text({{Resize{Exact{65500, 1}}, Resize{ShorterSide{65500}}}}) == "unknown");
}

BOOST_AUTO_TEST_CASE(pictures_that_do_not_fit_are_refused_by_name) {
    BOOST_TEST(message_of({{Crop{224, 224}}}, coordinates(300, 200), {3, 224, 224}) ==
               "dir/x.jpg: 300x200 pixels are smaller than the crop of 224x224, resize before the crop or make it smaller");
    BOOST_TEST(message_of({{Resize{ShorterSide{20}}}}, coordinates(60, 40), {3, 20, 20}) ==
               "dir/x.jpg: 30x20 pixels after preprocessing, the network input has 20x20, end with a crop, a letterbox or an exact resize "
               "to that");
    BOOST_TEST(message_of({{Resize{ShorterSide{20}}}}, coordinates(60, 40), {3, 30, 20}) ==
               "dir/x.jpg: 30x20 pixels after preprocessing, the network input has 20x30, end with a crop, a letterbox or an exact resize "
               "to that");
    BOOST_TEST(message_of({{Resize{ShorterSide{1024}}}}, coordinates(20000, 1), {3, 1, 1}) ==
               "dir/x.jpg: 20000x1 pixels would be resized to 20480000x1024, at most 268435456 pixels are possible");
    BOOST_TEST((run({{Crop{9, 9}}}, coordinates(2, 2), {3, 9, 9}).geometry.error().code() == Code::data));
}

BOOST_AUTO_TEST_CASE(steps_that_make_no_sense_are_refused) {
    const float infinite = std::numeric_limits<float>::infinity();
    BOOST_TEST(check_message_of({Resize{ShorterSide{256}}, Crop{224, 224}, Normalize{}}) == "no error");
    BOOST_TEST(check_message_of({Resize{ShorterSide{0}}}) ==
               "preprocess step 1: resize of the shorter side to 0, sides must be from 1 to 65500");
    BOOST_TEST(check_message_of({Resize{Exact{300, 65501}}}) == "preprocess step 1: resize to 300x65501, sides must be from 1 to 65500");
    BOOST_TEST(check_message_of({Resize{Exact{2, 2}}, Crop{0, -1}}) == "preprocess step 2: crop to 0x-1, sides must be from 1 to 65500");
    BOOST_TEST(check_message_of({Normalize{}, Crop{2, 2}}) == "preprocess step 2: follows a normalize step, which must be the last one");
    BOOST_TEST(check_message_of({Normalize{{0, infinite, 0}, {1, 1, 1}, ChannelOrder::rgb}}) ==
               "preprocess step 1: mean and scale of normalize must be finite numbers");
}

BOOST_AUTO_TEST_CASE(bytes_are_the_pixels_and_take_no_mean) {
    Image image = blank_image(2, 1);
    image.rgb = {1, 2, 3, 253, 254, 255};
    std::vector<std::byte> row(6);
    const auto written = [&](const Preprocess& steps, bool is_channels_last) {
        const auto done = preprocess(steps, image, row, {3, 1, 2, is_channels_last, true}, "x.png");
        if (!done) return done.error().message();
        std::string text;
        for (const std::byte value : row) text += std::to_string(std::to_integer<int>(value)) + " ";
        return text;
    };
    BOOST_TEST(written({}, false) == "1 253 2 254 3 255 ");
    BOOST_TEST(written({{Normalize{{}, {1, 1, 1}, ChannelOrder::bgr}}}, true) == "3 2 1 255 254 253 ");
    BOOST_TEST(written({{Normalize{{127, 127, 127}, {1, 1, 1}}}}, true) ==
               "preprocess: mean and scale of normalize, where the network input takes pixels as bytes (u8); expected none");
}

BOOST_AUTO_TEST_SUITE_END()
