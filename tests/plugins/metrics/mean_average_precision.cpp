// mean_average_precision: hand-made cases for each way in which the dialects differ, with what each gives; random boxes against an
// evaluation written anew; what it lists and refuses.
#include "tests/support/plugin.h"

#include <octavo/abi/metric.h>
#include <octavo/blob.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <random>

using octavo::testing::LoadedPlugin;
using octavo::testing::Settings;

namespace {

using MetricPlugin = LoadedPlugin<octavo_metric_functions>;
using Boxes = std::vector<octavo_box>;

struct Image {
    Boxes found, objects;
};

struct Seen {
    std::string name, unit, group, note;
    double value;
    bool principal;
};

octavo_status add(MetricPlugin& metric, const Image& image) {
    const octavo_blob prediction = octavo::blob_of<octavo_box>(OCTAVO_BLOB_BOXES, image.found);
    const octavo_blob annotation = octavo::blob_of<octavo_box>(OCTAVO_BLOB_BOXES, image.objects);
    double score = 0;
    const octavo_status status = metric.functions().add(metric.self(), &prediction, &annotation, &score, &metric.error);
    if (status == 0) BOOST_TEST(std::isnan(score));
    return status;
}

std::vector<Seen> figures(MetricPlugin& metric, const std::vector<Image>& images) {
    for (const Image& image : images) BOOST_REQUIRE_MESSAGE(add(metric, image) == 0, metric.error.text);
    std::vector<Seen> seen;
    const octavo_figure_sink sink = [](void* context, const octavo_figure* figure) {
        static_cast<std::vector<Seen>*>(context)->push_back(
            {figure->name, figure->unit, figure->group, figure->note, figure->value, figure->principal != 0});
        BOOST_TEST(figure->higher_is_better == 1);
    };
    BOOST_REQUIRE_MESSAGE(metric.functions().result(metric.self(), sink, &seen, &metric.error) == 0, metric.error.text);
    return seen;
}

const Settings kAllDialects = {{"dialect", R"(["voc", "voc07", "coco", "tool2018", "accuracy_checker"])"}};

std::map<std::string, Seen> by_name(const std::vector<Seen>& seen) {
    std::map<std::string, Seen> named;
    for (const Seen& one : seen) named.insert({one.group + one.name, one});
    return named;
}

struct Expected {
    double voc, voc07, coco, tool2018, accuracy_checker;
};

void check(const std::vector<Image>& images, const Expected& expected) {
    MetricPlugin metric("metrics", "mean_average_precision", kAllDialects);
    auto found = by_name(figures(metric, images));
    const std::pair<const char*, double> all[] = {{"map_voc", expected.voc},
                                                  {"map_voc07", expected.voc07},
                                                  {"map_coco", expected.coco},
                                                  {"map_tool2018", expected.tool2018},
                                                  {"map_accuracy_checker", expected.accuracy_checker}};
    for (const auto& [name, value] : all)
        BOOST_TEST(std::abs(found.at(name).value - value) < 1e-9, name << " is " << found.at(name).value << ", expected " << value);
}

double value_of(const std::string& figure, const std::vector<Image>& images) {
    MetricPlugin metric("metrics", "mean_average_precision", kAllDialects);
    return by_name(figures(metric, images)).at(figure).value;
}

octavo_box object(float left, float top, float right, float bottom, std::int32_t label = 0) {
    return {left, top, right, bottom, label, 1, 0, 0};
}
octavo_box difficult(octavo_box box) {
    box.difficult = 1;
    return box;
}
octavo_box crowd(octavo_box box) {
    box.crowd = 1;
    return box;
}
octavo_box found(octavo_box box, float score) {
    box.score = score;
    return box;
}

// Far apart from each other; every dialect takes one for itself.
octavo_box place(int number, std::int32_t label = 0) {
    const auto left = 200 * static_cast<float>(number);
    return object(left, 100, left + 100, 200, label);
}

// What a person would write after reading the rules of VOC: all detections of a class in one list, recall and precision at each, and at any
// recall the best precision from there on.
struct NaiveVoc {
    double area = 0, points = 0;
};

double naive_overlap(const octavo_box& a, const octavo_box& b) {
    const double width = std::min<double>(a.right, b.right) - std::max<double>(a.left, b.left);
    const double height = std::min<double>(a.bottom, b.bottom) - std::max<double>(a.top, b.top);
    if (width <= 0 || height <= 0) return 0;
    const auto area = [](const octavo_box& box) { return (double{box.right} - box.left) * (double{box.bottom} - box.top); };
    return width * height / (area(a) + area(b) - width * height);
}

std::optional<NaiveVoc> naive_voc(const std::vector<Image>& images, std::int32_t label) {
    struct Found {
        std::size_t image;
        octavo_box box;
    };
    std::vector<Found> all;
    std::map<std::pair<std::size_t, std::size_t>, bool> was_found;
    double objects = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
        for (const octavo_box& box : images[i].found)
            if (box.label == label) all.push_back({i, box});
        for (const octavo_box& box : images[i].objects) objects += box.label == label && !box.difficult && !box.crowd ? 1 : 0;
    }
    if (objects == 0) return {};
    std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.box.score > b.box.score; });
    std::vector<double> recalls, precisions;
    double right = 0, wrong = 0;
    for (const Found& one : all) {
        const Boxes& truth = images[one.image].objects;
        std::size_t best = truth.size();
        double most = -1;
        for (std::size_t o = 0; o < truth.size(); ++o) {
            if (truth[o].label != label || naive_overlap(one.box, truth[o]) <= most) continue;
            most = naive_overlap(one.box, truth[o]);
            best = o;
        }
        if (most < 0.5) {
            wrong += 1;
        } else if (!truth[best].difficult && !truth[best].crowd) {
            bool& was = was_found[{one.image, best}];
            (was ? wrong : right) += 1;
            was = true;
        }
        recalls.push_back(right / objects);
        precisions.push_back(right + wrong > 0 ? right / (right + wrong) : 0);
    }
    const auto best_from = [&](double recall) {
        double best = 0;
        for (std::size_t i = 0; i < recalls.size(); ++i)
            if (recalls[i] > recall - 1e-9) best = std::max(best, precisions[i]);
        return best;
    };
    NaiveVoc result;
    for (int k = 0; k <= 10; ++k) result.points += best_from(0.1 * k) / 11;
    for (double hits = 1; hits <= objects; ++hits) result.area += best_from(hits / objects) / objects;
    return result;
}

// Objects, detections near them and elsewhere, with scores that are often equal.
std::vector<Image> random_images(std::mt19937& random) {
    const auto whole = [&](int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); };
    const auto side = [&](int least, int most) { return static_cast<float>(whole(4 * least, 4 * most)) / 4; };
    std::vector<Image> images(static_cast<std::size_t>(whole(1, 12)));
    for (Image& image : images) {
        for (int i = whole(0, 6); i > 0; --i) {
            const float left = side(0, 80), top = side(0, 80);
            octavo_box box = object(left, top, left + side(1, 60), top + side(1, 60), whole(0, 3));
            box.difficult = whole(0, 5) == 0 ? 1 : 0;
            image.objects.push_back(box);
            for (int copies = whole(0, 3); copies > 0; --copies) {
                octavo_box near = box;
                near.left += side(-8, 8);
                near.top += side(-8, 8);
                near.right = std::max(near.right + side(-8, 8), near.left + 1);
                near.bottom = std::max(near.bottom + side(-8, 8), near.top + 1);
                near.label = whole(0, 5) == 0 ? whole(0, 3) : box.label;
                image.found.push_back(found(near, static_cast<float>(whole(1, 12)) / 12));
            }
        }
        std::shuffle(image.found.begin(), image.found.end(), random);
    }
    return images;
}

std::string refusal(MetricPlugin& metric, const Image& image, octavo_status expected) {
    BOOST_TEST(add(metric, image) == expected);
    return metric.error.text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mean_average_precision)

BOOST_AUTO_TEST_CASE(one_object_found_is_all_of_it) {
    check({{{found(place(0), 0.9F)}, {place(0)}}}, {100, 100, 100, 100, 100});
}

BOOST_AUTO_TEST_CASE(a_class_without_detection_counts_as_0_but_for_the_tools) {
    check({{{found(place(0, 0), 0.9F)}, {place(0, 0), place(1, 1)}}}, {50, 50, 50, 100, 100});
    check({{{}, {place(0)}}}, {0, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(a_class_without_object_is_not_averaged_but_by_the_tools) {
    check({{{found(place(0, 0), 0.9F), found(place(1, 1), 0.9F)}, {place(0, 0)}}}, {100, 100, 100, 50, 50});
}

BOOST_AUTO_TEST_CASE(a_class_of_difficult_objects_is_averaged_by_accuracy_checker_where_it_is_found) {
    check({{{found(place(0, 0), 0.9F), found(place(1, 1), 0.9F)}, {place(0, 0), difficult(place(1, 1))}}}, {100, 100, 100, 100, 50});
}

BOOST_AUTO_TEST_CASE(what_lies_on_a_difficult_object_is_ignored) {
    const Boxes objects = {place(0), difficult(place(1))};
    check({{{found(place(1), 0.9F), found(place(0), 0.8F)}, objects}}, {100, 100, 100, 100, 100});
    check({{{found(place(0), 0.9F)}, objects}}, {100, 100, 100, 100, 100});  // nor is it missed
}

BOOST_AUTO_TEST_CASE(a_second_detection_of_a_difficult_object_is_ignored_or_a_miss) {
    const Boxes twice = {found(place(1), 0.9F), found(place(1), 0.85F), found(place(0), 0.8F)};
    check({{twice, {place(0), difficult(place(1))}}}, {100, 100, 50, 100, 50});
}

BOOST_AUTO_TEST_CASE(a_crowd_holds_many_detections_in_coco) {
    const Boxes twice = {found(place(1), 0.9F), found(place(1), 0.85F), found(place(0), 0.8F)};
    check({{twice, {place(0), crowd(place(1))}}}, {100, 100, 100, 100, 50});
}

BOOST_AUTO_TEST_CASE(with_a_crowd_coco_takes_the_share_of_the_detection) {
    // A quarter of the crowd: ignored in coco, a miss before the hit elsewhere.
    check({{{found(object(1000, 100, 1050, 150), 0.9F), found(place(0), 0.8F)}, {place(0), crowd(object(1000, 100, 1100, 200))}}},
          {50, 50, 100, 50, 50});
}

BOOST_AUTO_TEST_CASE(a_difficult_object_that_overlaps_more_hides_another_in_voc) {
    // 0.62 of the object that counts: enough at three of COCO's thresholds.
    const Boxes objects = {object(0, 0, 100, 62), difficult(object(0, 0, 100, 100))};
    const std::vector<Image> images = {{{found(object(0, 0, 100, 100), 0.9F)}, objects}};
    check(images, {0, 0, 30, 0, 100});
    BOOST_TEST(value_of("map_coco_50", images) == 100.0);
}

BOOST_AUTO_TEST_CASE(a_second_detection_of_an_object_is_a_miss) {
    // Precisions 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.
    check({{{found(place(0), 0.9F), found(place(0), 0.8F), found(place(1), 0.7F)}, {place(0), place(1)}}},
          {100 * (0.5 + 0.5 * 2 / 3), 100 * (6 + 5 * 2.0 / 3) / 11, 100 * (51 + 50 * 2.0 / 3) / 101, 100 * (6 + 5 * 2.0 / 3) / 11,
           100 * (0.5 + 0.5 * 2 / 3)});
}

BOOST_AUTO_TEST_CASE(coco_goes_on_to_the_best_object_that_is_free) {
    // The second overlaps the first object by 0.95 and the other by 0.84.
    const Boxes objects = {object(0, 0, 100, 100), object(0, 0, 100, 80)};
    const std::vector<Image> images = {{{found(object(0, 0, 100, 100), 0.9F), found(object(0, 0, 100, 95), 0.8F)}, objects}};
    check(images, {50, 100 * 6.0 / 11, (7 * 100 + 3 * 100 * 51.0 / 101) / 10, 100 * 6.0 / 11, 50});
}

BOOST_AUTO_TEST_CASE(half_an_object_is_a_match_where_it_is_measured_as_half) {
    // 2018 tool: 100*50 of 100*100 + 101*51 - 100*50; Accuracy Checker: 100*51 of 100*100 + 101*51 - 100*51.
    const std::vector<Image> images = {{{found(object(0, 0, 100, 50), 0.9F)}, {object(0, 0, 100, 100)}}};
    check(images, {100, 100, 10, 0, 100});
    const std::vector<Image> less = {{{found(object(0, 0, 100, 49.9F), 0.9F)}, {object(0, 0, 100, 100)}}};
    check(less, {0, 0, 0, 0, 100});
}

BOOST_AUTO_TEST_CASE(boxes_apart_by_nothing_overlap_in_accuracy_checker) {
    // One pixel of its 1.2 * 1.2.
    check({{{found(object(1, 0, 1.2F, 0.2F), 0.9F)}, {object(0, 0, 1, 1)}}}, {0, 0, 0, 0, 100});
}

BOOST_AUTO_TEST_CASE(the_first_pixel_is_too_small_for_the_tools) {
    // 2018 tool: an object of no size, since nothing is added up to 1; Accuracy Checker: one pixel of four, then of 1.2 * 1.2.
    check({{{found(object(0, 0, 1, 1), 0.9F)}, {object(0, 0, 1, 1)}}}, {100, 100, 100, 0, 0});
    check({{{found(object(0.8F, 0.8F, 1, 1), 0.9F)}, {object(0, 0, 1, 1)}}}, {0, 0, 0, 0, 100});
}

BOOST_AUTO_TEST_CASE(equal_scores_go_by_image_and_then_by_place) {
    const Image miss = {{found(place(5), 0.5F)}, {}}, hit = {{found(place(0), 0.5F)}, {place(0)}};
    check({miss, hit}, {50, 50, 50, 50, 50});
    check({hit, miss}, {100, 100, 100, 100, 100});
    check({{{found(place(5), 0.5F), found(place(0), 0.5F)}, {place(0)}}}, {50, 50, 50, 50, 50});
    check({{{found(place(0), 0.5F), found(place(5), 0.5F)}, {place(0)}}}, {100, 100, 100, 100, 100});
}

BOOST_AUTO_TEST_CASE(scores_are_compared_over_all_images) {
    check({{{found(place(5), 0.4F)}, {}}, {{found(place(0), 0.5F)}, {place(0)}}}, {100, 100, 100, 100, 100});
}

BOOST_AUTO_TEST_CASE(coco_looks_at_100_detections_of_a_class_in_an_image) {
    const auto last_of = [](int count) {
        Image image{{}, {place(0)}};
        for (int i = 1; i < count; ++i) image.found.push_back(found(place(5), 0.9F));
        image.found.push_back(found(place(0), 0.1F));
        return image;
    };
    check({last_of(100)}, {1, 1, 1, 1, 1});
    check({last_of(101)}, {100.0 / 101, 100.0 / 101, 0, 100.0 / 101, 100.0 / 101});
    Image two_classes = last_of(120);
    check({two_classes}, {100.0 / 120, 100.0 / 120, 0, 100.0 / 120, 100.0 / 120});
    for (std::size_t i = 0; i < 60; ++i) two_classes.found[i].label = 1;
    check({two_classes}, {100.0 / 60, 100.0 / 60, 100.0 / 60, 50.0 / 60, 50.0 / 60});
}

BOOST_AUTO_TEST_CASE(recall_thresholds_are_those_of_each_tool) {
    const auto found_of = [](int hits, int objects) {
        Image image;
        for (int i = 0; i < objects; ++i) image.objects.push_back(place(i));
        for (int i = 0; i < hits; ++i) image.found.push_back(found(place(i), 0.9F));
        return std::vector<Image>{image};
    };
    BOOST_TEST(value_of("map_voc07", found_of(3, 10)) == 100 * 4.0 / 11, boost::test_tools::tolerance(1e-12));
    // 7 / 20 is below numpy's 35 * 0.01.
    BOOST_TEST(value_of("map_coco", found_of(7, 20)) == 100 * 35.0 / 101, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(coco_tells_sizes_apart) {
    const octavo_box small = object(0, 0, 16, 16), large = object(300, 300, 500, 500);
    MetricPlugin metric("metrics", "mean_average_precision", {{"dialect", R"(["coco"])"}});
    // A large detection that hits nothing is none of the small ones' matter.
    const auto seen = by_name(figures(metric, {{{found(object(0, 600, 200, 800), 0.9F), found(small, 0.8F)}, {small, large}}}));
    BOOST_TEST(seen.at("map_coco_small").value == 100.0, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(seen.at("map_coco_large").value == 0.0);
    BOOST_TEST(!seen.contains("map_coco_medium"));
    BOOST_TEST(seen.at("map_coco").value == 100 * 51 * 0.5 / 101, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(sizes_at_a_border_belong_to_both) {
    const auto sizes_of = [](float side) {
        MetricPlugin metric("metrics", "mean_average_precision", {{"dialect", R"(["coco"])"}});
        const auto seen = by_name(figures(metric, {{{}, {object(0, 0, side, 32)}}}));
        return std::vector<bool>{seen.contains("map_coco_small"), seen.contains("map_coco_medium"), seen.contains("map_coco_large")};
    };
    BOOST_TEST((sizes_of(31.75F) == std::vector<bool>{true, false, false}));
    BOOST_TEST((sizes_of(32) == std::vector<bool>{true, true, false}));
    BOOST_TEST((sizes_of(32.25F) == std::vector<bool>{false, true, false}));
    BOOST_TEST((sizes_of(288) == std::vector<bool>{false, true, true}));
    BOOST_TEST((sizes_of(288.25F) == std::vector<bool>{false, false, true}));
}

BOOST_AUTO_TEST_CASE(voc_agrees_with_an_evaluation_written_anew) {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        const std::vector<Image> images = random_images(random);
        NaiveVoc mean;
        double classes = 0;
        for (std::int32_t label = 0; label < 4; ++label) {
            const auto one = naive_voc(images, label);
            if (!one) continue;
            mean.area += one->area;
            mean.points += one->points;
            classes += 1;
        }
        if (classes == 0) continue;
        MetricPlugin metric("metrics", "mean_average_precision");
        const std::vector<Seen> seen = figures(metric, images);
        BOOST_TEST(seen[0].name == "map_voc");
        BOOST_TEST(std::abs(seen[0].value - 100 * mean.area / classes) < 1e-6, "seed " << seed << ": voc");
        BOOST_TEST(std::abs(seen[1].value - 100 * mean.points / classes) < 1e-6, "seed " << seed << ": voc07");
    }
}

BOOST_AUTO_TEST_CASE(the_first_dialect_is_the_principal_one_and_each_has_a_table_of_classes) {
    MetricPlugin metric("metrics", "mean_average_precision", {{"dialect", R"(["tool2018", "voc07"])"}});
    const char* const names[] = {"cat", "dog", "cow"};
    BOOST_REQUIRE(metric.functions().set_classes(metric.self(), names, 3, &metric.error) == 0);
    const std::vector<Seen> seen = figures(metric, {{{found(place(0, 0), 0.9F), found(place(9, 2), 0.9F)}, {place(0, 0), place(1, 1)}}});
    BOOST_REQUIRE_EQUAL(seen.size(), 6U);
    const Seen expected[] = {{"map_tool2018", "%", "", "1 class without objects: counted as 0", 50, true},
                             {"map_voc07", "%", "", "", 50, false},
                             {"cat", "%", "average precision, tool2018", "", 100, false},
                             {"dog", "%", "average precision, tool2018", "no detection: left out of the mean", 0, false},
                             {"cat", "%", "average precision, voc07", "", 100, false},
                             {"dog", "%", "average precision, voc07", "no detection: counts as 0", 0, false}};
    for (std::size_t i = 0; i < seen.size(); ++i) {
        BOOST_TEST(seen[i].name == expected[i].name);
        BOOST_TEST(seen[i].unit == expected[i].unit);
        BOOST_TEST(seen[i].group == expected[i].group);
        BOOST_TEST(seen[i].note == expected[i].note);
        BOOST_TEST(seen[i].value == expected[i].value, boost::test_tools::tolerance(1e-12));
        BOOST_TEST(seen[i].principal == expected[i].principal);
    }
}

BOOST_AUTO_TEST_CASE(classes_without_names_are_numbered) {
    MetricPlugin metric("metrics", "mean_average_precision", {{"dialect", R"(["voc"])"}});
    BOOST_TEST(figures(metric, {{{}, {place(0, 3)}}})[1].name == "class 3");
}

BOOST_AUTO_TEST_CASE(which_figures_there_are_does_not_depend_on_predictions) {
    const Boxes objects = {place(0, 0), place(1, 1)};
    const std::vector<Image> none = {{{}, objects}}, other = {{{found(place(0, 0), 0.9F), found(place(5, 2), 0.8F)}, objects}};
    MetricPlugin first("metrics", "mean_average_precision", kAllDialects), second("metrics", "mean_average_precision", kAllDialects);
    const std::vector<Seen> a = figures(first, none), b = figures(second, other);
    BOOST_REQUIRE_EQUAL(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(a[i].name == b[i].name);
}

BOOST_AUTO_TEST_CASE(reset_forgets_all_samples) {
    MetricPlugin metric("metrics", "mean_average_precision");
    BOOST_TEST(figures(metric, {{{}, {place(0)}}})[0].value == 0.0);
    metric.functions().reset(metric.self());
    BOOST_TEST(figures(metric, {{{found(place(0), 0.9F)}, {place(0)}}})[0].value == 100.0);
}

BOOST_AUTO_TEST_CASE(nothing_to_find_gives_no_figures) {
    MetricPlugin metric("metrics", "mean_average_precision");
    BOOST_TEST(metric.functions().result(metric.self(), nullptr, nullptr, &metric.error) == 4);
    BOOST_TEST(std::string(metric.error.text) == "no sample was evaluated");
    BOOST_TEST(add(metric, {{found(place(0), 0.9F)}, {difficult(place(0))}}) == 0);
    BOOST_TEST(metric.functions().result(metric.self(), nullptr, nullptr, &metric.error) == 4);
    BOOST_TEST(std::string(metric.error.text) ==
               "the annotations of 1 image hold no object that counts, expected one or more that is neither difficult nor a crowd");
}

BOOST_AUTO_TEST_CASE(refusals_name_what_was_found_and_expected) {
    MetricPlugin metric("metrics", "mean_average_precision");
    BOOST_TEST(refusal(metric, {{}, {place(0, -1)}}, 4) == "object 0: found the label -1, expected 0 to 2147483646; check the annotations");
    const char* const names[] = {"cat", "dog"};
    BOOST_REQUIRE(metric.functions().set_classes(metric.self(), names, 2, &metric.error) == 0);
    BOOST_TEST(refusal(metric, {{place(0, 1), place(1, 2)}, {}}, 2) ==
               "detection 1: found the label 2, expected 0 to 1; check the adapter's classes");
    BOOST_TEST(refusal(metric, {{}, {place(0, 2)}}, 4) == "object 0: found the label 2, expected 0 to 1; check the annotations");
    BOOST_TEST(refusal(metric, {{found(place(0), NAN)}, {}}, 3) == "detection 0: found a side or a score that is NaN or infinite");
    BOOST_TEST(refusal(metric, {{}, {object(0, 0, INFINITY, 1)}}, 4) == "object 0: found a side or a score that is NaN or infinite");

    const std::int64_t label = 0;
    double score = 0;
    const octavo_blob boxes = {OCTAVO_BLOB_BOXES, nullptr, 0}, one_class = {OCTAVO_BLOB_CLASS, &label, sizeof(label)};
    BOOST_TEST(metric.functions().add(metric.self(), &one_class, &boxes, &score, &metric.error) == 2);
    BOOST_TEST(std::string(metric.error.text) == "the prediction: found the type 'class', expected 'boxes'");
    BOOST_TEST(metric.functions().add(metric.self(), &boxes, &one_class, &score, &metric.error) == 2);
    BOOST_TEST(std::string(metric.error.text) == "the annotation: found the type 'class', expected 'boxes'");
}

BOOST_AUTO_TEST_CASE(dialects_are_named_once_and_known) {
    const auto refusal_of = [](const char* dialect) {
        MetricPlugin metric("metrics", "mean_average_precision", {{"dialect", dialect}});
        BOOST_TEST(!metric.was_created());
        return std::string(metric.error.text);
    };
    BOOST_TEST(refusal_of(R"(["voc12"])") == "\"dialect\": found 'voc12', expected one of voc, voc07, coco, tool2018, accuracy_checker");
    BOOST_TEST(refusal_of(R"(["voc", "coco", "voc"])") == "\"dialect\" names 'voc' twice");
    BOOST_TEST(refusal_of("[]") == "\"dialect\" is empty, expected some of voc, voc07, coco, tool2018, accuracy_checker");
}

BOOST_AUTO_TEST_SUITE_END()
