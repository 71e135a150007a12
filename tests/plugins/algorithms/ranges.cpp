// What minmax, percentile, entropy and mse have in common: weight scales, channels, inputs of the model, and degenerate tensors.
#include "tests/plugins/algorithms/calibration.h"

#include <octavo/histogram.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

using namespace octavo::testing;

namespace {

const char* const kAlgorithms[] = {"minmax", "percentile", "entropy", "mse"};

void apply(Calibration& calibration, const char* name, const Settings& settings = {}) {
    AlgorithmPlugin algorithm("algorithms", name, settings);
    BOOST_REQUIRE_MESSAGE(calibration.apply(algorithm) == 0, algorithm.error.text);
}

void check_range(const Calibration& calibration, std::int32_t point, double minimum, double maximum) {
    const Ranges& ranges = calibration.edits.ranges.at(point);
    BOOST_REQUIRE_EQUAL(ranges.minimum.size(), 1U);
    BOOST_TEST(ranges.minimum[0] == minimum);
    BOOST_TEST(ranges.maximum[0] == maximum);
}

std::vector<float> ramp(std::size_t count, float from, float to) {
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(from + (to - from) * static_cast<float>(i) / static_cast<float>(count - 1));
    return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(range_algorithms)

BOOST_AUTO_TEST_CASE(minmax_takes_the_exact_extremes) {
    Calibration calibration;
    calibration.add_point(std::vector<float>{-0.25F, 3.0F, 1.0F, 7.125F});
    calibration.add_point(std::vector<float>{2.0F, 3.0F});
    apply(calibration, "minmax");
    check_range(calibration, 0, -0.25, 7.125);
    check_range(calibration, 1, 2, 3);
}

BOOST_AUTO_TEST_CASE(empty_zero_constant_and_tiny_tensors_have_defined_ranges) {
    for (const char* const name : kAlgorithms) {
        Calibration calibration;
        calibration.add_point(std::vector<float>{});
        calibration.add_point(std::vector<float>(1000, 0.0F));
        calibration.add_point(std::vector<float>(1000, 5.0F));
        calibration.add_point(std::vector<float>(1000, std::ldexp(1.0F, -100)));
        apply(calibration, name);
        check_range(calibration, 0, 0, 0);
        check_range(calibration, 1, 0, 0);
        BOOST_TEST(calibration.edits.ranges.at(2).maximum[0] == 5.0);
        BOOST_TEST(calibration.edits.ranges.at(3).maximum[0] == std::ldexp(1.0, -100));
    }
}

BOOST_AUTO_TEST_CASE(one_outlier_leaves_a_finite_range_within_the_extremes) {
    for (const char* const name : kAlgorithms) {
        std::vector<float> values = ramp(1000000, -1.0F, 1.0F);
        values.push_back(1000.0F);
        Calibration calibration;
        calibration.add_point(values);
        std::vector<float> zeros(1000, 0.0F);
        zeros.push_back(-3.0F);
        calibration.add_point(zeros);
        apply(calibration, name);
        const Ranges& range = calibration.edits.ranges.at(0);
        BOOST_TEST(range.minimum[0] >= -1.0);
        BOOST_TEST(range.minimum[0] < -0.9);
        BOOST_TEST(range.maximum[0] > 0.9);
        BOOST_TEST(range.maximum[0] <= 1000.0);
        BOOST_TEST(calibration.edits.ranges.at(1).minimum[0] < -2.9);
        BOOST_TEST(calibration.edits.ranges.at(1).maximum[0] == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(depthwise_channels_have_ranges_of_their_own_unless_told_otherwise) {
    std::vector<float> second = ramp(200000, 0.0F, 1.0F);
    second.push_back(50.0F);
    for (const char* const name : kAlgorithms) {
        Calibration calibration;
        calibration.add_point({ramp(1000, -0.5F, 2.0F), second, {}});
        apply(calibration, name);
        const Ranges& ranges = calibration.edits.ranges.at(0);
        if (std::string(name) == "percentile") {  // leaves out a share of each channel's values
            BOOST_TEST(std::fabs(ranges.minimum[1]) < 1e-4);
            BOOST_TEST(ranges.maximum[1] > 0.99);
            BOOST_TEST(ranges.maximum[1] < 1.05);
            BOOST_TEST(ranges.maximum[2] == 0);
        } else {  // nothing that was seen is clipped; by minmax alone the few values of the first channel do not go on
            const bool exact = std::string(name) == "minmax";
            const double below = -0.5 - ranges.minimum[0], beyond = ranges.maximum[0] - 2;
            BOOST_TEST((exact ? below == 0 : below > 0.15 && below < 0.3), below);
            BOOST_TEST((exact ? beyond == 0 : beyond > 0.15 && beyond < 0.3), beyond);
            BOOST_TEST(std::vector<double>(ranges.minimum.begin() + 1, ranges.minimum.end()) == (std::vector<double>{0, 0}),
                       boost::test_tools::per_element());
            BOOST_TEST(std::vector<double>(ranges.maximum.begin() + 1, ranges.maximum.end()) == (std::vector<double>{50, 0}),
                       boost::test_tools::per_element());
        }

        Calibration whole;
        whole.add_point({ramp(1000, -0.5F, 2.0F), second, {}});
        apply(whole, name, {{"activations", "\"tensor\""}});
        BOOST_TEST(whole.edits.ranges.at(0).minimum.size() == 1U);
        BOOST_TEST(whole.edits.ranges.at(0).maximum[0] <= 50.0);
    }
}

BOOST_AUTO_TEST_CASE(inputs_of_the_model_are_never_clipped) {
    std::vector<float> values = ramp(300000, -1.0F, 1.0F);
    values.push_back(40.0F);
    for (const char* const name : kAlgorithms) {
        Calibration calibration;
        calibration.add_point(values, true);
        calibration.add_point({values, {-2.0F, 3.0F}}, true);
        apply(calibration, name);
        check_range(calibration, 0, -1, 40);
        const Ranges& by_channel = calibration.edits.ranges.at(1);
        BOOST_TEST(by_channel.minimum == (std::vector<double>{-1, -2}), boost::test_tools::per_element());
        BOOST_TEST(by_channel.maximum == (std::vector<double>{40, 3}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(weight_scales_make_the_greatest_magnitude_127) {
    const Product product = {3, 2, 1, {0.5F, -12.7F, 0.0F, 0.0F, 1e-43F, 1e-42F}, {0, 0, 0}, {0, 0}, {}};
    for (const char* const name : kAlgorithms) {
        Calibration calibration;
        calibration.add_product(product);
        apply(calibration, name);
        BOOST_TEST(calibration.edits.scales.at(0) == (std::vector<float>{12.7F / 127.0F, 1.0F / 127.0F, 1.0F / 127.0F}),
                   boost::test_tools::per_element());
        Calibration tensor;
        tensor.add_product(product);
        apply(tensor, name, {{"weights", "\"tensor\""}});
        BOOST_TEST(tensor.edits.scales.at(0) == std::vector<float>{12.7F / 127.0F}, boost::test_tools::per_element());
    }
}

// Kernels of 9 weights: the cost is that of errors and of their sums a kernel, here written out.
BOOST_AUTO_TEST_CASE(scales_of_few_weights_cost_no_more_than_the_widest_and_clip_nothing) {
    std::mt19937 random(9);
    std::normal_distribution<float> normal;
    double fitted = 0, widest = 0;
    for (int round = 0; round < 50; ++round) {
        Product product = {1, 2, 1, std::vector<float>(18), {0}, {0, 0}, {}};
        for (float& w : product.weights) w = normal(random);
        const auto cost = [&](double scale) {
            double sum = 0;
            for (int kernel = 0; kernel < 2; ++kernel) {
                double all = 0;
                for (int k = 0; k < 9; ++k) {
                    const double w = static_cast<double>(product.weights[static_cast<std::size_t>(9 * kernel + k)]);
                    const double error = w - std::nearbyint(w / scale) * scale;
                    all += error;
                    sum += error * error;
                }
                sum += all * all;
            }
            return sum;
        };
        double greatest = 0;
        for (const float w : product.weights) greatest = std::max(greatest, std::fabs(static_cast<double>(w)));
        Calibration calibration;
        calibration.add_product(product);
        apply(calibration, "percentile");
        const auto scale = static_cast<double>(calibration.edits.scales.at(0)[0]);
        BOOST_TEST(greatest / scale <= 127.0001);
        BOOST_TEST(greatest / scale >= 63.9);
        BOOST_TEST(cost(scale) <= 1.001 * cost(greatest / 127));
        fitted += cost(scale) / 50;
        widest += cost(greatest / 127) / 50;
    }
    BOOST_TEST(fitted < 0.6 * widest);
}

BOOST_AUTO_TEST_CASE(weights_that_lie_on_a_grid_keep_it_and_many_keep_the_widest_scale) {
    Product on_grid = {1, 9, 1, {127, -3, 44, 8, 0, -90, 61, 17, 5}, {0}, std::vector<double>(9), {}};
    for (float& w : on_grid.weights) w *= 0.01F;
    Product many = {1, 65, 1, ramp(65, -1.0F, 0.9F), {0}, std::vector<double>(65), {}};
    Calibration calibration;
    calibration.add_product(on_grid);
    calibration.add_product(many);
    apply(calibration, "percentile");
    BOOST_TEST(calibration.edits.scales.at(0)[0] == 0.01F, boost::test_tools::tolerance(1e-6F));
    BOOST_TEST(calibration.edits.scales.at(1)[0] == 1.0F / 127.0F);
}

BOOST_AUTO_TEST_CASE(weights_that_are_no_numbers_name_their_operator) {
    Calibration calibration;
    calibration.add_product({1, 2, 1, {0.5F, std::numeric_limits<float>::quiet_NaN()}, {0}, {0, 0}, {}});
    AlgorithmPlugin algorithm("algorithms", "minmax");
    BOOST_TEST(calibration.apply(algorithm) == 3);
    BOOST_TEST(std::string(algorithm.error.text) == "operator 'conv1': its weights hold NaN or infinity, expected finite numbers");
}

BOOST_AUTO_TEST_CASE(percentile_leaves_out_a_share_of_all_values_at_each_end) {
    std::vector<float> values = ramp(100001, -100.0F, 100.0F);  // steps of 0.002
    Calibration calibration;
    calibration.add_point(values);
    apply(calibration, "percentile", {{"percent", "99"}, {"pixels", "0"}});
    BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] == 98.0, boost::test_tools::tolerance(2e-4));
    BOOST_TEST(calibration.edits.ranges.at(0).minimum[0] == -98.0, boost::test_tools::tolerance(2e-4));
}

// Whatever is asked for, what is left is an interval.
BOOST_AUTO_TEST_CASE(percentile_leaves_out_less_than_half_at_each_end) {
    for (const char* percent : {"50", "60", "75", "95"})
        for (const char* pixels : {"0", "1", "16"}) {
            Calibration calibration;
            calibration.add_point(ramp(1000, -1, 3));
            apply(calibration, "percentile", {{"percent", percent}, {"pixels", pixels}});
            const Ranges& ranges = calibration.edits.ranges.at(0);
            BOOST_TEST(ranges.minimum[0] < ranges.maximum[0], percent << " %, " << pixels << " pixels");
        }
}

BOOST_AUTO_TEST_CASE(percentile_counts_zeros_as_values) {
    std::vector<float> values(90000, 0.0F);
    const std::vector<float> rest = ramp(10000, 0.001F, 10.0F);
    values.insert(values.end(), rest.begin(), rest.end());
    Calibration calibration;
    calibration.add_point(values);
    apply(calibration, "percentile", {{"percent", "99"}, {"pixels", "0"}});  // a tenth of the ramp is left out
    BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] == 9.0, boost::test_tools::tolerance(2e-3));
    BOOST_TEST(calibration.edits.ranges.at(0).minimum[0] == 0.0);
    apply(calibration, "percentile", {{"percent", "80"}, {"pixels", "0"}});
    check_range(calibration, 0, 0, 0);
}

BOOST_AUTO_TEST_CASE(percentile_of_100_is_minmax) {
    Calibration calibration;
    calibration.add_point(std::vector<float>{-0.3F, 0.0F, 0.1F, 12.34F});
    apply(calibration, "percentile", {{"percent", "100"}});
    check_range(calibration, 0, static_cast<double>(-0.3F), static_cast<double>(12.34F));
}

BOOST_AUTO_TEST_CASE(percentile_drops_one_value_in_a_hundred_thousand) {
    std::vector<float> values = ramp(1000000, 0.0F, 1.0F);
    for (int i = 0; i < 9; ++i) values.push_back(500.0F);
    Calibration calibration;
    calibration.add_point(values);
    apply(calibration, "percentile", {{"pixels", "0"}});  // ten may be left out, which takes one from the ramp
    BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] <= 1.0 + 512.0 / 8192);
}

BOOST_AUTO_TEST_CASE(percentile_leaves_out_more_of_large_maps) {
    Calibration calibration;
    calibration.add_point(ramp(200001, -1.0F, 1.0F));
    const auto greatest = [&](std::int64_t height, std::int64_t width, const Settings& settings) {
        calibration.set_map(height, width);
        apply(calibration, "percentile", settings);
        return calibration.edits.ranges.at(0).maximum[0];
    };
    const auto leaves_out = [](double share) { return 1 - 2 * share; };
    const auto tolerance = boost::test_tools::tolerance(2e-4);
    BOOST_TEST(greatest(25, 41, {{"percent", "99.99"}}) == leaves_out(1e-4), tolerance);
    BOOST_TEST(greatest(64, 48, {{"percent", "99.99"}}) == leaves_out(3e-4), tolerance);
    BOOST_TEST(greatest(64, 48, {{"percent", "99.99"}, {"pixels", "512"}}) == leaves_out(6e-4), tolerance);
    // 400, 200 and 100 times the share are 34, 5.0 and 1.5 times the squared error of a ramp
    BOOST_TEST(greatest(640, 640, {{"percent", "99.99"}}) == leaves_out(1e-2), tolerance);
    BOOST_TEST(greatest(64, 48, {{"percent", "99.99"}, {"pixels", "0"}}) == leaves_out(1e-4), tolerance);
    BOOST_TEST(greatest(64, 48, {{"percent", "99.5"}}) == leaves_out(1.5e-2), tolerance);
}

BOOST_AUTO_TEST_CASE(maps_of_products_of_rows_have_their_channels_last) {
    Calibration calibration;
    calibration.add_point(ramp(200001, -1.0F, 1.0F));
    calibration.set_shape({1, 64, 48, 32});
    const auto check = [&](double left_out) {
        apply(calibration, "percentile", {{"percent", "99.99"}});
        BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] == 1 - 2 * left_out, boost::test_tools::tolerance(2e-4));
    };
    check(1.5e-4);  // 48 x 32
    calibration.add_reader("Gemm");
    check(3e-4);  // 64 x 48
    calibration.add_reader("Conv");
    check(1.5e-4);
}

BOOST_AUTO_TEST_CASE(percentile_of_small_maps_is_no_narrower_than_mse) {
    std::mt19937 random(9);
    std::lognormal_distribution<float> sizes(0, 1.5F);  // a long tail
    std::vector<float> values(300000);
    for (float& x : values) x = sizes(random);
    Calibration calibration;
    calibration.add_point(values);
    const auto greatest = [&](const char* algorithm, const Settings& settings) {
        apply(calibration, algorithm, settings);
        return calibration.edits.ranges.at(0).maximum[0];
    };
    const double least_error = greatest("mse", {});
    BOOST_TEST(greatest("percentile", {{"percent", "99.9"}, {"pixels", "0"}}) < least_error);
    calibration.set_map(32, 32);
    BOOST_TEST(greatest("percentile", {{"percent", "99.9"}}) == least_error);
    BOOST_TEST(greatest("percentile", {{"percent", "100"}}) > least_error);
    calibration.set_map(32, 33);
    BOOST_TEST(greatest("percentile", {{"percent", "99.9"}}) < least_error);
}

BOOST_AUTO_TEST_CASE(percentile_goes_on_behind_few_values_and_minmax_does_not) {
    std::mt19937 random(8);
    std::exponential_distribution<float> sizes;
    std::vector<float> few(5000);
    for (float& x : few) x = sizes(random);
    const double greatest = static_cast<double>(*std::max_element(few.begin(), few.end()));
    Calibration calibration;
    calibration.add_point(few);
    apply(calibration, "minmax");
    BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] == greatest);
    apply(calibration, "percentile");
    BOOST_TEST(calibration.edits.ranges.at(0).maximum[0] > 1.1 * greatest);
}

BOOST_AUTO_TEST_CASE(mse_makes_no_more_error_than_any_interval_of_a_sweep) {
    std::mt19937 random(7);
    for (int round = 0; round < 8; ++round) {
        std::lognormal_distribution<float> sizes(0, 0.5F + 0.2F * static_cast<float>(round));
        std::vector<float> values;
        for (int i = 0; i < 20000; ++i) values.push_back(i % 4 == 0 ? -0.3F * sizes(random) : sizes(random));
        Calibration calibration;
        calibration.add_point(values);
        apply(calibration, "mse");
        const Ranges& range = calibration.edits.ranges.at(0);
        const octavo_histogram& histogram = calibration.histogram(0);
        const double error = octavo::squared_error(histogram, {range.minimum[0], range.maximum[0]});
        for (double low = 1; low > 0.1; low *= 0.9)
            for (double high = 1; high > 0.1; high *= 0.9)
                BOOST_TEST(error <= 1.02 * octavo::squared_error(histogram, {low * histogram.minimum, high * histogram.maximum}),
                           "round " << round << ", " << low << " of the minimum, " << high << " of the maximum");
    }
}

BOOST_AUTO_TEST_SUITE_END()
