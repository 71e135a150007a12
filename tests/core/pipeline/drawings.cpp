// Drawings: a panel for the annotation and for each contender, and the table of what was drawn.
#include "core/pipeline/drawings.h"

#include "core/base/files.h"
#include "core/image/decode.h"
#include "core/image/draw.h"
#include "core/image/encode.h"
#include "tests/support/folder.h"

#include <octavo/blob.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace octavo;
using namespace octavo::testing;

namespace {

constexpr int kWidth = 40, kHeight = 30, kGap = 4;

struct Fixture {
    Folder folder;
    std::vector<std::byte> file = *encode_jpeg(blank_image(kWidth, kHeight), 90);
    std::vector<octavo_box> truth = {{5, 5, 25, 25, 0, 1, 0, 0}};
    std::vector<octavo_box> found = {{15, 5, 35, 25, 1, 0.875F, 0, 0}, {0, 0, 10, 10, 0, 0.25F, 0, 0}};
    std::vector<std::string> classes = {"ring", "star"};
    octavo_sample sample{};
    Drawings drawings{folder / "drawn", 1, {"fp32", "plan"}};

    Fixture() {
        sample.encoded = file.data();
        sample.encoded_bytes = file.size();
        sample.annotation = blob_of(OCTAVO_BLOB_BOXES, std::span<const octavo_box>(truth));
    }
    Result<bool> add(const std::string& id) { return drawings.add({id, sample, classes, {found, {}}}); }
    std::string path(const std::string& name) const { return folder / ("drawn/" + name); }
};

bool is_lit(const Image& image, int x, int y) {
    const std::uint8_t* pixel = image.row(y) + 3 * x;
    return std::max({pixel[0], pixel[1], pixel[2]}) > 100;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_drawings)

BOOST_FIXTURE_TEST_CASE(each_panel_shows_its_boxes, Fixture) {
    BOOST_REQUIRE(add("a/b"));
    const auto bytes = map_file(path("a_b.jpg"), Code::data);
    BOOST_REQUIRE(bytes);
    const auto image = decode_image(bytes->bytes(), "a_b.jpg");
    BOOST_REQUIRE(image);
    BOOST_TEST(image->width == 3 * kWidth + 2 * kGap);
    BOOST_TEST(image->height == kHeight);
    const int second = kWidth + kGap, third = 2 * second;
    BOOST_TEST(is_lit(*image, 5, 15));
    BOOST_TEST(!is_lit(*image, 34, 15));
    BOOST_TEST(is_lit(*image, second + 34, 15));
    BOOST_TEST(!is_lit(*image, second + 5, 8));
    for (int x = third; x < image->width; ++x) BOOST_TEST(!is_lit(*image, x, 15));
}

BOOST_FIXTURE_TEST_CASE(table_says_what_each_frame_is, Fixture) {
    const Result<bool> first = add("one");
    BOOST_REQUIRE(first);
    BOOST_TEST(!*first);        // it wants no other one
    BOOST_REQUIRE(add("two"));  // beyond the number wanted
    BOOST_REQUIRE(drawings.finish());
    BOOST_TEST(drawings.count() == 1);
    BOOST_TEST(!map_file(path("two.jpg"), Code::data));
    const auto table = read_text(path("boxes.tsv"), Code::data);
    BOOST_REQUIRE(table);
    BOOST_TEST(*table ==
               "image\tof\tclass\tcolour\tscore\tleft\ttop\tright\tbottom\n"
               "one\tannotation\tring\t#ff0000\t1.000\t5.0\t5.0\t25.0\t25.0\n"
               "one\tfp32\tstar\t#004aff\t0.875\t15.0\t5.0\t35.0\t25.0\n");
}

BOOST_FIXTURE_TEST_CASE(samples_without_boxes_or_image_are_errors, Fixture) {
    octavo_sample whole = sample;
    sample.annotation = {OCTAVO_BLOB_NONE, nullptr, 0};
    const auto none = add("x");
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().message() == "x: the annotation: found the type 'none', expected 'boxes'");
    sample = whole;
    sample.encoded = nullptr;
    const auto blind = add("x");
    BOOST_REQUIRE(!blind);
    BOOST_TEST(blind.error().message() == "x: found no image to draw on, expected a data set of images");
}

BOOST_AUTO_TEST_SUITE_END()
