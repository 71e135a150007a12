// GatherElements, ScatterElements, ScatterND.
#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(scattering)

BOOST_AUTO_TEST_CASE(gather_elements_looks_along_an_axis) {
    const Data x = floats({2, 2}, {1, 2, 3, 4});
    check_values(Case("GatherElements", {x, integers({2, 2}, {0, 0, 1, -2})}).with("axis", 1).run_floats(), {1, 1, 4, 3});
    check_values(Case("GatherElements", {x, integers({1, 2}, {1, 0})}).run_floats(), {3, 2});
    BOOST_CHECK_EQUAL(Case("GatherElements", {x, integers({1, 3}, {0, 0, 0})}).error(),
                      "GatherElements 'n': indices 1x3 do not fit data 2x2");
    BOOST_CHECK_EQUAL(Case("GatherElements", {x, integers({1, 1}, {2})}).run().error().message(),
                      "GatherElements 'n': index 2 lies outside of 2 entries");
}

BOOST_AUTO_TEST_CASE(scatter_elements_is_the_other_way_round) {
    const Case subject("ScatterElements", {floats({1, 3}, {1, 2, 3}), integers({1, 2}, {-1, 0}), floats({1, 2}, {5, 6})});
    check_values(Case(subject).with("axis", 1).run_floats(), {6, 2, 5});
    check_values(Case(subject).with("axis", 1).with("reduction", "add").run_floats(), {7, 2, 8});
    BOOST_CHECK_EQUAL(Case(subject).with("axis", 1).with("reduction", "or").error(),
                      "ScatterElements 'n': reduction 'or', expected none, add, mul, max or min");
}

BOOST_AUTO_TEST_CASE(scatter_nd_puts_whole_slices) {
    const Data x = floats({3, 2}, {1, 2, 3, 4, 5, 6});
    check_values(Case("ScatterND", {x, integers({1, 1}, {-1}), floats({1, 2}, {8, 9})}).run_floats(), {1, 2, 3, 4, 8, 9});
    check_values(Case("ScatterND", {x, integers({2, 2}, {0, 1, 2, 0}), floats({2}, {8, 9})}).run_floats(), {1, 8, 3, 4, 9, 6});
    BOOST_CHECK_EQUAL(Case("ScatterND", {x, integers({2, 2}, {0, 1, 2, 0}), zeros({3})}).error(),
                      "ScatterND 'n': updates are 3, expected 2");
    BOOST_CHECK_EQUAL(Case("ScatterND", {x, integers({1, 1}, {3}), zeros({1, 2})}).run().error().message(),
                      "ScatterND 'n': index 3 lies outside of 3 entries");
}

// An index that comes twice meets what the first one left.
BOOST_AUTO_TEST_CASE(scatter_nd_joins_by_a_reduction) {
    const Case subject("ScatterND", {integers({2}, {10, 20}), integers({3, 1}, {1, 1, 0}), integers({3}, {2, 30, 4})});
    const std::pair<const char*, std::vector<std::int64_t>> expected[] = {
        {"none", {4, 30}}, {"add", {14, 52}}, {"mul", {40, 1200}}, {"max", {10, 30}}, {"min", {4, 2}}};
    for (const auto& [reduction, values] : expected)
        BOOST_TEST(need(Case(subject).with("reduction", reduction).run())[0].as<std::int64_t>() == values,
                   boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
