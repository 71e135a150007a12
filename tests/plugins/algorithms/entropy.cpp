// entropy: thresholds on known distributions, judged by the least squared error that any threshold makes on the values themselves.
#include "tests/plugins/algorithms/calibration.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <random>

using namespace octavo::testing;

namespace {

constexpr std::size_t kSamples = 400000;
constexpr unsigned kSeed = 2017;

// Mean squared error of quantizing each value to 256 levels over [minimum, maximum], zero among them.
double mean_squared_error(const std::vector<float>& values, double minimum, double maximum) {
    const double step = (maximum - minimum) / 255;
    const double zero_point = std::nearbyint(-minimum / step);
    double sum = 0;
    for (const float x : values) {
        const double q = std::clamp(std::nearbyint(static_cast<double>(x) / step) + zero_point, 0.0, 255.0);
        sum += std::pow((q - zero_point) * step - static_cast<double>(x), 2);
    }
    return sum / static_cast<double>(values.size());
}

double best_error(const std::vector<float>& values) {
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    const double minimum = std::min(0.0, static_cast<double>(*least)), maximum = std::max(0.0, static_cast<double>(*greatest));
    double best = mean_squared_error(values, minimum, maximum);
    for (int i = 20; i < 100; i += 2) {
        const double threshold = std::max(-minimum, maximum) * i / 100;
        best = std::min(best, mean_squared_error(values, std::max(minimum, -threshold), std::min(maximum, threshold)));
    }
    return best;
}

Ranges entropy_range(const std::vector<float>& values) {
    Calibration calibration;
    calibration.add_point(values);
    AlgorithmPlugin algorithm("algorithms", "entropy");
    BOOST_REQUIRE_EQUAL(calibration.apply(algorithm), 0);
    return calibration.edits.ranges.at(0);
}

std::vector<float> samples(const std::function<float(std::mt19937&)>& draw) {
    BOOST_TEST_MESSAGE("seed " << kSeed);
    std::mt19937 random(kSeed);
    std::vector<float> values(kSamples);
    for (float& x : values) x = draw(random);
    return values;
}

float normal(std::mt19937& random) {
    return std::normal_distribution<float>()(random);
}
float laplace(std::mt19937& random) {
    const float magnitude = std::exponential_distribution<float>()(random);
    return random() % 2 == 0 ? magnitude : -magnitude;
}
float uniform(std::mt19937& random) {
    return std::uniform_real_distribution<float>(-1, 1)(random);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(entropy)

BOOST_AUTO_TEST_CASE(the_threshold_costs_at_most_half_more_than_the_best_one) {
    const std::pair<const char*, std::function<float(std::mt19937&)>> distributions[] = {
        {"normal", normal},
        {"laplace", laplace},
        {"relu of normal", [](std::mt19937& r) { return std::max(0.0F, normal(r)); }},
        {"relu of laplace", [](std::mt19937& r) { return std::max(0.0F, laplace(r)); }},
        {"uniform", uniform},
        {"relu6 of normal", [](std::mt19937& r) { return std::clamp(normal(r) * 6, 0.0F, 6.0F); }},
    };
    for (const auto& [name, draw] : distributions) {
        const std::vector<float> values = samples(draw);
        const Ranges range = entropy_range(values);
        const double error = mean_squared_error(values, range.minimum[0], range.maximum[0]);
        const double best = best_error(values);
        BOOST_TEST_MESSAGE(name << ": " << range.minimum[0] << " to " << range.maximum[0] << ", " << error / best << " times the best");
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(error <= 1.5 * best);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_square_is_not_clipped) {
    const std::vector<float> even = samples(uniform);
    BOOST_TEST(entropy_range(even).maximum[0] == static_cast<double>(*std::max_element(even.begin(), even.end())));
    const std::vector<float> positive = samples([](std::mt19937& random) { return std::fabs(uniform(random)); });
    BOOST_TEST(entropy_range(positive).maximum[0] == static_cast<double>(*std::max_element(positive.begin(), positive.end())));
    const std::vector<float> saturated = samples([](std::mt19937& random) { return std::clamp(normal(random) * 6, 0.0F, 6.0F); });
    BOOST_TEST(entropy_range(saturated).maximum[0] == 6.0);
}

BOOST_AUTO_TEST_CASE(long_tails_are_clipped) {
    const std::vector<float> values = samples(laplace);
    const double greatest = static_cast<double>(*std::max_element(values.begin(), values.end()));
    BOOST_TEST(entropy_range(values).maximum[0] < 0.95 * greatest);
}

BOOST_AUTO_TEST_CASE(the_number_of_zeros_changes_nothing) {
    std::vector<float> values = samples([](std::mt19937& random) { return std::fabs(normal(random)); });
    const Ranges without = entropy_range(values);
    values.insert(values.end(), 3000000, 0.0F);
    const Ranges with = entropy_range(values);
    BOOST_TEST(with.maximum[0] == without.maximum[0]);
}

BOOST_AUTO_TEST_CASE(negative_data_are_treated_as_positive_data_are) {
    std::vector<float> values = samples([](std::mt19937& random) { return std::fabs(normal(random)); });
    const double positive = entropy_range(values).maximum[0];
    for (float& x : values) x = -x;
    BOOST_TEST(entropy_range(values).minimum[0] == -positive);
}

BOOST_AUTO_TEST_CASE(a_short_negative_side_stays_whole) {
    const std::vector<float> values = samples([](std::mt19937& random) {
        const float x = normal(random) * 2;
        return x / (1 + std::exp(-x));
    });
    const Ranges range = entropy_range(values);
    BOOST_TEST(range.minimum[0] == static_cast<double>(*std::min_element(values.begin(), values.end())));
    BOOST_TEST(mean_squared_error(values, range.minimum[0], range.maximum[0]) <= 1.5 * best_error(values));
}

BOOST_AUTO_TEST_SUITE_END()
