// Conv against a plain seven-fold loop in double, small literal cases, and refusals.
#include <random>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

struct Problem {
    std::int64_t batch, groups, in, out, height, width;  // in, out: channels a group
    std::int64_t kernel[2], stride[2], dilation[2], pads[4];
};

std::int64_t size_out(std::int64_t size, std::int64_t before, std::int64_t behind, std::int64_t kernel, std::int64_t dilation,
                      std::int64_t stride) {
    const std::int64_t room = size + before + behind - (kernel - 1) * dilation - 1;
    return room < 0 ? 0 : room / stride + 1;
}

std::vector<float> random_values(std::mt19937& random, std::int64_t count) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = uniform(random);
    return values;
}

// The definition, in double.
std::vector<float> naive(const Problem& p, const std::vector<float>& x, const std::vector<float>& w, const std::vector<float>& bias,
                         std::int64_t oh, std::int64_t ow) {
    std::vector<float> y;
    for (std::int64_t n = 0; n < p.batch; ++n)
        for (std::int64_t oc = 0; oc < p.groups * p.out; ++oc)
            for (std::int64_t oy = 0; oy < oh; ++oy)
                for (std::int64_t ox = 0; ox < ow; ++ox) {
                    double sum = static_cast<double>(bias[static_cast<std::size_t>(oc)]);
                    for (std::int64_t ic = 0; ic < p.in; ++ic)
                        for (std::int64_t ky = 0; ky < p.kernel[0]; ++ky)
                            for (std::int64_t kx = 0; kx < p.kernel[1]; ++kx) {
                                const std::int64_t iy = oy * p.stride[0] + ky * p.dilation[0] - p.pads[0];
                                const std::int64_t ix = ox * p.stride[1] + kx * p.dilation[1] - p.pads[1];
                                if (iy < 0 || iy >= p.height || ix < 0 || ix >= p.width) continue;
                                const std::int64_t channel = oc / p.out * p.in + ic;
                                const std::int64_t at = ((n * p.groups * p.in + channel) * p.height + iy) * p.width + ix;
                                const std::int64_t tap = ((oc * p.in + ic) * p.kernel[0] + ky) * p.kernel[1] + kx;
                                sum += static_cast<double>(x[static_cast<std::size_t>(at)]) *
                                       static_cast<double>(w[static_cast<std::size_t>(tap)]);
                            }
                    y.push_back(static_cast<float>(sum));
                }
    return y;
}

Problem random_problem(std::mt19937& random) {
    const auto pick = [&](std::int64_t least, std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(least, most)(random);
    };
    Problem p{pick(1, 2), pick(1, 3), pick(1, 3), pick(1, 3), pick(1, 20), pick(1, 20), {}, {}, {}, {}};
    for (int i = 0; i < 2; ++i) {
        p.kernel[i] = pick(1, 4);
        p.stride[i] = pick(1, 3);
        p.dilation[i] = pick(1, 3);
    }
    for (std::int64_t& pad : p.pads) pad = pick(0, 3);
    return p;
}

Case conv(std::vector<float> x, std::vector<float> w) {
    return Case("Conv", {floats({1, 1, 3, 3}, x), floats({1, 1, 2, 2}, w)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conv_operator)

BOOST_AUTO_TEST_CASE(random_convolutions_agree_with_the_definition) {
    constexpr unsigned kSeed = 20240611;
    BOOST_TEST_MESSAGE("seed " << kSeed);
    std::mt19937 random(kSeed);
    int tried = 0;
    for (int i = 0; i < 400; ++i) {
        const Problem p = random_problem(random);
        const std::int64_t oh = size_out(p.height, p.pads[0], p.pads[2], p.kernel[0], p.dilation[0], p.stride[0]);
        const std::int64_t ow = size_out(p.width, p.pads[1], p.pads[3], p.kernel[1], p.dilation[1], p.stride[1]);
        if (oh == 0 || ow == 0) continue;
        ++tried;
        const auto x = random_values(random, p.batch * p.groups * p.in * p.height * p.width);
        const auto w = random_values(random, p.groups * p.out * p.in * p.kernel[0] * p.kernel[1]);
        const auto bias = random_values(random, p.groups * p.out);
        Case subject("Conv", {floats({p.batch, p.groups * p.in, p.height, p.width}, x),
                              floats({p.groups * p.out, p.in, p.kernel[0], p.kernel[1]}, w), floats({p.groups * p.out}, bias)});
        subject.with("group", p.groups)
            .with_list("strides", {p.stride[0], p.stride[1]})
            .with_list("dilations", {p.dilation[0], p.dilation[1]});
        subject.with_list("pads", {p.pads[0], p.pads[1], p.pads[2], p.pads[3]});
        check_shape(subject, {p.batch, p.groups * p.out, oh, ow});
        check_values(subject.run_floats(), naive(p, x, w, bias, oh, ow), 1e-5F);
    }
    BOOST_CHECK_GT(tried, 200);
}

BOOST_AUTO_TEST_CASE(positions_beyond_one_stretch_are_computed_alike) {
    // 40 x 40 positions are more than are summed at a time.
    std::mt19937 random(7);
    const Problem p{1, 1, 2, 3, 40, 40, {3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};
    const auto x = random_values(random, 2 * 40 * 40);
    const auto w = random_values(random, 3 * 2 * 9);
    Case subject("Conv", {floats({1, 2, 40, 40}, x), floats({3, 2, 3, 3}, w)});
    check_values(subject.with_list("pads", {1, 1, 1, 1}).run_floats(), naive(p, x, w, {0, 0, 0}, 40, 40), 1e-5F);
}

BOOST_AUTO_TEST_CASE(a_small_one_by_hand) {
    check_values(conv({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 0, 0, -1}).run_floats(), {-4, -4, -4, -4});
    check_values(conv({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4}).with_list("strides", {2, 2}).with_list("pads", {1, 1, 0, 0}).run_floats(),
                 {4, 18, 36, 77});
}

BOOST_AUTO_TEST_CASE(one_dimension_works_alike) {
    Case subject("Conv", {floats({1, 1, 4}, {1, 2, 3, 4}), floats({1, 1, 2}, {1, 10}), floats({1}, {0.5F})});
    subject.with_list("pads", {1, 0});
    check_shape(subject, {1, 1, 4});
    check_values(subject.run_floats(), {10.5F, 21.5F, 32.5F, 43.5F});
}

BOOST_AUTO_TEST_CASE(the_residual_is_added_behind_the_bias) {
    Case with_bias("Conv", {floats({1, 1, 1, 2}, {1, 2}), floats({1, 1, 1, 1}, {3}), floats({1}, {1}), floats({1, 1, 1, 2}, {10, 20})});
    check_values(with_bias.run_floats(), {14, 27});
    Case without("Conv", {floats({1, 1, 1, 2}, {1, 2}), floats({1, 1, 1, 1}, {3}), absent(), floats({1, 1, 1, 2}, {10, 20})});
    check_values(without.run_floats(), {13, 26});
}

BOOST_AUTO_TEST_CASE(a_fused_activation_is_left_to_the_caller) {
    Case subject("Conv", {floats({1, 1, 1, 1}, {1}), floats({1, 1, 1, 1}, {-3})});
    check_values(subject.with("activation", "relu").run_floats(), {-3});
}

BOOST_AUTO_TEST_CASE(misfits_are_refused) {
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 4, 3, 3}), zeros({4, 3, 1, 1})}).error(),
                      "Conv 'n': weight 4x3x1x1 takes 3 channels a group, input 1x4x3x3 has 4");
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 4, 3, 3}), zeros({4, 1, 1, 1})}).with("group", 3).error(),
                      "Conv 'n': group 3 does not divide 4 input and 4 output channels");
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 4, 3, 3}), zeros({4, 1, 1, 1})}).with("group", 0).error(),
                      "Conv 'n': group 0 does not divide 4 input and 4 output channels");
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 1, 3, 3}), zeros({2, 1, 1, 1}), zeros({3})}).error(), "Conv 'n': bias is 3, expected 2");
    BOOST_CHECK_EQUAL(Case("Conv", {zeros({1, 1, 3, 3}), zeros({2, 1, 1, 1}), absent(), zeros({1, 2, 3, 4})}).error(),
                      "Conv 'n': residual is 1x2x3x4, expected 1x2x3x3");
    BOOST_CHECK_EQUAL(Case("Conv", {integers({1, 1, 1, 1}, {1}), zeros({2, 1, 1, 1})}).error(), "Conv 'n': input 0 is s64, expected f32");
}

BOOST_AUTO_TEST_SUITE_END()
