// Operators that compare, choose and count: comparisons, Where, Min, Max, ArgMax, TopK, NonMaxSuppression.
#include <cmath>
#include <limits>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

Data booleans(const std::vector<std::uint8_t>& values) {
    return make_data(OCTAVO_BOOLEAN, {static_cast<std::int64_t>(values.size())}, values);
}

std::vector<int> truths(Case subject) {
    const std::vector<std::uint8_t> found = need(subject.run()).front().as<std::uint8_t>();
    return {found.begin(), found.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(choosing_operators)

BOOST_AUTO_TEST_CASE(comparisons_give_booleans) {
    const Data a = floats({3}, {1, 2, 3});
    const Data b = floats({}, {2});
    BOOST_TEST(truths(Case("Less", {a, b})) == (std::vector<int>{1, 0, 0}));
    BOOST_TEST(truths(Case("LessOrEqual", {a, b})) == (std::vector<int>{1, 1, 0}));
    BOOST_TEST(truths(Case("Greater", {a, b})) == (std::vector<int>{0, 0, 1}));
    BOOST_TEST(truths(Case("GreaterOrEqual", {a, b})) == (std::vector<int>{0, 1, 1}));
    BOOST_TEST(truths(Case("Equal", {integers({2}, {5, 6}), integers({1}, {6})})) == (std::vector<int>{0, 1}));
    BOOST_CHECK_EQUAL(Case("Less", {a, integers({1}, {2})}).error(), "Less 'n': input 1 is s64, expected f32");
}

BOOST_AUTO_TEST_CASE(logic_is_for_booleans) {
    const Data a = booleans({0, 0, 1, 1}), b = booleans({0, 1, 0, 1});
    BOOST_TEST(truths(Case("And", {a, b})) == (std::vector<int>{0, 0, 0, 1}));
    BOOST_TEST(truths(Case("Or", {a, b})) == (std::vector<int>{0, 1, 1, 1}));
    BOOST_TEST(truths(Case("Xor", {a, b})) == (std::vector<int>{0, 1, 1, 0}));
    BOOST_TEST(truths(Case("Not", {a})) == (std::vector<int>{1, 1, 0, 0}));
    BOOST_CHECK_EQUAL(Case("And", {zeros({1}), a}).error(), "And 'n': input 0 is f32, expected boolean");
}

BOOST_AUTO_TEST_CASE(where_broadcasts_all_three) {
    Case subject("Where", {booleans({1, 0}), floats({2, 1}, {1, 2}), floats({}, {9})});
    check_shape(subject, {2, 2});
    check_values(subject.run_floats(), {1, 9, 2, 9});
}

BOOST_AUTO_TEST_CASE(least_and_greatest_of_many_tensors) {
    const std::vector<Data> tensors = {floats({2}, {1, 5}), floats({}, {3}), floats({2}, {4, 2})};
    check_values(Case("Min", tensors).run_floats(), {1, 2});
    check_values(Case("Max", tensors).run_floats(), {4, 5});
    check_values(Case("Sum", tensors).run_floats(), {8, 10});
    check_values(Case("Mean", tensors).run_floats(), {8.0F / 3, 10.0F / 3});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(std::isnan(Case("Max", {floats({1}, {nan}), floats({1}, {1})}).run_floats()[0]));
    BOOST_TEST(std::isnan(Case("Min", {floats({1}, {1}), floats({1}, {nan})}).run_floats()[0]));
}

BOOST_AUTO_TEST_CASE(arg_extremes_know_first_and_last) {
    const auto run = [](Case subject) { return need(subject.run()).front().as<std::int64_t>(); };
    const Data x = floats({2, 3}, {1, 7, 7, 4, 0, 0});
    BOOST_TEST(run(Case("ArgMax", {x}).with("axis", 1)) == (std::vector<std::int64_t>{1, 0}));
    BOOST_TEST(run(Case("ArgMin", {x}).with("axis", 1).with("select_last_index", 1)) == (std::vector<std::int64_t>{0, 2}));
    check_shape(Case("ArgMax", {x}), {1, 3});
    check_shape(Case("ArgMax", {x}).with("keepdims", 0), {3});
}

BOOST_AUTO_TEST_CASE(top_k_keeps_the_earlier_of_equals) {
    const std::vector<Data> found = need(Case("TopK", {floats({1, 4}, {3, 9, 9, 1}), list({3})}, 2).run());
    BOOST_TEST(found[0].as<float>() == (std::vector<float>{9, 9, 3}));
    BOOST_TEST(found[1].as<std::int64_t>() == (std::vector<std::int64_t>{1, 2, 0}));
    BOOST_CHECK_EQUAL(Case("TopK", {zeros({1, 4}), list({5})}, 2).error(), "TopK 'n': k is 5, expected 0 to the 4 entries of axis 1");
}

BOOST_AUTO_TEST_CASE(overlapping_boxes_are_suppressed) {
    const Data boxes = floats({1, 3, 4}, {0, 0, 1, 1, 0, 0.1F, 1, 1.1F, 5, 5, 6, 6});
    const Data scores = floats({1, 1, 3}, {0.5F, 0.9F, 0.7F});
    Case subject("NonMaxSuppression", {boxes, scores, list({2}), floats({1}, {0.5F})});
    check_shape(subject, {2, 3});  // the most there can be
    BOOST_TEST(need(subject.run()).front().as<std::int64_t>() == (std::vector<std::int64_t>{0, 0, 1, 0, 0, 2}));
    BOOST_CHECK_EQUAL(Case("NonMaxSuppression", {boxes, scores, list({2}), zeros({0})}).error(),
                      "NonMaxSuppression 'n': input 3 is no single number");
}

BOOST_AUTO_TEST_SUITE_END()
