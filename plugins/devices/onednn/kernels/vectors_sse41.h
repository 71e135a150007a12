// Vectors of four lanes of 32 bits, or eight of 16, in SSE4.1, for sums.inc, rows.inc, epilogue.inc and values.inc. Compiled with -msse4.1.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace octavo::onednn {
namespace {

using Floats = __m128;
using Ints = __m128i;
constexpr std::size_t kLanes = 4;
constexpr std::size_t kVectors = 16 / kLanes;  // of sixteen channels

inline Floats splat(float value) {
    return _mm_set1_ps(value);
}
inline Ints splat(std::int32_t value) {
    return _mm_set1_epi32(value);
}
inline Floats load(const float* from) {
    return _mm_loadu_ps(from);
}
inline Ints load(const std::int32_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline Ints load_words(const std::int16_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline Ints load_s8_as_s16(const std::int8_t* from) {
    return _mm_cvtepi8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}
inline Ints load_u8_as_s32(const std::uint8_t* from) {
    std::int32_t four;
    std::memcpy(&four, from, sizeof(four));
    return _mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
}
inline void store(float* to, Floats value) {
    _mm_storeu_ps(to, value);
}
inline void store(std::int32_t* to, Ints value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value);
}
// Sixteen bytes, less their zero points.
inline void store_widened(std::int16_t* to, __m128i bytes, const std::int16_t* zero_point) {
    const __m128i low = _mm_cvtepu8_epi16(bytes), high = _mm_unpackhi_epi8(bytes, _mm_setzero_si128());
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_sub_epi16(low, load_words(zero_point)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 8), _mm_sub_epi16(high, load_words(zero_point + 8)));
}

inline Floats min(Floats a, Floats b) {
    return _mm_min_ps(a, b);
}
inline Floats max(Floats a, Floats b) {
    return _mm_max_ps(a, b);
}
inline Floats absolute(Floats a) {
    return _mm_andnot_ps(_mm_set1_ps(-0.0F), a);
}
inline Floats to_floats(Ints a) {
    return _mm_cvtepi32_ps(a);
}
inline Ints to_ints(Floats a) {
    return _mm_cvtps_epi32(a);
}
inline Floats rounded(Floats a) {
    return _mm_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline Floats power_of_two(Ints exponent) {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(exponent, _mm_set1_epi32(127)), 23));
}

inline Ints add(Ints a, Ints b) {
    return _mm_add_epi32(a, b);
}
inline Ints subtract(Ints a, Ints b) {
    return _mm_sub_epi32(a, b);
}
inline Ints pair_products(Ints a, Ints b) {
    return _mm_madd_epi16(a, b);
}
// Weights are aligned (MicroWork), as an operand in memory must be here.
inline Ints byte_products(Ints u8, const std::int8_t* weights) {
    return _mm_maddubs_epi16(u8, _mm_load_si128(reinterpret_cast<const __m128i*>(weights)));
}
inline Ints add_words(Ints a, Ints b) {
    return _mm_add_epi16(a, b);
}
inline Ints pair_sums(Ints words) {
    return _mm_madd_epi16(words, _mm_set1_epi16(1));
}

// Words of two vectors in pairs, and the order that they leave sums in: channels 0-3 low, 4-7 high.
inline Ints unpack_low(Ints a, Ints b) {
    return _mm_unpacklo_epi16(a, b);
}
inline Ints unpack_high(Ints a, Ints b) {
    return _mm_unpackhi_epi16(a, b);
}
inline void store_unpacked(std::int32_t* to, Ints low, Ints high) {
    store(to, low);
    store(to + 4, high);
}

// What winograd.inc asks for besides.
inline Ints add_pair_products(Ints sum, Ints a, Ints b) {
    return add(sum, pair_products(a, b));
}
inline Ints splat_words(std::int16_t value) {
    return _mm_set1_epi16(value);
}
inline Ints load_u8_as_s16(const std::uint8_t* from) {
    return _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}
inline void store_words(std::int16_t* to, Ints words) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), words);
}
inline Ints subtract_words(Ints a, Ints b) {
    return _mm_sub_epi16(a, b);
}
template <int Bits>
Ints shift_words(Ints a) {
    return _mm_slli_epi16(a, Bits);
}
template <int Bits>
Ints shift(Ints a) {
    return _mm_slli_epi32(a, Bits);
}
template <int Bits>
Ints shift_right(Ints a) {
    return _mm_srai_epi32(a, Bits);
}
inline Ints multiply_low(Ints a, Ints b) {
    return _mm_mullo_epi32(a, b);
}

// Bytes, as many as a vector has.
inline Ints load_codes(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline void store_codes(std::uint8_t* to, Ints codes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), codes);
}
inline Ints max_codes(Ints a, Ints b) {
    return _mm_max_epu8(a, b);
}
inline Floats root(Floats a) {
    return _mm_sqrt_ps(a);
}

// To bytes, clamped on both sides.
inline __m128i pack_eight(const Ints* a) {
    const __m128i words = _mm_packs_epi32(a[0], a[1]);
    return _mm_packus_epi16(words, words);
}
inline __m128i pack_sixteen(const Ints* a) {
    return _mm_packus_epi16(_mm_packs_epi32(a[0], a[1]), _mm_packs_epi32(a[2], a[3]));
}

}  // namespace
}  // namespace octavo::onednn
