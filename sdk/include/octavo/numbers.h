// The arithmetic of a plan, once: what docs/numbers.md says in words. Devices, algorithms and exporters use these functions, or kernels
// that give the same bits. Everything is IEEE float32, each step rounded, no fused multiply-add (compile with -ffp-contract=off).
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace octavo {

inline constexpr float kActivationLevels = 255.0F;  // u8: 0..255
inline constexpr float kWeightLevels = 127.0F;      // s8: -127..127

// Real to u8: times the reciprocal of the scale (1.0F / scale, rounded once), plus zero point, half to even, clamped.
inline std::uint8_t quantize_u8(float x, float reciprocal, float zero_point) {
    const float y = x * reciprocal + zero_point;
    const float clamped = y > 0.0F ? (y < 255.0F ? y : 255.0F) : 0.0F;  // NaN becomes 0
    return static_cast<std::uint8_t>(std::nearbyintf(clamped));
}

// u8 to real: the difference is exact.
inline float dequantize_u8(std::uint8_t q, float scale, std::int32_t zero_point) {
    return static_cast<float>(static_cast<std::int32_t>(q) - zero_point) * scale;
}

inline std::int8_t quantize_weight(float w, float scale) {
    const float y = w / scale;
    const float clamped = y > -kWeightLevels ? (y < kWeightLevels ? y : kWeightLevels) : -kWeightLevels;
    return static_cast<std::int8_t>(std::nearbyintf(clamped));
}

// What a pair of weight codes adds up to at most, when some of its products with codes of activations are 0: the sum of one sign.
inline int pair_sum(int a, int b) {
    return std::max(std::max(a, 0) + std::max(b, 0), std::max(-a, 0) + std::max(-b, 0));
}

// e^x within 2 units in the last place for x in -87..88, by range reduction and a polynomial whose every step a vector unit repeats.
inline float exp_contract(float x) {
    const float limited = x < 88.0F ? (x > -87.0F ? x : -87.0F) : 88.0F;
    const float n = std::nearbyintf(limited * 1.44269504F);
    float r = limited - n * 0.693359375F;
    r = r - n * -2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r;
    p = p + 1.0F;
    return p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

// x times the normal distribution's cumulative function, within 1e-7 * |x|: 7.1.26 of Abramowitz and Stegun's Handbook of Mathematical
// Functions for the error function.
inline float gelu_contract(float x) {
    const float size = x < 0.0F ? -x : x;
    const float limited = size < 16.0F ? size : 16.0F;  // behind which nothing is left to take off
    const float z = limited * 0.70710678F;
    const float t = 1.0F / (1.0F + z * 0.3275911F);
    float p = 1.061405429F;
    p = p * t + -1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t + -0.284496736F;
    p = p * t + 0.254829592F;
    const float tail = (p * t) * exp_contract(-(z * z)) * 0.5F;
    return (0.0F > x ? 0.0F : x) - limited * tail;
}

enum class ActivationKind { none, relu, clip, leaky_relu, hard_sigmoid, hard_swish, sigmoid, silu, gelu };

// An activation as it is fused into the operator before it. alpha, beta: clip: least and greatest value; leaky_relu: slope of the negative
// side; hard_sigmoid: max(0, min(1, alpha * x + beta)); else unused.
struct Activation {
    ActivationKind kind = ActivationKind::none;
    float alpha = 0;
    float beta = 0;

    bool operator==(const Activation&) const = default;
};

inline float apply_activation(const Activation& activation, float x) {
    const auto unit = [](float y) { return 0.0F > y ? 0.0F : 1.0F < y ? 1.0F : y; };
    switch (activation.kind) {
        case ActivationKind::none:
            return x;
        case ActivationKind::relu:
            return 0.0F > x ? 0.0F : x;
        case ActivationKind::clip:
            return activation.alpha > x ? activation.alpha : activation.beta < x ? activation.beta : x;
        case ActivationKind::leaky_relu:
            return x > 0.0F ? x : x * activation.alpha;
        case ActivationKind::hard_sigmoid:
            return unit(activation.alpha * x + activation.beta);
        case ActivationKind::hard_swish:
            return x * unit(x * (1.0F / 6.0F) + 0.5F);
        case ActivationKind::sigmoid:
            return 1.0F / (1.0F + exp_contract(-x));
        case ActivationKind::silu:
            return x / (1.0F + exp_contract(-x));
        case ActivationKind::gelu:
            return gelu_contract(x);
    }
    return x;
}

}  // namespace octavo
