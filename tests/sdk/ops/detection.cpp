// FakeQuantize, PriorBox, PriorBoxClustered, DetectionOutput: operators that come from OpenVINO.
#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(detection)

BOOST_AUTO_TEST_CASE(fake_quantize_rounds_half_to_even_between_its_ends) {
    const auto quantized = [](const std::vector<float>& x, float low, float high, float to_low, float to_high) {
        const Data data = floats({static_cast<std::int64_t>(x.size())}, x);
        return Case("FakeQuantize", {data, floats({}, {low}), floats({1}, {high}), floats({}, {to_low}), floats({}, {to_high})})
            .run_floats();
    };
    check_values(quantized({-1, 0.5F, 1.5F, 2.5F, 300}, 0, 255, 0, 255), {0, 0, 2, 2, 255});
    check_values(quantized({-70, -1, 63}, -64, 63.5F, -128, 127), {-128, -2, 126});
    const Data by_channel = floats({1, 2, 1}, {255, 510});
    check_values(
        Case("FakeQuantize", {floats({1, 2, 2}, {1.4F, 999, 1.4F, 999}), zeros({1}), by_channel, zeros({1}), by_channel}).run_floats(),
        {1, 255, 2, 510});
    BOOST_CHECK_EQUAL(Case("FakeQuantize", {zeros({2}), zeros({3}), zeros({}), zeros({}), zeros({})}).error(),
                      "FakeQuantize 'n': shapes 2 and 3 do not broadcast");
    BOOST_CHECK_EQUAL(Case("FakeQuantize", {zeros({1}), zeros({3}), zeros({}), zeros({}), zeros({})}).error(),
                      "FakeQuantize 'n': an end of shape 3 does not fit 1");
}

// Cells of 10 x 10 pixels; a box of 4 x 2 around the middle of each.
BOOST_AUTO_TEST_CASE(prior_boxes_lie_around_the_cells_of_a_grid) {
    Case subject("PriorBoxClustered", {list({1, 2}), list({10, 20})});
    subject.with_reals("width", {4}).with_reals("height", {2}).with("offset", 0.5F).with_reals("variance", {0.1F, 0.2F, 0.3F, 0.4F});
    check_values(subject.run_floats(),
                 {0.15F, 0.4F, 0.35F, 0.6F, 0.65F, 0.4F, 0.85F, 0.6F, 0.1F, 0.2F, 0.3F, 0.4F, 0.1F, 0.2F, 0.3F, 0.4F});
    BOOST_CHECK_EQUAL(
        Case("PriorBoxClustered", {list({1, 2}), list({10, 20})}).with_reals("width", {4}).with_reals("height", {2, 3}).error(),
        "PriorBoxClustered 'n': 1 widths and 2 heights");
    BOOST_CHECK_EQUAL(
        Case("PriorBoxClustered", {list({1, 2, 3}), list({10, 20})}).with_reals("width", {4}).with_reals("height", {2}).error(),
        "PriorBoxClustered 'n': the grid's size is 1x2x3, expected height and width");
}

// One cell of 10 x 10 pixels; sides as shares of it.
BOOST_AUTO_TEST_CASE(prior_boxes_have_sizes_and_aspect_ratios) {
    const auto sides = [](Case subject) {
        const std::vector<float> made = subject.run_floats();
        std::vector<float> found;
        for (std::size_t i = 0; i < made.size() / 2; i += 4)
            for (const std::size_t side : {0U, 1U}) found.push_back(made[i + 2 + side] - made[i + side]);
        return found;
    };
    const auto box = [] { return Case("PriorBox", {list({1, 1}), list({10, 10})}); };
    check_values(sides(box().with_reals("min_size", {4, 8}).with_reals("max_size", {9})), {0.4F, 0.4F, 0.6F, 0.6F, 0.8F, 0.8F});
    check_values(sides(box().with_reals("min_size", {4}).with_reals("aspect_ratio", {4, 1, 4}).with("flip", 1)),
                 {0.4F, 0.4F, 0.8F, 0.2F, 0.2F, 0.8F});
    check_values(sides(box()
                           .with_reals("min_size", {4})
                           .with_reals("max_size", {9})
                           .with_reals("aspect_ratio", {4})
                           .with("min_max_aspect_ratios_order", 0)),
                 {0.4F, 0.4F, 0.8F, 0.2F, 0.6F, 0.6F});
    // Shares of the height; the last size is followed by the first in other forms.
    check_values(sides(box().with_reals("min_size", {0.4F, 0.8F}).with_reals("aspect_ratio", {4}).with("scale_all_sizes", 0)),
                 {0.4F, 0.4F, 0.8F, 0.8F, 0.8F, 0.2F});
    // Four of 4 x 4 around middles 2 pixels apart: nothing is left or above of the image.
    check_values(box().with_reals("fixed_size", {4}).with_reals("density", {2}).with("step", 10.0F).with("offset", 0.1F).run_floats(),
                 {0,    0,    0.2F, 0.2F, 0,    0,    0.4F, 0.2F, 0,    0,    0.2F, 0.4F, 0,    0,    0.4F, 0.4F,
                  0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F});
    BOOST_CHECK_EQUAL(Case("PriorBox", {list({65536, 65536}), list({10, 10})}).with_reals("min_size", {4}).error(),
                      "PriorBox 'n': 1 boxes for each of 4294967296 cells");
    BOOST_CHECK_EQUAL(box().error(), "PriorBox 'n': it makes no boxes");
    BOOST_CHECK_EQUAL(box().with_reals("fixed_size", {4}).error(), "PriorBox 'n': 1 fixed sizes and 0 densities");
    BOOST_CHECK_EQUAL(box().with_reals("fixed_size", {4}).with_reals("density", {1e9F}).error(),
                      "PriorBox 'n': density 1000000000.000000, expected 1 to 64");
    BOOST_CHECK_EQUAL(box().with_reals("min_size", {-4}).error(), "PriorBox 'n': min_size -4.000000, expected 0 to 1e6");
}

// Two priors that overlap by 0.8, one apart; classes: background and two others.
Case detector(const std::vector<float>& codes, const std::vector<float>& scores) {
    const std::vector<float> priors = {0,    0,    0.5F, 0.5F, 0,    0,    0.5F, 0.4F, 0.6F, 0.6F, 1,    1,
                                       0.1F, 0.1F, 0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F, 0.1F, 0.1F, 0.2F, 0.2F};
    const auto images = static_cast<std::int64_t>(scores.size() / 9);
    Case subject("DetectionOutput", {floats({images, 12}, codes), floats({images, 9}, scores), floats({1, 2, 12}, priors)});
    subject.with("normalized", 1).with("code_type", "CENTER_SIZE").with("nms_threshold", 0.5F).with("confidence_threshold", 0.3F);
    return subject;
}

BOOST_AUTO_TEST_CASE(detections_are_decoded_suppressed_and_told_by_class) {
    const std::vector<float> scores = {0.1F, 0.9F, 0, 0.2F, 0.8F, 0, 0.1F, 0.2F, 0.7F};
    check_values(detector(std::vector<float>(12, 0), scores).with_list("keep_top_k", {3}).run_floats(),
                 {0, 1, 0.9F, 0, 0, 0.5F, 0.5F, 0, 2, 0.7F, 0.6F, 0.6F, 1, 1, -1, 0, 0, 0, 0, 0, 0});
    // The first moves by 0.1 * 2 * 0.5 to the right and becomes e^0.2 as wide.
    std::vector<float> codes(12, 0);
    codes[0] = 2;
    codes[2] = 1;
    const std::vector<float> moved = detector(codes, scores).with_list("keep_top_k", {1}).run_floats();
    const float half = 0.25F * 1.2214028F;
    check_values(moved, {0, 1, 0.9F, 0.35F - half, 0, 0.35F + half, 0.5F});
}

BOOST_AUTO_TEST_CASE(detections_of_images_follow_each_other) {
    const std::vector<float> scores = {0.1F, 0.9F, 0, 0.2F, 0.8F, 0, 0.1F, 0.2F, 0.7F, 1, 0, 0, 1, 0, 0, 0.2F, 0.8F, 0};
    check_values(detector(std::vector<float>(24, 0), scores).with_list("keep_top_k", {2}).run_floats(),
                 {0, 1, 0.9F, 0, 0, 0.5F, 0.5F, 0, 2, 0.7F, 0.6F, 0.6F, 1, 1, 1, 1, 0.8F, 0.6F, 0.6F, 1, 1, -1, 0, 0, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(detections_want_shapes_that_fit) {
    BOOST_CHECK_EQUAL(Case("DetectionOutput", {zeros({1, 12}), zeros({1, 9}), zeros({1, 2, 11})})
                          .with("normalized", 1)
                          .with_list("keep_top_k", {1})
                          .error(),
                      "DetectionOutput 'n': boxes 1x12, scores 1x9 and priors 1x2x11 do not fit");
    BOOST_CHECK_EQUAL(Case("DetectionOutput", {zeros({1, 8}), zeros({1, 9}), zeros({1, 2, 12})})
                          .with("normalized", 1)
                          .with_list("keep_top_k", {1})
                          .error(),
                      "DetectionOutput 'n': boxes 1x8 and scores 1x9 do not fit 3 priors");
}

BOOST_AUTO_TEST_SUITE_END()
