// Histogram and FixedSum against counting by hand and by sorting.
#include "core/statistics/histogram.h"
#include "core/statistics/slots.h"

#include "core/statistics/fixed_sum.h"

#include <octavo/histogram.h>

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <map>
#include <random>

using octavo::FixedSum;
using octavo::Histogram;

namespace {

struct Contents {
    std::int32_t bins, exponent;
    std::vector<std::uint64_t> positive, negative;
    std::uint64_t zeros, count, minimum_bits, maximum_bits;

    bool operator==(const Contents&) const = default;
};

Contents contents(const Histogram& histogram) {
    const octavo_histogram view = histogram.view();
    return {view.bins,  view.exponent, {view.positive, view.positive + view.bins}, {view.negative, view.negative + view.bins},
            view.zeros, view.count,    std::bit_cast<std::uint64_t>(view.minimum), std::bit_cast<std::uint64_t>(view.maximum)};
}

Histogram counted(std::span<const float> values, std::int32_t bins = Histogram::kBins) {
    Histogram histogram(bins);
    BOOST_REQUIRE(histogram.add(values));
    return histogram;
}

// One value at a time, with the definition of abi/algorithm.h.
Contents counted_slowly(std::span<const float> values, std::int32_t bins) {
    double greatest = 0;
    for (const float x : values) greatest = std::max(greatest, std::fabs(static_cast<double>(x)));
    std::int32_t exponent = -60;
    while (std::ldexp(1.0, exponent) <= greatest) ++exponent;
    Contents result = {bins, exponent, {}, {}, 0, values.size(), 0, 0};
    result.positive.resize(static_cast<std::size_t>(bins));
    result.negative.resize(static_cast<std::size_t>(bins));
    double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
    const double width = std::ldexp(1.0, exponent) / bins;
    for (const float x : values) {
        const double value = static_cast<double>(x);
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
        if (value > 0) ++result.positive[static_cast<std::size_t>(std::floor(value / width))];
        if (value < 0) ++result.negative[static_cast<std::size_t>(std::floor(-value / width))];
        if (value == 0) ++result.zeros;
    }
    result.minimum_bits = std::bit_cast<std::uint64_t>(minimum + 0.0);
    result.maximum_bits = std::bit_cast<std::uint64_t>(maximum + 0.0);
    return result;
}

// Magnitudes over many powers of two, both signs, zeros, and values just at and beside bin edges.
std::vector<float> wild_values(std::size_t count, unsigned seed) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    std::vector<float> values;
    while (values.size() < count) {
        const float edge = std::ldexp(static_cast<float>(random() % 8192), -static_cast<int>(random() % 20));
        const float sign = random() % 2 == 0 ? 1.0F : -1.0F;
        switch (random() % 6) {
            case 0:
                values.push_back(0.0F * sign);
                break;
            case 1:
                values.push_back(sign * edge);
                break;
            case 2:
                values.push_back(sign * std::nextafter(edge, 1e9F));
                break;
            case 3:
                values.push_back(sign * std::nextafter(edge, 0.0F));
                break;
            default:
                values.push_back(sign * std::ldexp(static_cast<float>(random()), -30 - static_cast<int>(random() % 30)));
        }
    }
    return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(histogram)

BOOST_AUTO_TEST_CASE(counts_what_the_definition_counts) {
    for (const std::size_t count : {1U, 2U, 255U, 256U, 257U, 5000U}) {
        const std::vector<float> values = wild_values(count, static_cast<unsigned>(count));
        for (const std::int32_t bins : {8192, 512}) BOOST_TEST((contents(counted(values, bins)) == counted_slowly(values, bins)));
    }
}

// Single values take the plain form on every CPU.
BOOST_AUTO_TEST_CASE(a_block_has_the_slots_of_its_values) {
    std::vector<float> values = wild_values(octavo::kBlock, 3);
    for (std::size_t i = 0; i < values.size(); i += 3) values[i] = i % 2 ? 0.0F : -0.0F;
    const octavo::SlotRule rule = {std::ldexp(8192.0F, -128), 8192};
    for (const std::size_t count : {1U, 8U, 9U, 63U, 256U}) {
        octavo::Slots slots, slot;
        const std::size_t counted = octavo::nonzero_slots(std::span(values).first(count), rule, slots);
        std::vector<std::uint32_t> expected;
        for (std::size_t i = 0; i < count; ++i)
            if (octavo::nonzero_slots(std::span(values).subspan(i, 1), rule, slot) == 1) expected.push_back(slot[0]);
        BOOST_TEST(std::vector(slots.begin(), slots.begin() + static_cast<std::ptrdiff_t>(counted)) == expected,
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(an_empty_histogram_has_no_counts_and_zero_extremes) {
    const octavo_histogram view = Histogram().view();
    BOOST_TEST(view.count == 0U);
    BOOST_TEST(view.zeros == 0U);
    BOOST_TEST(view.minimum == 0.0);
    BOOST_TEST(view.maximum == 0.0);
    BOOST_TEST(view.negative[8191] == 0U);
}

BOOST_AUTO_TEST_CASE(a_power_of_two_lies_in_the_range_above_it) {
    const std::vector<float> values = {1.0F};
    const Histogram histogram = counted(values);
    BOOST_TEST(histogram.view().exponent == 1);
    BOOST_TEST(histogram.view().positive[4096] == 1U);
}

BOOST_AUTO_TEST_CASE(bins_merge_in_pairs_when_the_range_doubles) {
    Histogram histogram;
    BOOST_REQUIRE(histogram.add(std::vector<float>{0.5F, 0.75F, -0.5F}));
    BOOST_TEST(histogram.view().exponent == 0);
    BOOST_REQUIRE(histogram.add(std::vector<float>{3.0F}));
    const octavo_histogram view = histogram.view();
    BOOST_TEST(view.exponent == 2);
    BOOST_TEST(view.positive[1024] == 1U);
    BOOST_TEST(view.positive[1536] == 1U);
    BOOST_TEST(view.positive[6144] == 1U);
    BOOST_TEST(view.negative[1024] == 1U);
}

BOOST_AUTO_TEST_CASE(any_order_and_any_split_gives_the_same_contents) {
    std::vector<float> values = wild_values(20000, 7);
    const Contents expected = counted_slowly(values, Histogram::kBins);
    std::mt19937 random(8);
    for (int round = 0; round < 10; ++round) {
        std::shuffle(values.begin(), values.end(), random);
        std::vector<Histogram> parts(1 + random() % 9);
        for (std::size_t from = 0; from < values.size();) {
            const std::size_t count = std::min<std::size_t>(values.size() - from, 1 + random() % 3000);
            BOOST_REQUIRE(parts[random() % parts.size()].add(std::span(values).subspan(from, count)));
            from += count;
        }
        std::shuffle(parts.begin(), parts.end(), random);
        for (std::size_t i = 1; i < parts.size(); ++i) parts[0].merge(parts[i]);
        BOOST_TEST((contents(parts[0]) == expected));
    }
}

BOOST_AUTO_TEST_CASE(the_smallest_and_the_largest_floats_are_counted) {
    const float tiny = std::numeric_limits<float>::denorm_min();
    const float huge = std::numeric_limits<float>::max();
    Histogram histogram;
    BOOST_REQUIRE(histogram.add(std::vector<float>{tiny, -tiny, 0.0F, -0.0F}));
    BOOST_TEST(histogram.view().exponent == -60);
    BOOST_TEST(histogram.view().zeros == 2U);
    BOOST_TEST(histogram.view().positive[0] == 1U);
    BOOST_TEST(histogram.view().negative[0] == 1U);
    BOOST_REQUIRE(histogram.add(std::vector<float>{huge}));
    BOOST_TEST(histogram.view().exponent == 128);
    BOOST_TEST(histogram.view().positive[8191] == 1U);
    BOOST_TEST(histogram.view().positive[0] == 1U);
    BOOST_TEST(histogram.view().maximum == static_cast<double>(huge));
}

BOOST_AUTO_TEST_CASE(minus_zero_is_zero) {
    const Histogram histogram = counted(std::vector<float>{-0.0F, -0.0F});
    BOOST_TEST(histogram.view().zeros == 2U);
    BOOST_TEST(std::signbit(histogram.view().minimum) == false);
    BOOST_TEST(std::signbit(histogram.view().maximum) == false);
}

BOOST_AUTO_TEST_CASE(nan_and_infinity_are_refused_wherever_they_stand) {
    const float infinity = std::numeric_limits<float>::infinity();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float bad : {nan, -nan, infinity, -infinity}) {
        for (const std::size_t place : {0U, 255U, 256U, 300U}) {
            std::vector<float> values(301, 1.0F);
            values[place] = bad;
            Histogram histogram;
            BOOST_TEST(!histogram.add(values));
        }
    }
}

BOOST_AUTO_TEST_CASE(percentiles_lie_within_a_bin_of_what_sorting_gives) {
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (const bool one_sided : {false, true}) {
        std::vector<float> values(50000);
        for (float& x : values) x = one_sided ? std::max(0.0F, normal(random)) : normal(random);
        const Histogram counts = counted(values);
        const octavo_histogram view = counts.view();
        std::sort(values.begin(), values.end());
        for (const std::size_t above : {0U, 1U, 5U, 500U, 20000U, 30000U, 49000U}) {
            const double upper = static_cast<double>(values[values.size() - 1 - above]);
            const double lower = static_cast<double>(values[above]);
            BOOST_TEST(std::fabs(octavo::upper_percentile(view, static_cast<double>(above)) - upper) <= octavo::bin_width(view));
            BOOST_TEST(std::fabs(octavo::lower_percentile(view, static_cast<double>(above)) - lower) <= octavo::bin_width(view));
        }
    }
}

// Exponential values exceed x with the probability exp(-x).
BOOST_AUTO_TEST_CASE(quantiles_of_few_values_lie_beyond_them_where_more_would_reach) {
    std::mt19937 random(13);
    std::exponential_distribution<float> exponential;
    for (const std::size_t count : {1000U, 5000U, 20000U}) {
        double upper = 0, seen = 0;
        constexpr int kDraws = 50;
        for (int draw = 0; draw < kDraws; ++draw) {
            std::vector<float> values(count);
            for (float& x : values) x = exponential(random);
            const Histogram counts = counted(values);
            const octavo_histogram view = counts.view();
            upper += octavo::upper_quantile(view, 1e-5) / kDraws;
            seen += view.maximum / kDraws;
            BOOST_TEST(octavo::upper_quantile(view, 1e-5) >= octavo::upper_percentile(view, 1e-5 * static_cast<double>(count)));
            std::vector<float> turned(values);
            for (float& x : turned) x = -x;
            const Histogram negative = counted(turned);
            BOOST_TEST(octavo::lower_quantile(negative.view(), 1e-5) == -octavo::upper_quantile(view, 1e-5));
            BOOST_TEST(octavo::upper_quantile(negative.view(), 1e-5) <= 0.0);
            BOOST_TEST(octavo::lower_quantile(view, 1e-5) >= 0.0);
            BOOST_TEST(octavo::upper_quantile(view, 0) == view.maximum);
            BOOST_TEST(octavo::upper_quantile(view, 0.01) == octavo::upper_percentile(view, 0.01 * static_cast<double>(count)));
        }
        BOOST_TEST(upper == std::log(1e5), boost::test_tools::tolerance(0.05));
        BOOST_TEST(seen < 0.95 * std::log(1e5));
    }
}

BOOST_AUTO_TEST_CASE(quantiles_go_no_further_where_the_values_end_at_a_bound) {
    std::mt19937 random(14);
    std::uniform_real_distribution<float> uniform(-2.0F, 6.0F);
    std::vector<float> values(3000);
    for (float& x : values) x = std::clamp(uniform(random), 0.0F, 4.0F);
    const Histogram counts = counted(values);
    BOOST_TEST(octavo::upper_quantile(counts.view(), 1e-5) == 4.0);
    BOOST_TEST(octavo::lower_quantile(counts.view(), 1e-5) == 0.0);
}

BOOST_AUTO_TEST_CASE(squared_error_agrees_with_quantizing_each_value) {
    std::mt19937 random(12);
    std::normal_distribution<float> normal;
    std::vector<float> values(20000);
    for (float& x : values) x = normal(random) + 0.5F;
    const Histogram counts = counted(values);
    for (const octavo::Interval interval : {octavo::Interval{-3, 4}, {-1, 2}, {0, 3}, {-0.5, 0}}) {
        const double step = (interval.maximum - interval.minimum) / 255;
        const double zero_point = std::nearbyint(-interval.minimum / step);
        double expected = 0;
        for (const float x : values) {
            const double q = std::clamp(std::nearbyint(static_cast<double>(x) / step) + zero_point, 0.0, 255.0);
            expected += std::pow((q - zero_point) * step - static_cast<double>(x), 2);
        }
        BOOST_TEST(octavo::squared_error(counts.view(), interval) == expected, boost::test_tools::tolerance(0.01));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fixed_sum)

BOOST_AUTO_TEST_CASE(does_not_depend_on_the_order_where_floating_point_does) {
    std::vector<double> terms = {1e15, 0.1, -1e15, 1e-9, 3.0, 0.1, -7e3};
    std::sort(terms.begin(), terms.end());
    FixedSum first;
    for (const double term : terms) first.add(term);
    do {
        FixedSum sum, half;
        for (std::size_t i = 0; i < terms.size(); ++i) (i % 2 == 0 ? sum : half).add(terms[i]);
        sum.merge(half);
        BOOST_REQUIRE(sum == first);
    } while (std::next_permutation(terms.begin(), terms.end()));
    BOOST_TEST(first.value() == -6996.799999999, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(sums_beyond_64_bits_and_limits_single_terms) {
    FixedSum sum;
    for (int i = 0; i < 1000; ++i) sum.add(1e17);
    BOOST_TEST(sum.value() == 1e20);
    FixedSum limited;
    limited.add(1e300);
    limited.add(-1e300);
    limited.add(2.5);
    BOOST_TEST(limited.value() == 2.5);
}

BOOST_AUTO_TEST_SUITE_END()
