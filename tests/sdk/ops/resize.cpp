// Resize and Upsample.
#include <limits>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

const Data kTwo = floats({1, 1, 1, 2}, {0, 4});

Case resize(const std::vector<float>& scales) {
    return Case("Resize", {kTwo, absent(), constant(floats({static_cast<std::int64_t>(scales.size())}, scales))});
}

Case by_sizes(const std::vector<std::int64_t>& sizes) {
    return Case("Resize", {kTwo, absent(), absent(), list(sizes)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resizing)

BOOST_AUTO_TEST_CASE(nearest_repeats_values) {
    Case subject = resize({1, 1, 2, 2}).with("coordinate_transformation_mode", "asymmetric").with("nearest_mode", "floor");
    check_shape(subject, {1, 1, 2, 4});
    check_values(subject.run_floats(), {0, 0, 4, 4, 0, 0, 4, 4});
    check_values(Case("Upsample", {kTwo, constant(floats({4}, {1, 1, 1, 2}))}).run_floats(), {0, 0, 4, 4});
    check_values(Case("Resize", {kTwo, constant(floats({4}, {1, 1, 1, 2}))}).run_floats(), {0, 0, 4, 4});
}

BOOST_AUTO_TEST_CASE(linear_weighs_neighbours_by_position) {
    check_values(resize({1, 1, 1, 2}).with("mode", "linear").run_floats(), {0, 1, 3, 4});
    check_values(resize({1, 1, 1, 2}).with("mode", "linear").with("coordinate_transformation_mode", "asymmetric").run_floats(),
                 {0, 2, 4, 4});
    check_values(by_sizes({1, 1, 1, 3}).with("mode", "linear").with("coordinate_transformation_mode", "align_corners").run_floats(),
                 {0, 2, 4});
}

// 2 * 1.7 is 3 whole values, the last of which lies on the last.
BOOST_AUTO_TEST_CASE(corners_are_those_of_whole_sizes) {
    check_values(resize({1, 1, 1, 1.7F}).with("mode", "linear").with("coordinate_transformation_mode", "align_corners").run_floats(),
                 {0, 2, 4});
}

BOOST_AUTO_TEST_CASE(an_old_one_takes_the_value_behind_where_it_shrinks) {
    const Data x = floats({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}), scales = constant(floats({4}, {1, 1, 1.5F, 0.7F}));
    check_values(Case("Resize", {x, scales}).run_floats(), {1, 3, 1, 3, 4, 6});
    check_values(Case("Upsample", {x, scales}).run_floats(), {1, 3, 1, 3, 4, 6});
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_moved_or_cut_towards_zero) {
    const auto resized = [](const char* mode, octavo_type type, auto values) {
        Case subject("Resize", {make_data(type, {1, 1, 1, 2}, values), absent(), constant(floats({4}, {1, 1, 1, 2}))});
        return need(subject.with("mode", mode).run())[0].template as<typename decltype(values)::value_type>();
    };
    using Codes = std::vector<std::int8_t>;
    using Large = std::vector<std::int64_t>;
    BOOST_TEST(resized("linear", OCTAVO_S8, Codes{-3, 4}) == (Codes{-3, -1, 2, 4}), boost::test_tools::per_element());
    constexpr std::int64_t kLarge = (std::int64_t{1} << 40) + 1;
    BOOST_TEST(resized("nearest", OCTAVO_S64, Large{1, kLarge}) == (Large{1, 1, kLarge, kLarge}), boost::test_tools::per_element());
}

// A cubic filter with coefficient -0.75 weighs the taps of the position 0.25 by (-0.10546875, 0.87890625, 0.26171875, -0.03515625).
BOOST_AUTO_TEST_CASE(cubic_weighs_four_neighbours) {
    const Data x = floats({1, 1, 1, 4}, {0, 1, 0, 0});
    Case subject("Resize", {x, absent(), constant(floats({4}, {1, 1, 1, 2}))});
    subject.with("mode", "cubic");
    const std::vector<float> y = subject.run_floats();
    check_values({y[3], y[4], y[5]}, {0.87890625F, 0.26171875F, -0.10546875F});
    Case outside = subject;
    const std::vector<float> inside = outside.with("exclude_outside", 1).run_floats();
    BOOST_CHECK(inside[0] != y[0] && inside[4] == y[4]);
}

BOOST_AUTO_TEST_CASE(antialias_averages_over_what_a_position_covers) {
    const Data x = floats({1, 1, 1, 4}, {0, 0, 8, 8});
    Case subject("Resize", {x, absent(), constant(floats({4}, {1, 1, 1, 0.5F}))});
    // Taps at distances 1.5, 0.5, 0.5, 1.5 of a triangle two wide: weights 1/8, 3/8, 3/8, 1/8.
    check_values(subject.with("mode", "linear").with("antialias", 1).run_floats(), {1, 7});
}

BOOST_AUTO_TEST_CASE(a_crop_ends_in_the_extrapolation_value) {
    const Data x = floats({1, 1, 1, 3}, {1, 2, 3});
    Case subject("Resize", {x, constant(floats({8}, {0, 0, 0, 0.5F, 1, 1, 1, 1.5F})), absent(), list({1, 1, 1, 3})});
    check_values(subject.with("mode", "linear")
                     .with("coordinate_transformation_mode", "tf_crop_and_resize")
                     .with("extrapolation_value", 9.0F)
                     .run_floats(),
                 {2, 3, 9});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    Case nowhere("Resize", {x, constant(floats({8}, {0, 0, 0, nan, 1, 1, 1, 1})), absent(), list({1, 1, 1, 2})});
    nowhere.with("coordinate_transformation_mode", "tf_crop_and_resize").with("extrapolation_value", 9.0F);
    check_values(nowhere.run_floats(), {9, 9});
}

BOOST_AUTO_TEST_CASE(an_aspect_ratio_is_kept_on_request) {
    const Data x = zeros({1, 1, 2, 4});
    const auto shape = [&](const char* policy) {
        return Case("Resize", {x, absent(), absent(), list({6, 8})}).with_list("axes", {2, 3}).with("keep_aspect_ratio_policy", policy);
    };
    check_shape(shape("stretch"), {1, 1, 6, 8});
    check_shape(shape("not_larger"), {1, 1, 4, 8});
    check_shape(shape("not_smaller"), {1, 1, 6, 12});
    Case vanishing("Resize", {zeros({1, 1, 2, 800}), absent(), absent(), list({2, 1})});
    BOOST_CHECK_EQUAL(vanishing.with_list("axes", {2, 3}).with("keep_aspect_ratio_policy", "not_larger").error(),
                      "Resize 'n': input 1x1x2x800 cannot become 2x1");
}

BOOST_AUTO_TEST_CASE(impossible_requests_are_refused) {
    BOOST_CHECK_EQUAL(resize({1, 1, 1, 2}).with("mode", "quintic").error(), "Resize 'n': mode 'quintic' is not supported");
    BOOST_CHECK_EQUAL(Case("Resize", {kTwo}).error(), "Resize 'n': has neither scales nor sizes");
    BOOST_CHECK_EQUAL(resize({1, 1}).error(), "Resize 'n': has 2 scales or sizes, expected 4");
    BOOST_CHECK_EQUAL(resize({1, 1, 1, -2}).error(), "Resize 'n': input 1x1x1x2 cannot be scaled by -2.000000");
    BOOST_CHECK_EQUAL(by_sizes({1, 1, 1, 0}).error(), "Resize 'n': input 1x1x1x2 cannot become 1x1x1x0");
    BOOST_CHECK_EQUAL(Case("Upsample", {kTwo}).error(), "Upsample 'n': has 0 scales for input 1x1x1x2");
}

BOOST_AUTO_TEST_SUITE_END()
