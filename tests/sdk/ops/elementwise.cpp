// Operators that work value by value: arithmetic with broadcasting, activations, scales; and activations as they are fused.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/sdk/ops/case.h"

using namespace octavo;
using namespace octavo::ops;
using namespace octavo::ops::testing;

namespace {

std::vector<float> unary(const char* op, const std::vector<float>& x) {
    return Case(op, {floats({static_cast<std::int64_t>(x.size())}, x)}).run_floats();
}

std::optional<Activation> activation_of(Case subject) {
    return subject.visit([](const NodeView& node) { return as_activation(node); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(elementwise_operators)

BOOST_AUTO_TEST_CASE(arithmetic_broadcasts_like_numpy) {
    const Data a = floats({2, 1}, {1, 2});
    const Data b = floats({3}, {10, 20, 40});
    Case add("Add", {a, b});
    check_shape(add, {2, 3});
    check_values(add.run_floats(), {11, 21, 41, 12, 22, 42});
    check_values(Case("Sub", {a, b}).run_floats(), {-9, -19, -39, -8, -18, -38});
    check_values(Case("Mul", {a, b}).run_floats(), {10, 20, 40, 20, 40, 80});
    check_values(Case("Div", {b, a}).run_floats(), {10, 20, 40, 5, 10, 20});
    check_values(Case("Add", {floats({}, {1}), floats({}, {2})}).run_floats(), {3});
}

BOOST_AUTO_TEST_CASE(integers_compute_too) {
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    const auto run = [](const char* op, std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
        const auto size = static_cast<std::int64_t>(a.size());
        return need(Case(op, {integers({size}, a), integers({size}, b)}).run()).front().as<std::int64_t>();
    };
    BOOST_TEST(run("Add", {1, least}, {2, -1}) == (std::vector<std::int64_t>{3, std::numeric_limits<std::int64_t>::max()}));
    BOOST_TEST(run("Sub", {1}, {2}) == std::vector<std::int64_t>{-1});
    BOOST_TEST(run("Mul", {-3}, {7}) == std::vector<std::int64_t>{-21});
    BOOST_TEST(run("Div", {-7, 7, least}, {2, -1, -1}) == (std::vector<std::int64_t>{-3, -7, least}));
    const auto zero = Case("Div", {integers({1}, {1}), integers({1}, {0})}).run();
    BOOST_REQUIRE(!zero);
    BOOST_CHECK_EQUAL(zero.error().message(), "Div 'n': division by the integer zero");
}

BOOST_AUTO_TEST_CASE(arithmetic_refuses_misfits) {
    BOOST_CHECK_EQUAL(Case("Add", {zeros({2, 3}), zeros({2, 4})}).error(), "Add 'n': shapes 2x3 and 2x4 do not broadcast");
    BOOST_CHECK_EQUAL(Case("Mul", {zeros({1}), integers({1}, {1})}).error(), "Mul 'n': input 1 is s64, expected f32");
}

BOOST_AUTO_TEST_CASE(activations_have_their_values) {
    check_values(unary("Relu", {-1, 0, 2}), {0, 0, 2});
    check_values(unary("Sigmoid", {0, 1, -100, 100}), {0.5F, 0.73105858F, 0, 1});
    check_values(unary("Silu", {0, 1, -1}), {0, 0.73105858F, -0.26894142F});
    check_values(unary("HardSwish", {-4, -1.5F, 0, 1, 5}), {0, -0.375F, 0, 0.66666667F, 5});
    check_values(unary("Tanh", {0, 1}), {0, 0.76159416F});
    check_values(unary("Exp", {0, 1}), {1, 2.7182818F});
    check_values(unary("Sqrt", {0, 2}), {0, 1.4142136F});
    check_values(unary("LeakyRelu", {-2, 3}), {-0.02F, 3});
    check_values(Case("LeakyRelu", {floats({2}, {-2, 3})}).with("alpha", 0.5F).run_floats(), {-1, 3});
    check_values(unary("HardSigmoid", {-3, 0, 1, 3}), {0, 0.5F, 0.7F, 1});
    check_values(Case("HardSigmoid", {floats({1}, {1})}).with("alpha", 0.1F).with("beta", 0.25F).run_floats(), {0.35F});
}

BOOST_AUTO_TEST_CASE(clip_takes_bounds_from_attributes_or_inputs) {
    const Data x = floats({3}, {-9, 1, 9});
    check_values(Case("Clip", {x}).run_floats(), {-9, 1, 9});
    check_values(Case("Clip", {x}).with("min", 0.0F).with("max", 6.0F).run_floats(), {0, 1, 6});
    check_values(Case("Clip", {x, floats({}, {0}), floats({}, {6})}).run_floats(), {0, 1, 6});
    check_values(Case("Clip", {x, absent(), floats({}, {6})}).run_floats(), {-9, 1, 6});
    check_values(Case("Clip", {x, floats({}, {5}), floats({}, {3})}).run_floats(), {3, 3, 3});
    BOOST_CHECK_EQUAL(Case("Clip", {x, zeros({2})}).error(), "Clip 'n': input 1 is no single number");
    const std::vector<Data> whole = need(Case("Clip", {integers({3}, {-9, 1, 9}), integers({}, {0}), absent()}).run());
    BOOST_TEST(whole[0].as<std::int64_t>() == (std::vector<std::int64_t>{0, 1, 9}), boost::test_tools::per_element());
    BOOST_CHECK_EQUAL(Case("Clip", {integers({1}, {1}), floats({}, {0})}).error(), "Clip 'n': input 1 is f32, expected s64");
}

BOOST_AUTO_TEST_CASE(scale_shift_works_along_channels) {
    check_values(Case("ScaleShift", {floats({1, 2, 1, 2}, {1, 2, 3, 4}), floats({2}, {10, 100}), floats({2}, {0.5F, -1})}).run_floats(),
                 {10.5F, 20.5F, 299, 399});
    BOOST_CHECK_EQUAL(Case("ScaleShift", {zeros({1, 2}), zeros({3}), zeros({2})}).error(), "ScaleShift 'n': input 1 is 3, expected 2");
    BOOST_CHECK_EQUAL(Case("ScaleShift", {zeros({2}), zeros({2}), zeros({2})}).error(), "ScaleShift 'n': input 2 has no channels");
}

BOOST_AUTO_TEST_CASE(batch_normalization_uses_stored_statistics) {
    const Data x = floats({1, 2, 2}, {1, 3, 5, 7});
    Case subject("BatchNormalization", {x, floats({2}, {2, 1}), floats({2}, {1, 0}), floats({2}, {1, 5}), floats({2}, {4, 0.25F})});
    check_values(subject.with("epsilon", 0.0F).run_floats(), {1, 3, 0, 4});
    Case training("BatchNormalization", {x, zeros({2}), zeros({2}), zeros({2}), zeros({2})});
    BOOST_CHECK_EQUAL(training.with("training_mode", 1).error(),
                      "BatchNormalization 'n': is in training mode; export the model for inference");
    Case older("BatchNormalization", {x, zeros({2}), zeros({2}), zeros({2}), zeros({2})}, 5);
    BOOST_CHECK_EQUAL(older.error(), "BatchNormalization 'n': is in training mode; export the model for inference");
    BOOST_CHECK_EQUAL(Case("BatchNormalization", {x, zeros({2}), zeros({3}), zeros({2}), zeros({2})}).error(),
                      "BatchNormalization 'n': input 2 is 3, expected 2");
}

BOOST_AUTO_TEST_CASE(a_unary_operator_is_seen_as_the_activation_it_would_be_fused_as) {
    const Data x = zeros({1});
    BOOST_CHECK(activation_of(Case("Relu", {x})) == (Activation{ActivationKind::relu, 0, 0}));
    BOOST_CHECK(activation_of(Case("LeakyRelu", {x}).with("alpha", 0.25F)) == (Activation{ActivationKind::leaky_relu, 0.25F, 0}));
    BOOST_CHECK(activation_of(Case("HardSigmoid", {x})) == (Activation{ActivationKind::hard_sigmoid, 0.2F, 0.5F}));
    BOOST_CHECK(activation_of(Case("HardSwish", {x})) == (Activation{ActivationKind::hard_swish, 0, 0}));
    BOOST_CHECK(activation_of(Case("Silu", {x})) == (Activation{ActivationKind::silu, 0, 0}));
    BOOST_CHECK(activation_of(Case("Sigmoid", {x})) == (Activation{ActivationKind::sigmoid, 0, 0}));
    BOOST_CHECK(activation_of(Case("Gelu", {x})) == (Activation{ActivationKind::gelu, 0, 0}));
    BOOST_CHECK(activation_of(Case("Gelu", {x}).with("approximate", "tanh")) == std::nullopt);
    BOOST_CHECK(activation_of(Case("Tanh", {x})) == std::nullopt);
    BOOST_CHECK(activation_of(Case("Add", {x, x})) == std::nullopt);
}

BOOST_AUTO_TEST_CASE(clip_is_an_activation_where_its_bounds_are_known) {
    const Data x = zeros({1});
    const float largest = std::numeric_limits<float>::max();
    BOOST_CHECK(activation_of(Case("Clip", {x}).with("min", 0.0F).with("max", 6.0F)) == (Activation{ActivationKind::clip, 0, 6}));
    BOOST_CHECK(activation_of(Case("Clip", {x, constant(floats({}, {-1}))})) == (Activation{ActivationKind::clip, -1, largest}));
    BOOST_CHECK(activation_of(Case("Clip", {x, absent(), constant(floats({1}, {6}))})) == (Activation{ActivationKind::clip, -largest, 6}));
    BOOST_CHECK(activation_of(Case("Clip", {x, floats({}, {0})})) == std::nullopt);
    BOOST_CHECK(activation_of(Case("Clip", {x}).with("min", 2.0F).with("max", 1.0F)) == std::nullopt);
}

BOOST_AUTO_TEST_CASE(the_gelu_of_the_contract_is_that_of_the_error_function) {
    for (float x = -30; x < 30; x += 1.0F / 1024) {
        const double exact = 0.5 * static_cast<double>(x) * std::erfc(-static_cast<double>(x) / std::sqrt(2.0));
        BOOST_REQUIRE_SMALL(static_cast<double>(gelu_contract(x)) - exact, 1.2e-6 * std::max(1.0, static_cast<double>(std::abs(x))));
    }
    BOOST_CHECK_EQUAL(gelu_contract(std::numeric_limits<float>::infinity()), std::numeric_limits<float>::infinity());
    BOOST_CHECK(std::isnan(gelu_contract(std::numeric_limits<float>::quiet_NaN())));
}

BOOST_AUTO_TEST_CASE(what_sigmoid_and_silu_divide_by_is_one_and_an_exponential) {
    for (float x = -80; x < 80; x += 1.0F / 1024) {
        const double exact = 1 + std::exp(-static_cast<double>(x));
        BOOST_REQUIRE_SMALL(static_cast<double>(sigmoid_divisor(x)) / exact - 1, 3e-6 + 7.5e-8 * static_cast<double>(std::abs(x)));
    }
    BOOST_CHECK_EQUAL(sigmoid_divisor(std::numeric_limits<float>::infinity()), 1.0F);
    BOOST_CHECK(std::isfinite(sigmoid_divisor(-std::numeric_limits<float>::infinity())));
}

BOOST_AUTO_TEST_CASE(a_fused_activation_is_applied_to_each_value) {
    std::vector<float> values = {-2, 0.5F, 9};
    ops::apply_activation({ActivationKind::clip, -1, 6}, values);
    check_values(values, {-1, 0.5F, 6});
    ops::apply_activation({}, values);
    check_values(values, {-1, 0.5F, 6});
}

BOOST_AUTO_TEST_CASE(codes_survive_being_dequantized_and_quantized_again) {
    // What lets a device move codes where the reference moves real values.
    constexpr unsigned kSeed = 5;
    BOOST_TEST_MESSAGE("seed " << kSeed);
    std::mt19937 random(kSeed);
    std::uniform_real_distribution<float> exponent(-60, 60);
    int wrong = 0;
    for (int zero_point = 0; zero_point < 256; ++zero_point)
        for (int i = 0; i < 20; ++i) {
            const float scale = std::exp2(exponent(random));
            for (int code = 0; code < 256; ++code) {
                const auto q = static_cast<std::uint8_t>(code);
                wrong += quantize_u8(dequantize_u8(q, scale, zero_point), 1.0F / scale, static_cast<float>(zero_point)) == q ? 0 : 1;
            }
        }
    BOOST_CHECK_EQUAL(wrong, 0);
}

BOOST_AUTO_TEST_SUITE_END()
