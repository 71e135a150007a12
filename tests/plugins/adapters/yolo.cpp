// yolo: heads with anchors and cells without by hand, and what is refused.
#include "tests/support/detector.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace octavo;
using namespace octavo::testing;

namespace {

const float kLn2 = std::log(2.0F), kLn3 = std::log(3.0F);
const octavo_geometry kGeometry = geometry(64, 32);

// A head of 1 x 2 cells of 32 x 32 pixels with two anchors and one class: everything is far below the threshold but the cells given.
struct Cell {
    std::int64_t anchor, column;
    std::vector<float> channels;
};
std::vector<float> head(const std::vector<Cell>& cells) {
    std::vector<float> values(2 * 6 * 2, -20);
    for (const Cell& cell : cells)
        for (std::size_t k = 0; k < 6; ++k) values[static_cast<std::size_t>(cell.anchor * 12 + cell.column) + 2 * k] = cell.channels[k];
    return values;
}

OutputList heads() {
    OutputList list;
    list.add("coarse", {1, 12, 1, 2}, head({{1, 1, {0, kLn3, kLn2, 0, kLn3, kLn3}}}))
        .add("other", {1, 12, 1, 2}, head({{0, 0, {0, 0, 0, kLn2, kLn3, 0}}}));
    return list;
}
const char* const kAnchors = "[1, 1, 16, 8, 10, 20, 1, 1]";

// coarse: centre (32 * (0.5 + 1), 32 * 0.75), 2 * 16 x 8 pixels; score 0.75 * 0.75.
// other: centre (16, 16), 10 x 2 * 20 pixels, which the image cuts; score 0.75 * 0.5.
const Boxes kExpected = {box(32, 20, 64, 28, 0, 0.5625F), box(11, 0, 21, 32, 0, 0.375F)};

}  // namespace

BOOST_AUTO_TEST_SUITE(yolo)

BOOST_AUTO_TEST_CASE(heads_with_anchors) {
    for (const OutputList& list : {heads(), heads().strided({0, 2, 3, 1}), heads().strided({3, 0, 1, 2})})
        check_boxes(DetectorPlugin("yolo", {{"anchors", kAnchors}}).boxes(list, kGeometry), kExpected);
}

BOOST_AUTO_TEST_CASE(anchors_follow_the_named_outputs) {
    OutputList list;
    list.add("other", {1, 12, 1, 2}, head({{0, 0, {0, 0, 0, kLn2, kLn3, 0}}}))
        .add("features", {1, 3}, {1, 2, 3})
        .add("coarse", {1, 12, 1, 2}, head({{1, 1, {0, kLn3, kLn2, 0, kLn3, kLn3}}}));
    check_boxes(DetectorPlugin("yolo", {{"anchors", kAnchors}, {"outputs", "[\"coarse\", \"other\"]"}}).boxes(list, kGeometry), kExpected);
}

// y: 0.75 * 1.5 - 0.25 + 0 = 0.875 cells in the first head, 0.5 as before in the other.
BOOST_AUTO_TEST_CASE(centres_reach_out_of_their_cells) {
    const Boxes expected = {box(32, 24, 64, 32, 0, 0.5625F), kExpected[1]};
    check_boxes(DetectorPlugin("yolo", {{"anchors", kAnchors}, {"scale_x_y", "[1.5, 1]"}}).boxes(heads(), kGeometry), expected);
    check_boxes(DetectorPlugin("yolo", {{"anchors", kAnchors}, {"scale_x_y", "1.5"}}).boxes(heads(), kGeometry), expected);
}

// Sizes: (2 * 0.75)^2 * 16, (2 * 0.5)^2 * 8.
BOOST_AUTO_TEST_CASE(new_coordinates_square_the_size) {
    OutputList raw, activated;
    raw.add("head", {1, 12, 1, 2}, head({{1, 1, {0, 0, kLn3, 0, kLn3, kLn3}}}));
    activated.add("head", {1, 12, 1, 2}, head({{1, 1, {0.5F, 0.5F, 0.75F, 0.5F, 0.75F, 0.75F}}}));
    for (float& value : std::span(static_cast<float*>(activated[0].tensor.data), 24)) value = std::max(value, 0.0F);
    const Boxes expected = {box(30, 12, 66, 20, 0, 0.5625F)};
    const Settings settings = {{"anchors", "[1, 1, 16, 8]"}, {"new_coords", "true"}, {"clip", "false"}};
    check_boxes(DetectorPlugin("yolo", settings).boxes(raw, kGeometry), expected);
    Settings none = settings;
    none.push_back({"activation", "\"none\""});
    check_boxes(DetectorPlugin("yolo", none).boxes(activated, kGeometry), expected);
}

// Cells of 16 pixels (4 x 2), then of 32 (2 x 1). Cell 6 is (2, 1) of the first grid, cell 9 is (1, 0) of the second.
BOOST_AUTO_TEST_CASE(cells_without_anchors) {
    std::vector<float> values(10 * 7);
    const auto set = [&](std::size_t cell, const std::vector<float>& row) { std::copy(row.begin(), row.end(), &values[7 * cell]); };
    set(6, {0.5F, -0.25F, 0, kLn2, 0.5F, 0.75F, 0});
    set(9, {0, 0.5F, 0, 0, 1, 0, 0.25F});
    OutputList list;
    list.add("output", {1, 10, 7}, values);
    // centre (40, 12), 16 x 32; centre (32, 16), 32 x 32
    const Boxes expected = {box(32, 0, 48, 28, 0, 0.375F), box(16, 0, 48, 32, 1, 0.25F)};
    const Settings settings = {{"form", "\"yolox\""}, {"strides", "[16, 32]"}};
    for (const OutputList& given : {list, list.strided({2, 1, 0})})
        check_boxes(DetectorPlugin("yolo", settings).boxes(given, kGeometry), expected);

    for (float& value : std::span(static_cast<float*>(list[0].tensor.data), values.size())) value = -20;
    const std::vector<float> logits = {0, 0, 0, 0, 0, kLn3, -20};
    std::copy(logits.begin(), logits.end(), static_cast<float*>(list[0].tensor.data));
    Settings sigmoid = settings;
    sigmoid.push_back({"activation", "\"sigmoid\""});
    check_boxes(DetectorPlugin("yolo", sigmoid).boxes(list, kGeometry), {box(0, 0, 8, 8, 0, 0.375F)});
}

BOOST_AUTO_TEST_CASE(a_comparison_of_heads) {
    DetectorPlugin adapter("yolo", {{"anchors", kAnchors}});
    BOOST_TEST(adapter.compare(heads(), heads(), kGeometry).second == 0.0);
    OutputList wider = heads();
    static_cast<float*>(wider[0].tensor.data)[12 + 1 + 2 * 2] = 0;  // half as wide: overlap 0.5
    const auto [signal, noise] = adapter.compare(heads(), wider, kGeometry);
    BOOST_TEST(signal == 0.5625 * 0.5625 + 0.375 * 0.375, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(noise == 0.5625 * 0.5625 * 0.25, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(refusals_say_what_was_found) {
    const auto refusal = [](Settings settings, const OutputList& list, Code code = Code::config) {
        return DetectorPlugin("yolo", settings).refusal(list, kGeometry, code);
    };
    BOOST_TEST(std::string(DetectorPlugin("yolo").error.text) ==
               "found 0 numbers in \"anchors\", expected width and height of each anchor");
    BOOST_TEST(refusal({{"anchors", "[1, 1, 2, 2, 3, 3]"}}, heads()) ==
               "found 3 anchors and 2 outputs, expected an equal number of anchors for each; name the heads with \"outputs\"");
    BOOST_TEST(refusal({{"anchors", kAnchors}, {"scale_x_y", "[1, 1, 1]"}}, heads()) ==
               "found 3 numbers in \"scale_x_y\", expected one, or one for each of 2 outputs");
    BOOST_TEST(refusal({{"anchors", "[1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]"}}, heads(), Code::model) ==
               "output 'coarse': found shape [1, 12, 1, 2], expected [batch, 3 anchors * (5 + classes), height, width]");
    BOOST_TEST(
        DetectorPlugin("yolo", {{"anchors", kAnchors}}, {"a", "b"}).refusal(heads(), kGeometry, Code::config) ==
        "output 'coarse': found 1 columns of scores, expected 2 (2 classes of the data set); name the model's columns with \"labels\"");

    const Settings cells = {{"form", "\"yolox\""}, {"strides", "[16, 32]"}};
    BOOST_TEST(refusal(cells, heads()) == "found 2 outputs, expected one [batch, cells, 5 + classes]; name it with \"outputs\"");
    OutputList flat, few;
    flat.add("output", {1, 70}, std::vector<float>(70));
    BOOST_TEST(refusal(cells, flat, Code::model) == "output 'output': found shape [1, 70], expected [batch, cells, 5 + classes]");
    few.add("output", {1, 9, 7}, std::vector<float>(63));
    BOOST_TEST(refusal(cells, few) == "output 'output': found 9 cells, expected the 10 of \"strides\" 16, 32 in an input of 64x32");
}

BOOST_AUTO_TEST_SUITE_END()
