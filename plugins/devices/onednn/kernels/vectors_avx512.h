// Vectors of sixteen lanes of 32 bits, or 32 of 16, in AVX-512, for sums.inc and epilogue.inc. Compiled with -mavx512bw.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace octavo::onednn {
namespace {

using Floats = __m512;
using Ints = __m512i;
constexpr std::size_t kLanes = 16;
constexpr std::size_t kVectors = 16 / kLanes;            // of sixteen channels
constexpr std::size_t kSums = 24, kMostPixels = 12;  // of 32 registers
constexpr __mmask16 kAll = 0xFFFF;  // GCC 12 takes what is unmasked for a use of something uninitialized

inline Floats splat(float value) {
    return _mm512_set1_ps(value);
}
inline Ints splat(std::int32_t value) {
    return _mm512_set1_epi32(value);
}
inline Floats load(const float* from) {
    return _mm512_loadu_ps(from);
}
inline Ints load(const std::int32_t* from) {
    return _mm512_loadu_si512(from);
}
inline Ints load_weights(const std::int8_t* from) {
    return _mm512_loadu_si512(from);
}
inline Ints load_s8_as_s16(const std::int8_t* from) {
    return _mm512_maskz_cvtepi8_epi16(0xFFFFFFFF, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
inline Ints load_u8_as_s32(const std::uint8_t* from) {
    return _mm512_maskz_cvtepu8_epi32(kAll, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline void store(float* to, Floats value) {
    _mm512_storeu_ps(to, value);
}
inline void store(std::int32_t* to, Ints value) {
    _mm512_storeu_si512(to, value);
}

inline Floats min(Floats a, Floats b) {
    return _mm512_maskz_min_ps(kAll, a, b);
}
inline Floats max(Floats a, Floats b) {
    return _mm512_maskz_max_ps(kAll, a, b);
}
inline Floats to_floats(Ints a) {
    return _mm512_maskz_cvtepi32_ps(kAll, a);
}
inline Ints to_ints(Floats a) {
    return _mm512_maskz_cvtps_epi32(kAll, a);
}
inline Floats rounded(Floats a) {
    return _mm512_maskz_roundscale_ps(kAll, a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline Floats power_of_two(Ints exponent) {
    return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(kAll, _mm512_add_epi32(exponent, splat(127)), 23));
}

inline Ints add(Ints a, Ints b) {
    return _mm512_add_epi32(a, b);
}
inline Ints subtract(Ints a, Ints b) {
    return _mm512_sub_epi32(a, b);
}
inline Ints pair_products(Ints a, Ints b) {
    return _mm512_madd_epi16(a, b);
}
inline Ints byte_products(Ints u8, const std::int8_t* weights) {
    return _mm512_maddubs_epi16(u8, load_weights(weights));
}
inline Ints add_words(Ints a, Ints b) {
    return _mm512_add_epi16(a, b);
}
inline Ints pair_sums(Ints words) {
    return _mm512_madd_epi16(words, _mm512_set1_epi16(1));
}

// To bytes, clamped on both sides.
inline __m128i pack_sixteen(const Ints* a) {
    return _mm512_maskz_cvtusepi32_epi8(kAll, _mm512_maskz_max_epi32(kAll, a[0], splat(0)));
}

}  // namespace
}  // namespace octavo::onednn
