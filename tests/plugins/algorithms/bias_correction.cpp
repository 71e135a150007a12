// bias_correction against the convolution itself: with an input that is its mean everywhere, corrected int8 weights give the fp32 output.
#include "tests/plugins/algorithms/calibration.h"

#include <octavo/numbers.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

using namespace octavo::testing;

namespace {

Product random_product(std::mt19937& random, std::int64_t outputs, std::int64_t inputs, std::int32_t groups, std::int64_t kernel) {
    std::normal_distribution<float> normal;
    Product product = {outputs, inputs, groups, {}, {}, {}, {}};
    product.weights.resize(static_cast<std::size_t>(outputs * inputs / groups * kernel));
    for (float& w : product.weights) w = normal(random);
    for (std::int64_t k = 0; k < outputs; ++k) {
        product.biases.push_back(normal(random));
        product.scale.push_back(0.02F + 0.01F * static_cast<float>(k % 3));  // coarse on purpose; some weights are clipped
    }
    for (std::int64_t c = 0; c < inputs; ++c) product.mean.push_back(static_cast<double>(normal(random)) + 1);
    return product;
}

// Output of channel k for an input that is its mean everywhere.
double output(const Product& product, std::int64_t k, bool quantized) {
    const std::int64_t inputs = product.inputs / product.groups;
    const std::int64_t kernel = static_cast<std::int64_t>(product.weights.size()) / product.outputs / inputs;
    const std::int64_t group = k / (product.outputs / product.groups);
    const float scale = product.scale[static_cast<std::size_t>(k)];
    double sum = 0;
    for (std::int64_t c = 0; c < inputs; ++c)
        for (std::int64_t p = 0; p < kernel; ++p) {
            const float w = product.weights[static_cast<std::size_t>((k * inputs + c) * kernel + p)];
            const double used =
                quantized ? static_cast<double>(octavo::quantize_weight(w, scale)) * static_cast<double>(scale) : static_cast<double>(w);
            sum += used * product.mean[static_cast<std::size_t>(group * inputs + c)];
        }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bias_correction)

BOOST_AUTO_TEST_CASE(the_mean_output_is_that_of_fp32_again) {
    BOOST_TEST_MESSAGE("seed 3");
    std::mt19937 random(3);
    const std::int64_t shapes[][4] = {
        {8, 6, 1, 9}, {8, 8, 8, 9}, {16, 8, 8, 9}, {12, 6, 3, 1}, {10, 64, 1, 1}};  // depthwise, grouped, Gemm
    for (const auto& [outputs, inputs, groups, kernel] : shapes) {
        const Product product = random_product(random, outputs, inputs, static_cast<std::int32_t>(groups), kernel);
        Calibration calibration;
        calibration.add_product(product);
        AlgorithmPlugin algorithm("algorithms", "bias_correction");
        BOOST_REQUIRE_EQUAL(calibration.apply(algorithm), 0);
        const std::vector<float>& corrected = calibration.edits.biases.at(0);
        for (std::int64_t k = 0; k < outputs; ++k) {
            const std::size_t channel = static_cast<std::size_t>(k);
            const double before = output(product, k, false) + static_cast<double>(product.biases[channel]);
            const double after = output(product, k, true) + static_cast<double>(corrected[channel]);
            BOOST_TEST(std::fabs(before - after) < 2e-6 * (1 + std::fabs(static_cast<double>(corrected[channel]))));
        }
        BOOST_TEST(calibration.edits.ranges.empty());
        BOOST_TEST(calibration.edits.scales.empty());
    }
}

BOOST_AUTO_TEST_CASE(weights_on_the_grid_leave_biases_alone) {
    Calibration calibration;
    calibration.add_product({1, 2, 1, {0.5F, -1.25F}, {0.1F}, {3, 4}, {0.25F}});
    AlgorithmPlugin algorithm("algorithms", "bias_correction");
    BOOST_REQUIRE_EQUAL(calibration.apply(algorithm), 0);
    BOOST_TEST(calibration.edits.biases.at(0)[0] == 0.1F);
}

BOOST_AUTO_TEST_CASE(without_weight_scales_it_says_what_must_come_first) {
    Calibration calibration;
    calibration.add_product({1, 2, 1, {0.5F, -1.25F}, {0.1F}, {3, 4}, {}});
    AlgorithmPlugin algorithm("algorithms", "bias_correction");
    BOOST_TEST(calibration.apply(algorithm) == 2);
    BOOST_TEST(std::string(algorithm.error.text) ==
               "operator 'conv1': bias_correction found no weight scales; list an algorithm that sets ranges (minmax, percentile, entropy) "
               "before it");
}

BOOST_AUTO_TEST_SUITE_END()
