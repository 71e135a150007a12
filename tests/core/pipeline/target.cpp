// What is said of a figure's change: a drop or a rise, never a drop below zero.
#include "core/pipeline/target.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(a_figure_drops_or_rises_by_what_it_changed) {
    Target target;
    target.unit = Target::Unit::points;
    target.limit = 0.5;
    BOOST_TEST(judgement_text(target, "top1", 0.8) == "top1 dropped by 0.80 points, at most 0.50 was asked for");
    BOOST_TEST(judgement_text(target, "top1", 0) == "top1 dropped by 0.00 points, at most 0.50 was asked for");
    BOOST_TEST(judgement_text(target, "top1", -0.001) == "top1 dropped by 0.00 points, at most 0.50 was asked for");
    BOOST_TEST(judgement_text(target, "top1", -0.2) == "top1 rose by 0.20 points, a drop of at most 0.50 was asked for");
    target.unit = Target::Unit::percent;
    BOOST_TEST(judgement_text(target, "map", -1.25) == "map rose by 1.25 percent, a drop of at most 0.50 was asked for");
}

BOOST_AUTO_TEST_SUITE_END()
