// accuracy: ranks, ties, and what it refuses.
#include "tests/support/plugin.h"

#include <octavo/abi/blob.h>
#include <octavo/abi/metric.h>

#include <boost/test/unit_test.hpp>
#include <cmath>

using octavo::testing::LoadedPlugin;

namespace {

using MetricPlugin = LoadedPlugin<octavo_metric_functions>;

octavo_status add(MetricPlugin& metric, const std::vector<float>& scores, std::int64_t label, double* score) {
    const octavo_blob prediction = {OCTAVO_BLOB_CLASS_SCORES, scores.data(), scores.size() * sizeof(float)};
    const octavo_blob annotation = {OCTAVO_BLOB_CLASS, &label, sizeof(label)};
    return metric.functions().add(metric.self(), &prediction, &annotation, score, &metric.error);
}

double added(MetricPlugin& metric, const std::vector<float>& scores, std::int64_t label) {
    double score = -1;
    BOOST_REQUIRE_MESSAGE(add(metric, scores, label, &score) == 0, metric.error.text);
    return score;
}

std::string refusal(MetricPlugin& metric, const std::vector<float>& scores, std::int64_t label, octavo_status expected) {
    double score = 0;
    BOOST_TEST(add(metric, scores, label, &score) == expected);
    return metric.error.text;
}

struct Seen {
    std::string name, unit;
    double value;
    bool principal;
};

std::vector<Seen> figures(MetricPlugin& metric) {
    std::vector<Seen> seen;
    const octavo_figure_sink sink = [](void* context, const octavo_figure* figure) {
        static_cast<std::vector<Seen>*>(context)->push_back({figure->name, figure->unit, figure->value, figure->principal != 0});
        BOOST_TEST(figure->higher_is_better == 1);
    };
    BOOST_REQUIRE_MESSAGE(metric.functions().result(metric.self(), sink, &seen, &metric.error) == 0, metric.error.text);
    return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(accuracy)

BOOST_AUTO_TEST_CASE(counts_labels_among_the_largest_scores) {
    MetricPlugin metric("metrics", "accuracy", {{"top", "[1, 2]"}});
    BOOST_TEST(added(metric, {0.1F, 0.7F, 0.2F}, 1) == 1.0);
    BOOST_TEST(added(metric, {0.1F, 0.7F, 0.2F}, 2) == 0.0);
    BOOST_TEST(added(metric, {0.1F, 0.7F, 0.2F}, 0) == 0.0);
    BOOST_TEST(added(metric, {-5.0F, -7.0F, -6.0F}, 0) == 1.0);
    const std::vector<Seen> seen = figures(metric);
    BOOST_REQUIRE_EQUAL(seen.size(), 2U);
    BOOST_TEST(seen[0].name == "top1");
    BOOST_TEST(seen[0].unit == "%");
    BOOST_TEST(seen[0].value == 50.0);
    BOOST_TEST(seen[0].principal);
    BOOST_TEST(seen[1].name == "top2");
    BOOST_TEST(seen[1].value == 75.0);
    BOOST_TEST(!seen[1].principal);
}

BOOST_AUTO_TEST_CASE(the_default_is_top1_and_top5) {
    MetricPlugin metric("metrics", "accuracy");
    added(metric, {6, 5, 4, 3, 2, 1}, 4);
    added(metric, {6, 5, 4, 3, 2, 1}, 5);
    const std::vector<Seen> seen = figures(metric);
    BOOST_REQUIRE_EQUAL(seen.size(), 2U);
    BOOST_TEST(seen[0].value == 0.0);
    BOOST_TEST(seen[1].name == "top5");
    BOOST_TEST(seen[1].value == 50.0);
}

BOOST_AUTO_TEST_CASE(among_equal_scores_the_lower_index_ranks_first) {
    MetricPlugin metric("metrics", "accuracy", {{"top", "[1, 2]"}});
    BOOST_TEST(added(metric, {1, 1, 1}, 0) == 1.0);
    BOOST_TEST(added(metric, {1, 1, 1}, 1) == 0.0);
    BOOST_TEST(added(metric, {1, 1, 1}, 2) == 0.0);
    BOOST_TEST(figures(metric)[1].value == 100.0 * 2 / 3);
}

BOOST_AUTO_TEST_CASE(reset_forgets_all_samples) {
    MetricPlugin metric("metrics", "accuracy", {{"top", "[1]"}});
    added(metric, {1, 0}, 1);
    metric.functions().reset(metric.self());
    added(metric, {1, 0}, 0);
    BOOST_TEST(figures(metric)[0].value == 100.0);
}

BOOST_AUTO_TEST_CASE(no_samples_give_no_figures) {
    MetricPlugin metric("metrics", "accuracy");
    BOOST_TEST(metric.functions().result(metric.self(), nullptr, nullptr, &metric.error) == 4);
    BOOST_TEST(std::string(metric.error.text) == "no sample was evaluated");
}

BOOST_AUTO_TEST_CASE(refusals_name_what_was_found_and_expected) {
    MetricPlugin metric("metrics", "accuracy");
    BOOST_TEST(refusal(metric, {1, 2, 3}, 0, 2) == "\"top\" holds 5, but the model gives 3 classes; leave it out");
    MetricPlugin top1("metrics", "accuracy", {{"top", "[1]"}});
    BOOST_TEST(refusal(top1, {1, 2, 3}, 3, 4) ==
               "the sample's class is 3, but the model gives 3 scores, for classes 0 to 2; check the list, and the adapter's "
               "\"label_offset\"");
    BOOST_TEST(refusal(top1, {1, 2, 3}, -1, 4).find("class is -1") != std::string::npos);
    BOOST_TEST(refusal(top1, {1, NAN, 3}, 0, 3) == "the score of class 1 is NaN");

    const std::int64_t label = 0;
    double score = 0;
    const octavo_blob boxes = {OCTAVO_BLOB_BOXES, nullptr, 0}, annotation = {OCTAVO_BLOB_CLASS, &label, sizeof(label)};
    BOOST_TEST(top1.functions().add(top1.self(), &boxes, &annotation, &score, &top1.error) == 2);
    BOOST_TEST(std::string(top1.error.text) == "prediction: found the type 'boxes', expected 'class_scores'; use the adapter 'classes'");
    const std::vector<float> scores = {1, 2};
    const octavo_blob prediction = {OCTAVO_BLOB_CLASS_SCORES, scores.data(), 8}, none = {OCTAVO_BLOB_NONE, nullptr, 0};
    BOOST_TEST(top1.functions().add(top1.self(), &prediction, &none, &score, &top1.error) == 2);
    BOOST_TEST(std::string(top1.error.text) == "annotation: found the type 'none', expected 'class'; use a data set of classes");
}

BOOST_AUTO_TEST_CASE(top_must_name_numbers_once) {
    BOOST_TEST(!MetricPlugin("metrics", "accuracy", {{"top", "[]"}}).was_created());
    MetricPlugin twice("metrics", "accuracy", {{"top", "[1, 5, 1]"}});
    BOOST_TEST(!twice.was_created());
    BOOST_TEST(std::string(twice.error.text) == "\"top\" names 1 twice");
}

BOOST_AUTO_TEST_SUITE_END()
