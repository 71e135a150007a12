// Bits are moved and biases corrected: float32 has 23 bits of mantissa and a bias of 127, float16 10 bits and 15.
#include "core/base/half.h"

#include <bit>
#include <cmath>

namespace octavo {

float from_bfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

float from_float16(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
    const std::uint32_t exponent = (bits >> 10) & 0x1FU;
    const std::uint32_t mantissa = bits & 0x3FFU;
    if (exponent == 0) {  // zero and subnormal: mantissa * 2^-24, exact
        const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
    return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

std::uint16_t to_float16(float value) {
    const auto sign = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16 & 0x8000U);
    const float magnitude = std::fabs(value);
    if (std::isnan(value)) return sign | 0x7E00U;
    if (magnitude >= 65520.0F) return sign | 0x7C00U;  // halfway between the greatest and what would come next
    if (magnitude < 0x1p-14F) return sign | static_cast<std::uint16_t>(std::nearbyintf(magnitude * 0x1p24F));
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(magnitude) - (112U << 23);
    const std::uint32_t rounded = bits + 0xFFFU + (bits >> 13 & 1U);  // a carry moves on into the exponent
    return sign | static_cast<std::uint16_t>(rounded >> 13);
}

}  // namespace octavo
