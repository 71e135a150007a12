// What exporters compute masks, positions and sums with: CumSum, Einsum, EyeLike, Mod, NonZero, OneHot, Trilu, and tests of single values.
#include <limits>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

using Numbers = std::vector<std::int64_t>;

void check_integers(Case subject, const Numbers& expected) {
    BOOST_TEST(need(subject.run())[0].as<std::int64_t>() == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(counting)

BOOST_AUTO_TEST_CASE(cum_sum_runs_either_way) {
    const Case subject("CumSum", {integers({2, 3}, {1, 2, 3, 4, 5, 6}), list({-1})});
    check_integers(subject, {1, 3, 6, 4, 9, 15});
    check_integers(Case(subject).with("exclusive", 1), {0, 1, 3, 0, 4, 9});
    check_integers(Case(subject).with("reverse", 1), {6, 5, 3, 15, 11, 6});
    check_values(Case("CumSum", {floats({2, 2}, {1, 2, 3, 4}), list({0})}).run_floats(), {1, 2, 4, 6});
}

BOOST_AUTO_TEST_CASE(mod_has_the_sign_of_the_divisor_or_of_the_dividend) {
    const Case subject("Mod", {integers({4}, {7, -7, 7, -7}), integers({4}, {3, 3, -3, -3})});
    check_integers(subject, {1, 2, -2, -1});
    check_integers(Case(subject).with("fmod", 1), {1, -1, 1, -1});
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    check_integers(Case("Mod", {integers({1}, {least}), integers({1}, {-1})}), {0});
    check_values(Case("Mod", {floats({2}, {5.5F, -5.5F}), floats({1}, {2})}).with("fmod", 1).run_floats(), {1.5F, -1.5F});
    check_values(Case("Mod", {floats({2}, {5.5F, -5.5F}), floats({1}, {2})}).run_floats(), {1.5F, 0.5F});
    BOOST_CHECK_EQUAL(Case("Mod", {integers({1}, {1}), integers({1}, {0})}).run().error().message(),
                      "Mod 'n': division by the integer zero");
}

BOOST_AUTO_TEST_CASE(einsum_sums_over_what_the_result_does_not_name) {
    const Data a = floats({2, 2}, {1, 2, 3, 4}), b = floats({2, 2}, {1, 0, 2, 1});
    const auto with = [](const char* equation, std::vector<Data> inputs) {
        return Case("Einsum", std::move(inputs)).with("equation", equation);
    };
    check_values(with("ij,jk->ik", {a, b}).run_floats(), {5, 2, 11, 4});
    check_values(with("ij, jk", {a, b}).run_floats(), {5, 2, 11, 4});
    check_values(with("ij->ji", {a}).run_floats(), {1, 3, 2, 4});
    check_values(with("ij,ij->", {a, b}).run_floats(), {11});
    BOOST_CHECK_EQUAL(with("...ij->...ji", {a}).error(),
                      "Einsum 'n': equation '...ij->...ji', expected one or two operands of letters, each letter once");
    BOOST_CHECK_EQUAL(with("ij,jk->ik", {a, zeros({3, 2})}).error(), "Einsum 'n': input 1 is 3x2, which does not fit 'jk'");
}

BOOST_AUTO_TEST_CASE(trilu_keeps_one_side_of_a_diagonal) {
    const Data x = integers({2, 3}, {1, 2, 3, 4, 5, 6});
    check_integers(Case("Trilu", {x}), {1, 2, 3, 0, 5, 6});
    check_integers(Case("Trilu", {x, integers({}, {1})}), {0, 2, 3, 0, 0, 6});
    check_integers(Case("Trilu", {x, integers({}, {-1})}).with("upper", 0), {0, 0, 0, 4, 0, 0});
    check_integers(Case("Trilu", {x, integers({}, {std::numeric_limits<std::int64_t>::min()})}), {1, 2, 3, 4, 5, 6});
}

BOOST_AUTO_TEST_CASE(one_hot_counts_negative_indices_from_the_end) {
    const Case subject("OneHot", {integers({3}, {1, -1, 5}), list({3}), integers({2}, {0, 7})});
    check_integers(subject, {0, 7, 0, 0, 0, 7, 0, 0, 0});
    check_integers(Case(subject).with("axis", 0), {0, 0, 0, 7, 0, 0, 0, 7, 0});
    BOOST_CHECK_EQUAL(Case("OneHot", {integers({1}, {0}), list({0}), integers({2}, {0, 1})}).error(),
                      "OneHot 'n': depth is 0, expected at least 1");
}

BOOST_AUTO_TEST_CASE(eye_like_reads_a_shape_alone) {
    check_values(Case("EyeLike", {floats({2, 3}, {9, 9, 9, 9, 9, 9})}).with("k", 1).run_floats(), {0, 1, 0, 0, 0, 1});
    check_integers(Case("EyeLike", {zeros({1, 2})}).with("dtype", 7), {1, 0});
}

BOOST_AUTO_TEST_CASE(non_zero_wants_a_constant) {
    const Data x = floats({2, 2}, {0, 3, 4, 0});
    check_integers(Case("NonZero", {constant(x)}), {0, 1, 1, 0});
    BOOST_CHECK_EQUAL(Case("NonZero", {x}).error(),
                      "NonZero 'n': its input is computed while the model runs; only constants are supported");
}

BOOST_AUTO_TEST_CASE(single_values_are_told_apart) {
    const float infinity = std::numeric_limits<float>::infinity();
    const Data x = floats({3}, {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()});
    const auto check = [&](Case subject, const std::vector<std::uint8_t>& expected) {
        BOOST_TEST(need(subject.run())[0].as<std::uint8_t>() == expected, boost::test_tools::per_element());
    };
    check(Case("IsInf", {x}), {1, 1, 0});
    check(Case("IsInf", {x}).with("detect_negative", 0), {1, 0, 0});
    check(Case("IsNaN", {x}), {0, 0, 1});
    check_values(Case("Hardmax", {floats({2, 2}, {1, 1, 0, 2})}).run_floats(), {1, 0, 0, 1});
    check_values(Case("Softsign", {floats({2}, {-1, 3})}).run_floats(), {-0.5F, 0.75F});
    check_values(Case("ThresholdedRelu", {floats({3}, {0.5F, 1, 2})}).run_floats(), {0, 0, 2});
    check_integers(Case("CastLike", {floats({2}, {1.5F, -2.5F}), integers({}, {0})}), {1, -2});
}

BOOST_AUTO_TEST_SUITE_END()
