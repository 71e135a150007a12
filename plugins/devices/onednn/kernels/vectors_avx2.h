// Vectors of eight lanes of 32 bits, or sixteen of 16, in AVX2, for sums.inc, rows.inc, epilogue.inc, values.inc and products_f32.inc.
// Compiled with -mavx2.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace octavo::onednn {
namespace {

using Floats = __m256;
using Ints = __m256i;
constexpr std::size_t kLanes = 8;
constexpr std::size_t kVectors = 16 / kLanes;  // of sixteen channels

inline Floats splat(float value) {
    return _mm256_set1_ps(value);
}
inline Ints splat(std::int32_t value) {
    return _mm256_set1_epi32(value);
}
inline Floats load(const float* from) {
    return _mm256_loadu_ps(from);
}
inline Ints load(const std::int32_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline Ints load_words(const std::int16_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline Ints load_s8_as_s16(const std::int8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline Ints load_u8_as_s32(const std::uint8_t* from) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}
inline void store(float* to, Floats value) {
    _mm256_storeu_ps(to, value);
}
inline void store(std::int32_t* to, Ints value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
}
// Sixteen bytes, less their zero points.
inline void store_widened(std::int16_t* to, __m128i bytes, const std::int16_t* zero_point) {
    const __m256i words = _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes), load_words(zero_point));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), words);
}

inline Floats min(Floats a, Floats b) {
    return _mm256_min_ps(a, b);
}
inline Floats max(Floats a, Floats b) {
    return _mm256_max_ps(a, b);
}
inline Floats absolute(Floats a) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a);
}
inline Floats to_floats(Ints a) {
    return _mm256_cvtepi32_ps(a);
}
inline Ints to_ints(Floats a) {
    return _mm256_cvtps_epi32(a);
}
inline Floats rounded(Floats a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline Floats power_of_two(Ints exponent) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(exponent, _mm256_set1_epi32(127)), 23));
}

inline Ints add(Ints a, Ints b) {
    return _mm256_add_epi32(a, b);
}
inline Ints subtract(Ints a, Ints b) {
    return _mm256_sub_epi32(a, b);
}
inline Ints pair_products(Ints a, Ints b) {
    return _mm256_madd_epi16(a, b);
}
inline Ints byte_products(Ints u8, const std::int8_t* weights) {
    return _mm256_maddubs_epi16(u8, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights)));
}
inline Ints add_words(Ints a, Ints b) {
    return _mm256_add_epi16(a, b);
}
inline Ints pair_sums(Ints words) {
    return _mm256_madd_epi16(words, _mm256_set1_epi16(1));
}

// Words of two vectors in pairs, and the order that they leave sums in: channels 0-3 and 8-11 low, 4-7 and 12-15 high.
inline Ints unpack_low(Ints a, Ints b) {
    return _mm256_unpacklo_epi16(a, b);
}
inline Ints unpack_high(Ints a, Ints b) {
    return _mm256_unpackhi_epi16(a, b);
}
inline void store_unpacked(std::int32_t* to, Ints low, Ints high) {
    store(to, _mm256_permute2x128_si256(low, high, 0x20));
    store(to + 8, _mm256_permute2x128_si256(low, high, 0x31));
}

// What winograd.inc asks for besides.
inline Ints add_pair_products(Ints sum, Ints a, Ints b) {
    return add(sum, pair_products(a, b));
}
inline Ints splat_words(std::int16_t value) {
    return _mm256_set1_epi16(value);
}
inline Ints load_u8_as_s16(const std::uint8_t* from) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline void store_words(std::int16_t* to, Ints words) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), words);
}
inline Ints subtract_words(Ints a, Ints b) {
    return _mm256_sub_epi16(a, b);
}
template <int Bits>
Ints shift_words(Ints a) {
    return _mm256_slli_epi16(a, Bits);
}
template <int Bits>
Ints shift(Ints a) {
    return _mm256_slli_epi32(a, Bits);
}
template <int Bits>
Ints shift_right(Ints a) {
    return _mm256_srai_epi32(a, Bits);
}
inline Ints multiply_low(Ints a, Ints b) {
    return _mm256_mullo_epi32(a, b);
}

// Bytes, as many as a vector has.
inline Ints load_codes(const std::uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline void store_codes(std::uint8_t* to, Ints codes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), codes);
}
inline Ints max_codes(Ints a, Ints b) {
    return _mm256_max_epu8(a, b);
}
inline Floats root(Floats a) {
    return _mm256_sqrt_ps(a);
}

// To bytes, clamped on both sides.
inline __m128i pack_eight(const Ints* a) {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(a[0]), _mm256_extracti128_si256(a[0], 1));
    return _mm_packus_epi16(words, words);
}
inline __m128i pack_sixteen(const Ints* a) {
    const __m256i words = _mm256_packs_epi32(a[0], a[1]);  // fours of both in turns, so are the bytes
    const __m256i bytes = _mm256_packus_epi16(words, words);
    return _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
}

}  // namespace
}  // namespace octavo::onednn
