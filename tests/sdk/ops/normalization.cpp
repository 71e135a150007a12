// LRN, LpNormalization, Softmax, and normalizations by mean and variance.
#include <cmath>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

BOOST_AUTO_TEST_SUITE(normalization)

BOOST_AUTO_TEST_CASE(lrn_divides_by_the_neighbouring_channels) {
    // size 3, alpha 3: bias + sum of squares; beta 1 divides by it.
    Case subject("LRN", {floats({1, 3, 1, 1}, {1, 2, 3})});
    subject.with("size", 3).with("alpha", 3.0F).with("beta", 1.0F).with("bias", 1.0F);
    check_values(subject.run_floats(), {1.0F / 6, 2.0F / 15, 3.0F / 14});
}

BOOST_AUTO_TEST_CASE(lrn_has_the_defaults_of_onnx) {
    // (1 + 1e-4 / 1 * 100^2)^0.75 = 2^0.75
    check_values(Case("LRN", {floats({1, 1, 1}, {100})}).with("size", 1).run_floats(), {100 / 1.6817928F});
    BOOST_CHECK_EQUAL(Case("LRN", {zeros({1, 1, 1})}).with("size", 0).error(), "LRN 'n': size is 0, expected at least 1");
    BOOST_CHECK_EQUAL(Case("LRN", {zeros({1})}).with("size", 1).error(), "LRN 'n': input 1 has no channels");
}

BOOST_AUTO_TEST_CASE(lp_normalization_divides_by_a_norm) {
    check_values(Case("LpNormalization", {floats({1, 2, 2}, {3, 0, 4, 0})}).with("axis", 1).run_floats(), {0.6F, 0, 0.8F, 0});
    check_values(Case("LpNormalization", {floats({2}, {-1, 3})}).with("p", 1).run_floats(), {-0.25F, 0.75F});
    BOOST_CHECK_EQUAL(Case("LpNormalization", {zeros({2})}).with("p", 3).error(), "LpNormalization 'n': p is 3, expected 1 or 2");
}

BOOST_AUTO_TEST_CASE(softmax_sums_along_its_axis) {
    const float e = std::exp(1.0F);
    const Data x = floats({1, 2, 2}, {0, 0, 1, 0});
    check_values(Case("Softmax", {x}).run_floats(), {0.5F, 0.5F, e / (1 + e), 1 / (1 + e)});
    check_values(Case("Softmax", {x}).with("axis", 1).run_floats(), {1 / (1 + e), 0.5F, e / (1 + e), 0.5F});
    check_values(Case("Softmax", {floats({1, 2}, {1000, 1000})}).run_floats(), {0.5F, 0.5F});
}

BOOST_AUTO_TEST_CASE(softmax_before_opset_13_takes_everything_behind_its_axis) {
    const Data x = floats({1, 2, 2}, {0, 0, 0, 0});
    check_values(Case("Softmax", {x}).with("opset", 11).run_floats(), {0.25F, 0.25F, 0.25F, 0.25F});
    check_values(Case("Softmax", {x}).with("opset", 11).with("axis", 2).run_floats(), {0.5F, 0.5F, 0.5F, 0.5F});
    BOOST_CHECK_EQUAL(Case("Softmax", {x}).with("axis", 3).error(), "Softmax 'n': axis 3 lies outside of a shape of rank 3");
}

BOOST_AUTO_TEST_CASE(layer_normalization_takes_all_dimensions_from_its_axis_on) {
    const Data x = floats({1, 2, 2}, {1, 3, 5, 9});
    const Case subject = Case("LayerNormalization", {x, floats({2}, {1, 2}), floats({2}, {0, 10})}, 3).with("epsilon", 0.0F);
    const std::vector<Data> made = need(Case(subject).run());
    check_values(made[0].as<float>(), {-1, 12, -1, 12});
    check_values(made[1].as<float>(), {2, 7});
    check_values(made[2].as<float>(), {1, 0.5F});
    check_shape(subject, {1, 2, 2});
    const float root = std::sqrt(35.0F / 4);  // of mean 4.5: 12.25, 2.25, 0.25, 20.25
    check_values(Case("LayerNormalization", {x, floats({1}, {1})}).with("axis", 1).with("epsilon", 0.0F).run_floats(),
                 {-3.5F / root, -1.5F / root, 0.5F / root, 4.5F / root});
    BOOST_CHECK_EQUAL(Case("LayerNormalization", {x, zeros({3})}).error(), "LayerNormalization 'n': shapes 2 and 3 do not broadcast");
    BOOST_CHECK_EQUAL(Case("LayerNormalization", {x, zeros({2, 2})}).error(), "LayerNormalization 'n': input 1 is 2x2, expected 2");
}

BOOST_AUTO_TEST_CASE(group_normalization_scales_groups_or_channels) {
    const Data x = floats({1, 4, 1}, {1, 3, 5, 9});
    const auto with = [&](Shape shape, const std::vector<float>& scale, const std::vector<float>& bias) {
        return Case("GroupNormalization", {x, floats(shape, scale), floats(shape, bias)}).with("num_groups", 2).with("epsilon", 0.0F);
    };
    check_values(with({4}, {1, 2, 3, 4}, {0, 0, 0, 1}).run_floats(), {-1, 2, -3, 5});
    check_values(with({2}, {1, 2}, {0, 1}).run_floats(), {-1, 1, -1, 3});
    BOOST_CHECK_EQUAL(Case("GroupNormalization", {x, zeros({3}), zeros({4})}).with("num_groups", 2).error(),
                      "GroupNormalization 'n': input 1 is 3, expected 4");
    BOOST_CHECK_EQUAL(Case("GroupNormalization", {x, zeros({4}), zeros({4})}).with("num_groups", 3).error(),
                      "GroupNormalization 'n': 4 channels in 3 groups");
}

BOOST_AUTO_TEST_CASE(mean_variance_normalization_takes_images_together) {
    const Data x = floats({2, 2, 1, 1}, {1, 5, 3, 9});
    check_values(Case("MeanVarianceNormalization", {x}).run_floats(), {-1, -1, 1, 1});
    check_values(Case("MeanVarianceNormalization", {x}).with_list("axes", {1}).run_floats(), {-1, 1, -1, 1});
}

BOOST_AUTO_TEST_SUITE_END()
