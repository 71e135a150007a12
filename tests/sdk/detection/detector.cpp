// Detector: which candidates stay, the way back to the original image, and how far predictions are apart.
#include "tests/support/detector.h"

#include <octavo/detector.h>

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <random>

using namespace octavo;
using namespace octavo::testing;

namespace {

constexpr octavo_parameter kOwn[] = {integer("unused", "1", 0, 0, "the base's parameters stand behind the author's own")};
constexpr auto kParameters = detector_parameters(kOwn, {{"nms_iou", "0.5"}});

// Hands on candidates that the test made, with all columns of a model; `others` where there is an output.
class Given final : public Detector {
public:
    using Detector::Detector;
    Candidates candidates, others;

private:
    Result<void> decode(std::span<const octavo_output> outputs, std::int64_t, const octavo_geometry&, Candidates& into) override {
        const Candidates& given = outputs.empty() ? candidates : others;
        OCTAVO_TRY(const auto columns, wanted_columns("scores", static_cast<std::int64_t>(given.columns)));
        into.resize(static_cast<std::int64_t>(given.boxes.size()), columns.size());
        into.boxes = given.boxes;
        for (std::size_t i = 0; i < given.boxes.size(); ++i)
            for (std::size_t j = 0; j < columns.size(); ++j)
                into.scores[i * columns.size() + j] = given.scores_of(i)[static_cast<std::size_t>(columns[j])];
        return {};
    }
};

Candidates candidates(std::vector<Corners> boxes, std::vector<float> scores) {
    const std::size_t columns = scores.size() / boxes.size();
    return {std::move(boxes), std::move(scores), columns};
}

Given detector(const Settings& settings, Candidates given) {
    ValueTable values;
    for (const octavo_parameter& parameter : kParameters) {
        const auto set = std::find_if(settings.begin(), settings.end(), [&](const auto& pair) { return pair.first == parameter.name; });
        values.add(parameter, set != settings.end() ? set->second : parameter.fallback);
    }
    Given result(Values(kParameters, values.data()));
    result.candidates = std::move(given);
    return result;
}

Boxes boxes_of(Given& given, const octavo_geometry& geometry) {
    Boxes boxes;
    const Result<void> done = given.adapt({}, {&geometry, 1}, [&](std::int64_t, const octavo_blob& prediction) {
        const auto values = values_of<octavo_box>(prediction, OCTAVO_BLOB_BOXES, "the prediction");
        BOOST_REQUIRE(values);
        boxes.assign(values->begin(), values->end());
    });
    BOOST_REQUIRE_MESSAGE(done, done.error().message());
    return boxes;
}

Boxes chosen(const Settings& settings, Candidates given, const octavo_geometry& where = geometry(100, 100)) {
    Given found = detector(settings, std::move(given));
    return boxes_of(found, where);
}

// As detectors.py has it: the best is taken, whatever overlaps with it goes, and so on.
std::vector<std::int32_t> naively_suppressed(const std::vector<Corners>& boxes, std::vector<std::int32_t> order, double most) {
    std::vector<std::int32_t> kept;
    while (!order.empty()) {
        const std::int32_t best = order.front();
        kept.push_back(best);
        std::vector<std::int32_t> rest;
        for (const std::int32_t i : order) {
            const Corners &a = boxes[static_cast<std::size_t>(best)], &b = boxes[static_cast<std::size_t>(i)];
            const double width = std::max(0.0F, std::min(a.right, b.right) - std::max(a.left, b.left));
            const double height = std::max(0.0F, std::min(a.bottom, b.bottom) - std::max(a.top, b.top));
            const double areas = (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top);
            if (i != best && width * height <= most * (areas - width * height)) rest.push_back(i);
        }
        order = std::move(rest);
    }
    return kept;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(detector_base)

BOOST_AUTO_TEST_CASE(overlap_is_intersection_over_union) {
    BOOST_TEST(overlap({0, 0, 2, 2}, {1, 0, 3, 2}) == 1.0 / 3, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(overlap({0, 0, 4, 4}, {1, 1, 3, 3}) == 0.25);
    BOOST_TEST(overlap({0, 0, 2, 2}, {0, 0, 2, 2}) == 1.0);
    BOOST_TEST(overlap({0, 0, 2, 2}, {2, 0, 4, 2}) == 0.0);
    BOOST_TEST(overlap({1, 1, 1, 1}, {1, 1, 1, 1}) == 0.0);
    BOOST_TEST(overlap({3, 3, 1, 1}, {1, 1, 3, 3}) == 0.0);
    BOOST_TEST(overlap({-INFINITY, 0, INFINITY, 1}, {-INFINITY, 0, INFINITY, 2}) == 0.0);
}

// Whole numbers as corners: areas are exact on both sides.
BOOST_AUTO_TEST_CASE(suppression_is_that_of_the_naive_one) {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    std::size_t suppressed = 0;
    for (int trial = 0; trial < 300; ++trial) {
        std::uniform_int_distribution<int> place(0, 12), size(1, 8);
        std::vector<Corners> boxes(std::uniform_int_distribution<std::size_t>(0, 60)(random));
        for (Corners& box : boxes) {
            box = {static_cast<float>(place(random)), static_cast<float>(place(random)), 0, 0};
            box.right = box.left + static_cast<float>(size(random));
            box.bottom = box.top + static_cast<float>(size(random));
        }
        std::vector<std::int32_t> order(boxes.size());
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        const double most = std::uniform_int_distribution<int>(0, 8)(random) / 8.0;  // binary fractions: equality is exact too
        const std::vector<std::int32_t> expected = naively_suppressed(boxes, order, most);
        suppressed += order.size() - expected.size();
        order.resize(suppress(boxes, order, most));
        BOOST_TEST((order == expected), "seed " << seed << ", trial " << trial);
    }
    BOOST_TEST(suppressed > 0U);
}

BOOST_AUTO_TEST_CASE(a_box_must_score_more_than_the_threshold) {
    const Boxes found = chosen({{"score_threshold", "0.5"}}, candidates({{0, 0, 1, 1}, {2, 2, 3, 3}, {4, 4, 5, 5}}, {0.5F, 0.75F, NAN}));
    BOOST_TEST(found == (Boxes{box(2, 2, 3, 3, 0, 0.75F)}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(boxes_suppress_within_their_class) {
    // 0 and 1 overlap by 3/5, 0 and 2 by 1/3
    const Candidates given = candidates({{0, 0, 4, 4}, {1, 0, 5, 4}, {2, 0, 6, 4}}, {0.5F, 0.1F, 0.75F, 0.9F, 0.625F, 0.2F});
    BOOST_TEST(chosen({}, given) == (Boxes{box(1, 0, 5, 4, 1, 0.9F), box(1, 0, 5, 4, 0, 0.75F)}), boost::test_tools::per_element());
    BOOST_TEST(chosen({{"nms_iou", "1"}}, given).size() == 6U);
    BOOST_TEST(chosen({{"nms_iou", "1"}, {"background", "0"}}, candidates({{0, 0, 4, 4}}, {0.5F, 0.25F})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_best_stay_and_equal_ones_keep_their_order) {
    const Candidates given =
        candidates({{0, 0, 1, 1}, {2, 0, 3, 1}, {4, 0, 5, 1}, {6, 0, 7, 1}}, {0.25F, 0.5F, 0.5F, 0.5F, 0.75F, 0.5F, 0.5F, 0.5F});
    const Boxes all = chosen({}, given);
    const Boxes expected = {box(4, 0, 5, 1, 0, 0.75F), box(2, 0, 3, 1, 0, 0.5F), box(6, 0, 7, 1, 0, 0.5F), box(0, 0, 1, 1, 1, 0.5F),
                            box(2, 0, 3, 1, 1, 0.5F),  box(4, 0, 5, 1, 1, 0.5F), box(6, 0, 7, 1, 1, 0.5F), box(0, 0, 1, 1, 0, 0.25F)};
    BOOST_TEST(all == expected, boost::test_tools::per_element());
    BOOST_TEST(chosen({{"max_detections", "3"}}, given) == Boxes(expected.begin(), expected.begin() + 3), boost::test_tools::per_element());
    BOOST_TEST(chosen({{"top_k", "1"}}, given) == (Boxes{expected[0], expected[3]}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(boxes_go_back_to_the_original_image) {
    const Candidates given = candidates({{10, 20, 30, 40}}, {1});
    const octavo_geometry stretched = {sizeof(octavo_geometry), 200, 50, 0.5, 2, 0, 0, 100, 100};
    BOOST_TEST(chosen({}, given, stretched) == (Boxes{box(20, 10, 60, 20, 0, 1)}), boost::test_tools::per_element());
    const octavo_geometry top_left = {sizeof(octavo_geometry), 200, 100, 0.5, 0.5, 0, 0, 100, 100};
    BOOST_TEST(chosen({}, given, top_left) == (Boxes{box(20, 40, 60, 80, 0, 1)}), boost::test_tools::per_element());
    // a border of 10 rows above: input = original * 0.5 + 10
    const octavo_geometry central = {sizeof(octavo_geometry), 200, 160, 0.5, 0.5, 0, -10, 100, 100};
    BOOST_TEST(chosen({}, given, central) == (Boxes{box(20, 20, 60, 60, 0, 1)}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(boxes_end_where_the_image_does) {
    const Candidates given = candidates({{-5, -INFINITY, 30, 120}}, {1});
    BOOST_TEST(chosen({}, given) == (Boxes{box(0, 0, 30, 100, 0, 1)}), boost::test_tools::per_element());
    BOOST_TEST(chosen({{"clip", "false"}}, given) == (Boxes{box(-5, -INFINITY, 30, 120, 0, 1)}), boost::test_tools::per_element());
}

// In the border of a letterbox there is nothing to be found, however well it scores.
BOOST_AUTO_TEST_CASE(boxes_beside_the_image_are_none) {
    const Candidates given = candidates({{-40, 0, -10, 10}, {10, 101, 20, 120}, {0, 0, 10, 10}}, {0.9F, 0.8F, 0.7F});
    BOOST_TEST(chosen({}, given) == (Boxes{box(0, 0, 10, 10, 0, 0.7F)}), boost::test_tools::per_element());
    BOOST_TEST(chosen({{"clip", "false"}}, given).size() == 3U);
}

// Clipped to the image the two are one box; unclipped they overlap by 0.2.
BOOST_AUTO_TEST_CASE(suppression_looks_at_what_lies_in_the_image) {
    const Candidates given = candidates({{-40, 0, 10, 10}, {0, 0, 10, 10}}, {0.9F, 0.8F});
    BOOST_TEST(chosen({}, given).size() == 1U);
    BOOST_TEST(chosen({{"clip", "false"}}, given).size() == 2U);
}

BOOST_AUTO_TEST_CASE(labels_are_the_data_sets_classes) {
    Given given = detector({{"labels", "[\"dog\", \"whale\", \"sofa\"]"}}, candidates({{0, 0, 1, 1}}, {0.5F, 0.875F, 0.75F}));
    const std::vector<const char*> names = {"couch", "dog"};
    BOOST_REQUIRE(given.set_classes(names));
    BOOST_TEST(boxes_of(given, geometry(10, 10)) == (Boxes{box(0, 0, 1, 1, 0, 0.75F), box(0, 0, 1, 1, 1, 0.5F)}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_class_without_a_candidate_gives_no_box) {
    Candidates none;
    none.columns = 2;
    BOOST_TEST(chosen({}, none).empty());
}

BOOST_AUTO_TEST_CASE(an_input_that_is_no_image_is_refused) {
    Given given = detector({}, candidates({{0, 0, 1, 1}}, {1}));
    const octavo_geometry nothing = geometry(0, 0);
    const Result<void> done = given.adapt({}, {&nothing, 1}, [](std::int64_t, const octavo_blob&) { BOOST_ERROR("a prediction"); });
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().message() == "found an input that is no image, expected a data set of images");
}

// By hand. Signal: 0.25 + 1 + 0.0625. Noise of scores: 0.25^2 + 0.5^2 + 0; of boxes: the first lies elsewhere and its best expected score
// is 1, the second keeps a third: 0.25^2 * (2/3)^2.
BOOST_AUTO_TEST_CASE(a_difference_is_of_scores_and_of_boxes_that_matter) {
    Given given = detector({{"score_threshold", "0.9"}}, candidates({{0, 0, 2, 2}, {0, 0, 2, 2}}, {0.5F, 1, 0, 0.25F}));
    given.others = candidates({{4, 4, 6, 6}, {1, 0, 3, 2}}, {0.75F, 0.5F, 0, 0.25F});
    const octavo_geometry where = geometry(10, 10);
    const octavo_output output{};
    double signal = 0, noise = 0;
    BOOST_REQUIRE(given.compare({}, {&output, 1}, {&where, 1}, {&signal, 1}, {&noise, 1}));
    BOOST_TEST(signal == 1.3125, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(noise == 0.0625 + 0.25 + 1 + 0.0625 * 4 / 9, boost::test_tools::tolerance(1e-12));

    BOOST_REQUIRE(given.compare({}, {}, {&where, 1}, {&signal, 1}, {&noise, 1}));
    BOOST_TEST(signal == 1.3125);
    BOOST_TEST(noise == 0.0);

    given.others = candidates({{4, 4, 6, 6}}, {0.75F, 0.5F});
    const Result<void> done = given.compare({}, {&output, 1}, {&where, 1}, {&signal, 1}, {&noise, 1});
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().message() == "found 1 candidates, expected the 2 that the other side has");
}

// An empty box that stays as it is is no error, though it overlaps with nothing.
BOOST_AUTO_TEST_CASE(equal_boxes_are_no_difference_even_if_empty) {
    Given given = detector({}, candidates({{1, 1, 1, 1}}, {1}));
    given.others = given.candidates;
    const octavo_geometry where = geometry(10, 10);
    const octavo_output output{};
    double signal = 0, noise = 1;
    BOOST_REQUIRE(given.compare({}, {&output, 1}, {&where, 1}, {&signal, 1}, {&noise, 1}));
    BOOST_TEST(noise == 0.0);
}

BOOST_AUTO_TEST_CASE(shared_parameters_follow_the_authors_own) {
    BOOST_TEST(kParameters.size() == 1 + kDetectorParameters.size());
    BOOST_TEST(std::string(kParameters[0].name) == "unused");
    for (const octavo_parameter& parameter : kParameters)
        if (std::string(parameter.name) == "nms_iou") BOOST_TEST(std::string(parameter.fallback) == "0.5");
}

BOOST_AUTO_TEST_SUITE_END()
