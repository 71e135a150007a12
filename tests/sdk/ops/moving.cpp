// Operators that move or select values.
#include "tests/sdk/ops/case.h"

#include <limits>

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

const Data kSix = floats({2, 3}, {1, 2, 3, 4, 5, 6});

void check_moved(Case subject, const Shape& shape, const std::vector<float>& values) {
    check_shape(subject, shape);
    check_values(subject.run_floats(), values, 0);
}

std::vector<std::int64_t> run_integers(Case subject) {
    return need(subject.run()).front().as<std::int64_t>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(moving_values)

BOOST_AUTO_TEST_CASE(concat_joins_along_any_axis) {
    check_moved(Case("Concat", {kSix, floats({2, 1}, {7, 8})}).with("axis", 1), {2, 4}, {1, 2, 3, 7, 4, 5, 6, 8});
    check_moved(Case("Concat", {kSix, floats({1, 3}, {7, 8, 9})}).with("axis", -2), {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    BOOST_TEST(run_integers(Case("Concat", {integers({1}, {5}), integers({2}, {6, 7})}).with("axis", 0)) ==
               (std::vector<std::int64_t>{5, 6, 7}));
    BOOST_CHECK_EQUAL(Case("Concat", {kSix, zeros({3, 1})}).with("axis", 1).error(),
                      "Concat 'n': input 1 is 3x1, which does not continue 2x3 along axis 1");
    BOOST_CHECK_EQUAL(Case("Concat", {kSix, zeros({2})}).with("axis", 1).error(),
                      "Concat 'n': input 1 is 2, which does not continue 2x3 along axis 1");
}

BOOST_AUTO_TEST_CASE(split_cuts_equal_or_given_parts) {
    const auto equal = need(Case("Split", {floats({1, 4}, {1, 2, 3, 4})}, 2).with("axis", 1).run());
    check_values(equal[0].as<float>(), {1, 2});
    check_values(equal[1].as<float>(), {3, 4});
    const auto given = need(Case("Split", {kSix, list({1, 2})}, 2).with("axis", 1).run());
    check_values(given[0].as<float>(), {1, 4});
    check_values(given[1].as<float>(), {2, 3, 5, 6});
    const auto uneven = need(Case("Split", {floats({3}, {1, 2, 3})}, 2).with("num_outputs", 2).run());
    check_values(uneven[1].as<float>(), {3});
}

BOOST_AUTO_TEST_CASE(split_refuses_parts_that_do_not_add_up) {
    BOOST_CHECK_EQUAL(Case("Split", {kSix}, 2).with("axis", 1).error(), "Split 'n': 3 does not divide into 2 equal parts");
    BOOST_CHECK_EQUAL(Case("Split", {kSix}, 2).with("axis", 1).with_list("split", {1, 1}).error(),
                      "Split 'n': parts 1x1 do not add up to 3");
    BOOST_CHECK_EQUAL(Case("Split", {kSix}, 2).with("axis", 1).with_list("split", {4, -1}).error(),
                      "Split 'n': split 4x-1 is not possible");
    BOOST_CHECK_EQUAL(Case("Split", {kSix}, 2).with("axis", 1).with_list("split", {3}).error(), "Split 'n': has 2 outputs, expected 1");
}

BOOST_AUTO_TEST_CASE(flatten_makes_a_matrix) {
    check_moved(Case("Flatten", {kSix}), {2, 3}, {1, 2, 3, 4, 5, 6});
    check_shape(Case("Flatten", {zeros({2, 3, 4, 5})}), {2, 60});
    check_shape(Case("Flatten", {zeros({2, 3, 4, 5})}).with("axis", -1), {24, 5});
    check_shape(Case("Flatten", {zeros({2, 3})}).with("axis", 0), {1, 6});
    check_shape(Case("Flatten", {zeros({2, 3})}).with("axis", 2), {6, 1});
    BOOST_CHECK_EQUAL(Case("Flatten", {kSix}).with("axis", 3).error(), "Flatten 'n': axis 3 lies outside of a shape of rank 2");
}

BOOST_AUTO_TEST_CASE(reshape_knows_zero_and_minus_one) {
    check_moved(Case("Reshape", {kSix, list({3, 2})}), {3, 2}, {1, 2, 3, 4, 5, 6});
    check_shape(Case("Reshape", {zeros({2, 3, 4}), list({0, -1})}), {2, 12});
    check_shape(Case("Reshape", {zeros({2, 3, 4}), list({-1})}), {24});
    check_shape(Case("Reshape", {zeros({1}), list({})}), {});
    check_shape(Case("Reshape", {zeros({0, 3}), list({3, 0})}).with("allowzero", 1), {3, 0});
    check_shape(Case("Reshape", {kSix}).with_list("shape", {6}), {6});
}

BOOST_AUTO_TEST_CASE(reshape_refuses_other_counts) {
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, list({4, 2})}).error(), "Reshape 'n': 2x3 does not take the shape 4x2");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, list({4, -1})}).error(), "Reshape 'n': 2x3 does not take the shape 4x-1");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, list({-1, -1})}).error(), "Reshape 'n': 2x3 does not take the shape -1x-1");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, list({2, 3, 0})}).error(), "Reshape 'n': 2x3 does not take the shape 2x3x0");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, list({-2, 3})}).error(), "Reshape 'n': 2x3 does not take the shape -2x3");
    BOOST_CHECK_EQUAL(Case("Reshape", {zeros({0, 3}), list({0, -1})}).error(), "Reshape 'n': 0x3 does not take the shape 0x-1");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix, integers({1}, {6})}).error(),
                      "Reshape 'n': shape (input 1, 't') is computed while the model runs; only constants are supported");
    BOOST_CHECK_EQUAL(Case("Reshape", {kSix}).error(), "Reshape 'n': has no shape: neither input 1 nor an attribute");
}

BOOST_AUTO_TEST_CASE(transpose_reorders_axes) {
    check_moved(Case("Transpose", {kSix}), {3, 2}, {1, 4, 2, 5, 3, 6});
    check_moved(Case("Transpose", {floats({1, 2, 2, 1}, {1, 2, 3, 4})}).with_list("perm", {0, 2, 3, 1}), {1, 2, 1, 2}, {1, 3, 2, 4});
    check_moved(Case("Transpose", {floats({2, 3}, {1, 2, 3, 4, 5, 6})}).with_list("perm", {0, 1}), {2, 3}, {1, 2, 3, 4, 5, 6});
    BOOST_CHECK_EQUAL(Case("Transpose", {kSix}).with_list("perm", {0, 0}).error(), "Transpose 'n': perm 0x0 is no order of 2 axes");
    BOOST_CHECK_EQUAL(Case("Transpose", {kSix}).with_list("perm", {0}).error(), "Transpose 'n': perm 0 is no order of 2 axes");
}

BOOST_AUTO_TEST_CASE(squeeze_and_unsqueeze_change_rank_only) {
    check_shape(Case("Squeeze", {zeros({1, 3, 1, 2})}), {3, 2});
    check_shape(Case("Squeeze", {zeros({1, 3, 1, 2}), list({})}), {3, 2});
    check_shape(Case("Squeeze", {zeros({1, 3, 1, 2}), list({-2})}), {1, 3, 2});
    check_shape(Case("Squeeze", {zeros({1, 3, 1, 2})}).with_list("axes", {0, 2}), {3, 2});
    BOOST_CHECK_EQUAL(Case("Squeeze", {zeros({1, 3})}).with_list("axes", {1}).error(), "Squeeze 'n': axis 1 has size 3, expected 1");
    check_shape(Case("Unsqueeze", {zeros({3, 2}), list({0, -1})}), {1, 3, 2, 1});
    check_shape(Case("Unsqueeze", {zeros({3, 2})}).with_list("axes", {1}), {3, 1, 2});
    BOOST_CHECK_EQUAL(Case("Unsqueeze", {zeros({3}), list({0, 0})}).error(), "Unsqueeze 'n': an axis is named twice");
}

BOOST_AUTO_TEST_CASE(slice_cuts_as_python_does) {
    const Data ten = floats({10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    const std::int64_t end = std::numeric_limits<std::int64_t>::max();
    check_moved(Case("Slice", {ten, list({2}), list({5})}), {3}, {2, 3, 4});
    check_moved(Case("Slice", {ten, list({-3}), list({end})}), {3}, {7, 8, 9});
    check_moved(Case("Slice", {ten, list({1}), list({8}), list({0}), list({3})}), {3}, {1, 4, 7});
    check_moved(Case("Slice", {ten, list({-1}), list({-end}), list({0}), list({-4})}), {3}, {9, 5, 1});
    check_moved(Case("Slice", {ten, list({5}), list({2})}), {0}, {});
    check_moved(Case("Slice", {kSix, list({1, 0}), list({3, 1}), list({-1, 0})}), {1, 2}, {2, 3});
    check_moved(Case("Slice", {kSix}).with_list("starts", {1}).with_list("ends", {2}), {1, 3}, {4, 5, 6});
    // Focus, as YOLOX does it.
    check_moved(Case("Slice", {floats({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}), list({1}), list({end}), list({3}), list({2})}), {1, 1, 2, 2},
                {2, 4, 6, 8});
}

BOOST_AUTO_TEST_CASE(slice_refuses_nonsense) {
    BOOST_CHECK_EQUAL(Case("Slice", {kSix, list({0}), list({1}), list({0}), list({0})}).error(), "Slice 'n': a step is 0");
    BOOST_CHECK_EQUAL(Case("Slice", {kSix, list({0}), list({1, 2})}).error(), "Slice 'n': starts, ends, axes and steps differ in length");
    BOOST_CHECK_EQUAL(Case("Slice", {kSix, list({0}), list({1}), list({2})}).error(),
                      "Slice 'n': axis 2 lies outside of a shape of rank 2");
}

BOOST_AUTO_TEST_CASE(pad_adds_or_cuts_a_border) {
    check_moved(Case("Pad", {floats({1, 2}, {1, 2}), list({1, 0, 0, 1}), constant(floats({}, {9}))}), {2, 3}, {9, 9, 9, 1, 2, 9});
    check_moved(Case("Pad", {kSix}).with_list("pads", {0, -1, 0, 1}), {2, 3}, {2, 3, 0, 5, 6, 0});
    check_moved(Case("Pad", {kSix, list({1, -2}), absent(), list({1})}), {2, 2}, {0, 1, 0, 4});
    BOOST_CHECK_EQUAL(Case("Pad", {kSix}).with_list("pads", {0, 0, 0, 0}).with("mode", "odd").error(), "Pad 'n': mode 'odd' is not known");
    BOOST_CHECK_EQUAL(Case("Pad", {kSix, list({0, 0})}).error(), "Pad 'n': has 2 pads, expected 4");
    BOOST_CHECK_EQUAL(Case("Pad", {kSix, list({0, -2, 0, -2})}).error(), "Pad 'n': pads -2 and -2 do not fit axis 1 of 2x3");
}

BOOST_AUTO_TEST_CASE(identity_and_dropout_change_nothing) {
    check_moved(Case("Identity", {kSix}), {2, 3}, {1, 2, 3, 4, 5, 6});
    const auto both = need(Case("Dropout", {floats({2}, {1, 2})}, 2).run());
    check_values(both[0].as<float>(), {1, 2});
    BOOST_TEST(both[1].as<std::uint8_t>() == (std::vector<std::uint8_t>{1, 1}));
    const Data training = constant(make_data<std::uint8_t>(OCTAVO_BOOLEAN, {}, {1}));
    BOOST_CHECK_EQUAL(Case("Dropout", {kSix, absent(), training}).error(),
                      "Dropout 'n': may be in training mode; export the model for inference");
}

BOOST_AUTO_TEST_CASE(cast_cuts_towards_zero_and_saturates) {
    BOOST_TEST(run_integers(Case("Cast", {floats({5}, {1.9F, -1.9F, 1e30F, -1e30F, std::nanf("")})}).with("to", 7)) ==
               (std::vector<std::int64_t>{1, -1, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(), 0}));
    check_values(Case("Cast", {integers({2}, {3, -4})}).with("to", 1).run_floats(), {3, -4});
    BOOST_CHECK_EQUAL(Case("Cast", {kSix}).with("to", 8).error(), "Cast 'n': type number 8 is not supported");
}

BOOST_AUTO_TEST_CASE(shape_gives_dimensions_as_integers) {
    BOOST_TEST(run_integers(Case("Shape", {zeros({2, 3, 5})})) == (std::vector<std::int64_t>{2, 3, 5}));
    BOOST_TEST(run_integers(Case("Shape", {zeros({2, 3, 5})}).with("start", -2).with("end", 9)) == (std::vector<std::int64_t>{3, 5}));
    BOOST_TEST(run_integers(Case("Shape", {zeros({2, 3, 5})}).with("start", 2).with("end", 1)).empty());
}

BOOST_AUTO_TEST_CASE(gather_picks_by_index) {
    check_moved(Case("Gather", {kSix, integers({2}, {-1, 0})}).with("axis", 1), {2, 2}, {3, 1, 6, 4});
    check_moved(Case("Gather", {kSix, integers({}, {1})}), {3}, {4, 5, 6});
    BOOST_TEST(run_integers(Case("Gather", {integers({3}, {7, 8, 9}), integers({1, 1}, {2})})) == (std::vector<std::int64_t>{9}));
    const auto outside = Case("Gather", {kSix, integers({1}, {2})}).run();
    BOOST_REQUIRE(!outside);
    BOOST_CHECK_EQUAL(outside.error().message(), "Gather 'n': index 2 lies outside of 2 entries");
}

BOOST_AUTO_TEST_SUITE_END()
