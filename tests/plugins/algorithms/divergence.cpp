// Divergence, from prefix sums, against the procedure written down bin by bin.
#include "core/statistics/histogram.h"

#include "plugins/algorithms/entropy/divergence.cpp"  // a private part of the plugin

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

namespace {

// NVIDIA's procedure with D.iii's corrections, no sharing of work.
double divergence_slowly(const std::vector<double>& counts, std::size_t kept, std::size_t levels) {
    double outside = 0, inside = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) (k < kept ? inside : outside) += counts[k];
    std::vector<double> p(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(kept)), q(kept, 0.0);
    std::vector<double> mass(levels, 0.0), filled(levels, 0.0);
    const auto level = [&](std::size_t k) {
        return static_cast<std::size_t>(
            std::floor((static_cast<double>(k) + 0.5) * static_cast<double>(levels) / static_cast<double>(kept)));
    };
    for (std::size_t k = 0; k < kept; ++k) {
        mass[level(k)] += p[k];
        filled[level(k)] += p[k] > 0;
    }
    for (std::size_t k = 0; k < kept; ++k) q[k] = p[k] > 0 ? mass[level(k)] / filled[level(k)] / inside : 0;
    p.back() += outside;
    double total_q = 1;
    if (outside > 0 && q.back() == 0) {
        q.back() = 1e-6;
        total_q += 1e-6;
    }
    double divergence = 0;
    for (std::size_t k = 0; k < kept; ++k) {
        const double share = p[k] / (inside + outside);
        if (share > 0) divergence += share * std::log(share / (q[k] / total_q));
    }
    return divergence;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(divergence)

BOOST_AUTO_TEST_CASE(prefix_sums_give_what_the_procedure_gives) {
    std::mt19937 random(5);
    BOOST_TEST_MESSAGE("seed 5");
    std::normal_distribution<float> normal;
    for (const std::size_t samples : {300U, 3000U, 100000U}) {  // few samples leave many bins empty
        std::vector<float> values(samples);
        for (float& x : values) x = normal(random);
        octavo::Histogram histogram;
        BOOST_REQUIRE(histogram.add(values));
        const octavo_histogram view = histogram.view();
        std::vector<double> counts(4096);
        for (std::size_t k = 0; k < 8192; ++k) counts[k / 2] += static_cast<double>(view.positive[k] + view.negative[k]);
        while (counts.back() == 0) counts.pop_back();

        const octavo::Divergence divergence(view);
        BOOST_TEST(divergence.bins() == counts.size());
        for (std::size_t kept = 256; kept <= counts.size(); kept += 97) {
            for (const std::size_t levels : {128U, 200U, 256U}) {
                const double expected = divergence_slowly(counts, kept, levels);
                BOOST_TEST(std::fabs(divergence.at(kept, levels) - expected) <= 1e-9 * (1 + expected));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(clipping_everything_is_infinitely_far) {
    octavo::Histogram histogram;
    BOOST_REQUIRE(histogram.add(std::vector<float>(10, 5.0F)));
    BOOST_TEST(std::isinf(octavo::Divergence(histogram.view()).at(256, 256)));
}

BOOST_AUTO_TEST_SUITE_END()
