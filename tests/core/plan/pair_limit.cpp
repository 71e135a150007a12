// Scales with which pairs of weights fit into 16 bits.
#include "core/plan/pair_limit.h"

#include <octavo/numbers.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <random>
#include <vector>

using namespace octavo;

namespace {

// Sums of each sign of each pair, on the grid.
std::vector<int> pairs(const std::vector<float>& weights, std::size_t places, float scale) {
    std::vector<int> sums;
    for (std::size_t channel = 0; channel * places < weights.size(); channel += 2)
        for (std::size_t place = 0; place < places; ++place)
            for (const int sign : {1, -1}) {
                int sum = 0;
                for (std::size_t at = channel * places + place, n = 0; n < 2 && at < weights.size(); at += places, ++n)
                    sum += std::max(0, sign * quantize_weight(weights[at], scale));
                sums.push_back(sum);
            }
    return sums;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pair_limit)

BOOST_AUTO_TEST_CASE(what_fits_keeps_its_scale) {
    BOOST_TEST(fitting_scale(std::vector{127.0F, 1.0F, -127.0F, -1.0F}, 1, 1, 128) == 1.0F);
    BOOST_TEST(fitting_scale(std::vector{127.0F, -127.0F}, 1, 1, 128) == 1.0F);             // signs do not add up
    BOOST_TEST(fitting_scale(std::vector{127.0F, 127.0F, 1.0F, 1.0F}, 2, 1, 128) == 1.0F);  // nor do places
    BOOST_TEST(fitting_scale(std::vector{127.0F}, 1, 1, 128) == 1.0F);
}

BOOST_AUTO_TEST_CASE(random_weights_fit_at_hardly_more_than_they_need) {
    constexpr std::uint32_t kSeed = 11;
    BOOST_TEST_MESSAGE("seed " << kSeed);
    std::mt19937 random(kSeed);
    std::normal_distribution<float> normal(0, 0.1F);
    for (int round = 0; round < 200; ++round) {
        const std::size_t places = std::vector<std::size_t>{1, 9, 49}[random() % 3], channels = 1 + random() % 70;
        std::vector<float> weights(places * channels);
        float greatest = 0;
        for (float& weight : weights) greatest = std::max(greatest, std::abs(weight = normal(random)));
        const float before = greatest / 127;
        const float after = fitting_scale(weights, static_cast<std::int64_t>(places), before, 128);
        const std::vector<int> fitted = pairs(weights, places, after), full = pairs(weights, places, before);
        const int most = *std::max_element(fitted.begin(), fitted.end());
        BOOST_TEST(most <= 128);
        BOOST_TEST(after >= before);
        if (*std::max_element(full.begin(), full.end()) > 128) BOOST_TEST(most >= 126);
    }
}

BOOST_AUTO_TEST_SUITE_END()
