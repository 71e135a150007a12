// detection_output: rows until the first negative image, each to its sample; labels; and how rows are matched in a comparison.
#include "tests/support/detector.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

using Row = std::vector<float>;  // image, label, score, left, top, right, bottom

OutputList rows(const std::vector<Row>& rows, std::vector<std::int64_t> shape = {}) {
    std::vector<float> values;
    for (const Row& row : rows) values.insert(values.end(), row.begin(), row.end());
    if (shape.empty()) shape = {1, 1, static_cast<std::int64_t>(rows.size()), 7};
    OutputList list;
    list.add("detection_out", shape, values);
    return list;
}

const std::vector<const char*> kClasses = {"person", "vehicle"};
const octavo_geometry kGeometry = geometry(100, 50);

}  // namespace

BOOST_AUTO_TEST_SUITE(detection_output)

BOOST_AUTO_TEST_CASE(rows_go_to_their_image_until_the_first_negative_one) {
    const OutputList list = rows({{0, 2, 0.5F, 0.1F, 0.2F, 0.3F, 0.4F},
                                  {1, 1, 0.75F, 0, 0, 0.5F, 0.5F},
                                  {0, 1, 0.625F, 0.5F, 0.5F, 1, 1},
                                  {-1, 0, 0, 0, 0, 0, 0},
                                  {0, 1, 0.9F, 0, 0, 1, 1}});
    for (const OutputList& given : {list, list.strided({0, 1, 2, 3}), list.strided({3, 2, 1, 0})}) {
        std::vector<Boxes> found;
        DetectorPlugin adapter("detection_output", {}, kClasses);
        BOOST_REQUIRE_MESSAGE(adapter.adapt(given, {kGeometry, kGeometry}, found) == 0, adapter.error.text);
        BOOST_REQUIRE_EQUAL(found.size(), 2U);
        check_boxes(found[0], {box(50, 25, 100, 50, 0, 0.625F), box(10, 10, 30, 20, 1, 0.5F)});
        check_boxes(found[1], {box(0, 0, 50, 25, 0, 0.75F)});
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_suppressed_again) {
    const OutputList list = rows({{0, 1, 0.75F, 0, 0, 1, 1}, {0, 1, 0.5F, 0, 0, 1, 1}});
    BOOST_TEST(DetectorPlugin("detection_output", {}, kClasses).boxes(list, kGeometry).size() == 2U);
    BOOST_TEST(DetectorPlugin("detection_output", {{"nms_iou", "0.5"}}, kClasses).boxes(list, kGeometry).size() == 1U);
}

BOOST_AUTO_TEST_CASE(labels_count_the_background_where_there_is_one) {
    const OutputList list = rows({{0, 1, 0.75F, 0, 0, 1, 1}});
    check_boxes(DetectorPlugin("detection_output", {{"background", "-1"}}, kClasses).boxes(list, kGeometry),
                {box(0, 0, 100, 50, 1, 0.75F)});
    check_boxes(DetectorPlugin("detection_output").boxes(list, kGeometry), {box(0, 0, 100, 50, 0, 0.75F)});
    DetectorPlugin named("detection_output", {{"labels", "[\"whale\", \"vehicle\"]"}}, kClasses);
    BOOST_TEST(named.boxes(list, kGeometry).empty());
}

BOOST_AUTO_TEST_CASE(no_rows_are_no_boxes) {
    BOOST_TEST(DetectorPlugin("detection_output").boxes(rows({{-1, 0, 0, 0, 0, 0, 0}}), kGeometry).empty());
    BOOST_TEST(DetectorPlugin("detection_output", {}, kClasses).boxes(rows({}), kGeometry).empty());
}

// The best expected row takes the found one that overlaps most (by 0.8), though another one of its class does by 0.6; the second finds none
// of its class. Signal: 1 + 0.25. Noise: 0.5^2 + 0.2^2, 0.5^2, and the two found ones that are left, 0.25^2 + 1.
BOOST_AUTO_TEST_CASE(a_comparison_matches_rows_of_the_same_class) {
    DetectorPlugin adapter("detection_output", {}, kClasses);
    const OutputList expected = rows({{0, 2, 0.5F, 0, 0, 1, 1}, {0, 1, 1, 0, 0, 1, 1}});
    const OutputList found = rows({{0, 1, 0.25F, 0, 0, 0.6F, 1}, {0, 1, 0.5F, 0, 0, 0.8F, 1}, {0, 2, 1, 0, 0, 0.5F, 1}});
    const auto [signal, noise] = adapter.compare(expected, found, kGeometry);
    BOOST_TEST(signal == 1.25);
    BOOST_TEST(noise == 0.25 + 0.04 + 0.25 + 0.0625 + 1, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(adapter.compare(expected, expected, kGeometry).second == 0.0);
    BOOST_TEST(adapter.compare(expected, rows({}), kGeometry).second == 1.25);
}

BOOST_AUTO_TEST_CASE(refusals_say_what_was_found) {
    DetectorPlugin adapter("detection_output", {}, kClasses);
    BOOST_TEST(adapter.refusal(rows({{0, 3, 1, 0, 0, 1, 1}}), kGeometry, Code::config) ==
               "output 'detection_out': found label 3, expected labels below 3; name the model's classes with \"labels\", and set "
               "\"background\"");
    BOOST_TEST(DetectorPlugin("detection_output").refusal(rows({{0, 1e9F, 1, 0, 0, 1, 1}}), kGeometry, Code::config).find("below 65536") !=
               std::string::npos);
    OutputList other;
    other.add("prob", {1, 2}, {0, 0});
    BOOST_TEST(adapter.refusal(other, kGeometry, Code::config) ==
               "found the outputs 'prob' [1, 2], expected just one of rows [1, 1, n, 7]; name it with \"output\"");
    BOOST_TEST(DetectorPlugin("detection_output", {{"output", "\"prob\""}}).refusal(other, kGeometry, Code::model) ==
               "output 'prob': found shape [1, 2], expected rows [1, 1, n, 7] of f32");
}

BOOST_AUTO_TEST_SUITE_END()
