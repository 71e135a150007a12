// The arithmetic of a plan, once: what docs/numbers.md says in words. Devices, algorithms and exporters use these functions, or kernels
// that give the same bits. Everything is IEEE float32, each step rounded, no fused multiply-add (compile with -ffp-contract=off).
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

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

// 1 + e^-x, what sigmoid and SiLU divide by, for x in -87..87 within (3e-6 + 7.5e-8 |x|) of it: a power of two, whose fraction goes into a
// polynomial of the least greatest error in -1/2..1/2 (2.6e-6); what grows with x is how the power and log2(e) are rounded.
inline float sigmoid_divisor(float x) {
    const float power = x * -1.44269504F;
    const float limited = power < 126.0F ? (power > -126.0F ? power : -126.0F) : 126.0F;
    const float n = std::nearbyintf(limited);
    const float f = limited - n;
    float p = 9.570097e-3F;
    p = p * f + 5.591786e-2F;
    p = p * f + 2.4024744e-1F;
    p = p * f + 6.931218e-1F;
    p = p * f + 9.999993e-1F;
    return p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23) + 1.0F;
}

// Half the error function of x / sqrt(2), over x, of 0 <= x <= 5 by 2 x^2 / 25 - 1: highest power first.
inline constexpr float kGeluPowers[] = {4.7554204e-4F,  -1.499018e-3F,  2.044278e-3F,   -2.9515866e-3F, 6.1281784e-3F,
                                        -1.0942843e-2F, 1.6511951e-2F,  -2.3347721e-2F, 3.1423945e-2F,  -4.0431373e-2F,
                                        5.1521536e-2F,  -7.0296712e-2F, 1.4136378e-1F};

// x times the normal distribution's cumulative function, within 1.2e-6 * max(1, |x|): a polynomial of least squares at Chebyshev's nodes,
// without division or exponential, of which a convolution's epilogue would take longer than its sums.
inline float gelu_contract(float x) {
    const float size = std::fabs(x);
    const float z = size < 5.0F ? size : 5.0F;
    const float s = z * z * 0.08F + -1.0F;
    float p = kGeluPowers[0];
    for (std::size_t i = 1; i < std::size(kGeluPowers); ++i) p = p * s + kGeluPowers[i];
    return x * 0.5F + size * (z * p);
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
            return 1.0F / sigmoid_divisor(x);
        case ActivationKind::silu:
            return x / sigmoid_divisor(x);
        case ActivationKind::gelu:
            return gelu_contract(x);
    }
    return x;
}

}  // namespace octavo
