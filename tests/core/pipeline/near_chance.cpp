// What counts as hardly better than guessing, and the warning of it.
#include "core/pipeline/near_chance.h"

#include "core/pipeline/stage_evaluate.h"

#include <boost/test/unit_test.hpp>

using namespace octavo;

BOOST_AUTO_TEST_SUITE(near_chance)

BOOST_AUTO_TEST_CASE(near_is_three_times_chance_or_the_middle_to_perfect) {
    BOOST_TEST(is_near_chance(0.0029, 1000));
    BOOST_TEST(!is_near_chance(0.0031, 1000));
    BOOST_TEST(is_near_chance(0.29, 10));
    BOOST_TEST(!is_near_chance(0.31, 10));
    BOOST_TEST(is_near_chance(0.74, 2));
    BOOST_TEST(!is_near_chance(0.76, 2));
    BOOST_TEST(!is_near_chance(0, 1));
    BOOST_TEST(!is_near_chance(0, 0));
}

BOOST_AUTO_TEST_CASE(the_warning_speaks_of_a_principal_percentage) {
    AccuracyResult evaluation;
    for (std::int64_t label = 0; label < 500; ++label) evaluation.labels.insert(label);
    evaluation.all.images = 10;
    evaluation.all.figures = {{{"top5", 0.1, "%", false, true}, {"top1", 0.4, "%", true, true}}};
    BOOST_TEST(chance_warning(evaluation).starts_with("top1 of the fp32 model is 0.4 %, and guessing among the 500 classes gives 0.2 %: "));
    evaluation.all.images = 9;
    BOOST_TEST(chance_warning(evaluation) == "", "few images are near chance by chance");
    evaluation.all.images = 10;
    evaluation.all.figures[0][1].value = 40;
    BOOST_TEST(chance_warning(evaluation) == "");
    evaluation.all.figures = {{{"error", 0.1, "px", true, false}}};
    BOOST_TEST(chance_warning(evaluation) == "");
    evaluation.all.figures = {{}};
    BOOST_TEST(chance_warning(evaluation) == "");
}

BOOST_AUTO_TEST_SUITE_END()
