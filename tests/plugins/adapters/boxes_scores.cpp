// boxes_scores: every order of corners, units, activations, where the outputs are found, and what is refused.
#include "tests/support/detector.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;
using namespace octavo::testing;

namespace {

// Two boxes and their scores in two classes.
OutputList outputs(std::vector<float> boxes, std::vector<float> scores = {0.5F, 0, 0, 0.75F}) {
    OutputList list;
    list.add("b", {1, 2, 4}, std::move(boxes)).add("s", {1, 2, 2}, std::move(scores));
    return list;
}

// In an input of 200 x 100 pixels.
const Boxes kExpected = {box(100, 50, 150, 75, 1, 0.75F), box(20, 20, 60, 80, 0, 0.5F)};
const std::vector<float> kRelative = {0.1F, 0.2F, 0.3F, 0.8F, 0.5F, 0.5F, 0.75F, 0.75F};

const Settings kNamed = {{"boxes", "\"b\""}, {"scores", "\"s\""}};

}  // namespace

BOOST_AUTO_TEST_SUITE(boxes_scores)

BOOST_AUTO_TEST_CASE(every_order_of_numbers_gives_the_same_boxes) {
    struct Case {
        const char* order;
        std::vector<float> boxes;
    };
    const Case cases[] = {{"xyxy", kRelative},
                          {"yxyx", {0.2F, 0.1F, 0.8F, 0.3F, 0.5F, 0.5F, 0.75F, 0.75F}},
                          {"cxcywh", {0.2F, 0.5F, 0.2F, 0.6F, 0.625F, 0.625F, 0.25F, 0.25F}},
                          {"cycxhw", {0.5F, 0.2F, 0.6F, 0.2F, 0.625F, 0.625F, 0.25F, 0.25F}},
                          {"xywh", {0.1F, 0.2F, 0.2F, 0.6F, 0.5F, 0.5F, 0.25F, 0.25F}}};
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.order) {
            Settings settings = kNamed;
            settings.push_back({"order", "\"" + std::string(c.order) + "\""});
            check_boxes(DetectorPlugin("boxes_scores", settings).boxes(outputs(c.boxes), geometry(200, 100)), kExpected);
        }
    }
}

BOOST_AUTO_TEST_CASE(boxes_may_be_in_pixels) {
    Settings settings = kNamed;
    settings.push_back({"units", "\"pixels\""});
    DetectorPlugin adapter("boxes_scores", settings);
    check_boxes(adapter.boxes(outputs({20, 20, 60, 80, 100, 50, 150, 75}), geometry(200, 100)), kExpected);
}

BOOST_AUTO_TEST_CASE(scores_are_activated) {
    // sigmoid: 1 / (1 + e^-ln 3) = 0.75, 1 / (1 + e^ln 3) = 0.25; softmax over the background too: 3 / (3 + 1 + 1), 1 / 5
    const float ln3 = std::log(3.0F);
    OutputList list;
    list.add("b", {1, 1, 4}, {0, 0, 1, 1}).add("s", {1, 1, 3}, {0, ln3, 0});
    const auto found = [&](const char* activation) {
        return DetectorPlugin("boxes_scores", {{"boxes", "\"b\""}, {"scores", "\"s\""}, {"background", "0"}, {"activation", activation}})
            .boxes(list, geometry(10, 10));
    };
    check_boxes(found("\"none\""), {box(0, 0, 10, 10, 0, ln3)});
    check_boxes(found("\"sigmoid\""), {box(0, 0, 10, 10, 0, 0.75F), box(0, 0, 10, 10, 1, 0.5F)});
    check_boxes(found("\"softmax\""), {box(0, 0, 10, 10, 0, 0.6F), box(0, 0, 10, 10, 1, 0.2F)});
}

BOOST_AUTO_TEST_CASE(no_columns_are_no_boxes) {
    OutputList list;
    list.add("b", {1, 2, 4}, kRelative).add("s", {1, 2, 0}, {});
    for (const char* const activation : {"\"sigmoid\"", "\"softmax\""})
        BOOST_TEST(DetectorPlugin("boxes_scores", {{"activation", activation}}).boxes(list, geometry(10, 10)).empty());
}

BOOST_AUTO_TEST_CASE(outputs_are_found_by_their_shapes) {
    const Boxes expected = {box(100, 50, 150, 75, 2, 0.75F), box(20, 20, 60, 80, 0, 0.5F)};
    OutputList forward, transposed, squeezed;
    forward.add("s", {1, 2, 3}, {0.5F, 0, 0, 0, 0, 0.75F}).add("b", {1, 2, 4}, kRelative);
    transposed.add("b", {1, 2, 4}, kRelative).add("s", {1, 3, 2}, {0.5F, 0, 0, 0, 0, 0.75F});
    squeezed.add("b", {1, 2, 1, 4}, kRelative).add("s", {1, 1, 2, 3}, {0.5F, 0, 0, 0, 0, 0.75F});
    for (const OutputList* list : {&forward, &transposed, &squeezed})
        check_boxes(DetectorPlugin("boxes_scores").boxes(*list, geometry(200, 100)), expected);
}

BOOST_AUTO_TEST_CASE(strides_are_followed_for_each_sample) {
    OutputList list;
    list.add("b", {2, 1, 4}, {0, 0, 0.5F, 0.5F, 0, 0, 1, 1}).add("s", {2, 1, 2}, {0.5F, 0, 0, 0.75F});
    for (const OutputList& strided : {list.strided({0, 1, 2}), list.strided({2, 1, 0})}) {
        std::vector<Boxes> found;
        DetectorPlugin adapter("boxes_scores");
        BOOST_REQUIRE_MESSAGE(adapter.adapt(strided, {geometry(10, 10), geometry(20, 20)}, found) == 0, adapter.error.text);
        BOOST_REQUIRE_EQUAL(found.size(), 2U);
        check_boxes(found[0], {box(0, 0, 5, 5, 0, 0.5F)});
        check_boxes(found[1], {box(0, 0, 20, 20, 1, 0.75F)});
    }
}

BOOST_AUTO_TEST_CASE(a_comparison_looks_at_the_wanted_columns_alone) {
    DetectorPlugin adapter("boxes_scores", {{"boxes", "\"b\""}, {"scores", "\"s\""}, {"labels", "[\"cat\", \"whale\"]"}}, {"cat"});
    const auto [signal, noise] =
        adapter.compare(outputs(kRelative, {0.5F, 1, 0, 1}), outputs(kRelative, {0.25F, 0, 0, 0}), geometry(200, 100));
    BOOST_TEST(signal == 0.25);
    BOOST_TEST(noise == 0.0625);
}

BOOST_AUTO_TEST_CASE(refusals_say_what_was_found) {
    const auto refusal = [](const Settings& settings, const OutputList& list, Code code) {
        return DetectorPlugin("boxes_scores", settings).refusal(list, geometry(10, 10), code);
    };
    OutputList ambiguous;
    ambiguous.add("a", {1, 2, 4}, std::vector<float>(8)).add("c", {1, 2, 4}, std::vector<float>(8));
    BOOST_TEST(refusal({}, ambiguous, Code::config) ==
               "found the outputs 'a' [1, 2, 4], 'c' [1, 2, 4], expected just one of boxes [batch, n, 4]; name it with \"boxes\"");
    OutputList lone;
    lone.add("a", {1, 3, 4}, std::vector<float>(12)).add("c", {1, 2, 5}, std::vector<float>(10));
    BOOST_TEST(
        refusal({}, lone, Code::config) ==
        "found the outputs 'a' [1, 3, 4], 'c' [1, 2, 5], expected just one of scores [batch, 3, classes] or [batch, classes, 3] beside "
        "the boxes; name it with \"scores\"");
    BOOST_TEST(refusal({{"scores", "\"c\""}}, lone, Code::model) ==
               "output 'c': found shape [1, 2, 5], expected scores of 3 boxes, [batch, n, classes] or [batch, classes, n]");
    BOOST_TEST(refusal({{"boxes", "\"c\""}}, lone, Code::model) == "output 'c': found shape [1, 2, 5], expected boxes [batch, n, 4]");
    BOOST_TEST(refusal({{"boxes", "\"x\""}}, lone, Code::config) == "the model has no output 'x', expected one of 'a', 'c'");
    BOOST_TEST(refusal({{"background", "7"}}, outputs(kRelative), Code::config).find("\"background\" 7") != std::string::npos);

    OutputList other_type = outputs(kRelative);
    other_type[0].tensor.type = OCTAVO_S64;
    BOOST_TEST(refusal(kNamed, other_type, Code::model) == "output 'b': found s64, expected f32");
    std::vector<Boxes> found;
    DetectorPlugin adapter("boxes_scores", kNamed);
    BOOST_TEST(adapter.adapt(outputs(kRelative), {geometry(10, 10), geometry(10, 10)}, found) == static_cast<octavo_status>(Code::model));
    BOOST_TEST(std::string(adapter.error.text) == "output 'b': found shape [1, 2, 4], expected a row for each sample");
}

BOOST_AUTO_TEST_SUITE_END()
