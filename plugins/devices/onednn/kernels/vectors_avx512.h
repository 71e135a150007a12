// Vectors of sixteen lanes of 32 bits, or 32 of 16, in AVX-512, for sums.inc, epilogue.inc and values.inc. Compiled with -mavx512bw.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace octavo::onednn {
namespace {

using Floats = __m512;
using Ints = __m512i;
constexpr std::size_t kLanes = 16;
constexpr std::size_t kVectors = 16 / kLanes;  // of sixteen channels

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
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
inline Ints load_u8_as_s32(const std::uint8_t* from) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline void store(float* to, Floats value) {
    _mm512_storeu_ps(to, value);
}
inline void store(std::int32_t* to, Ints value) {
    _mm512_storeu_si512(to, value);
}

inline Floats min(Floats a, Floats b) {
    return _mm512_min_ps(a, b);
}
inline Floats max(Floats a, Floats b) {
    return _mm512_max_ps(a, b);
}
inline Floats absolute(Floats a) {
    return _mm512_abs_ps(a);
}
inline Floats to_floats(Ints a) {
    return _mm512_cvtepi32_ps(a);
}
inline Ints to_ints(Floats a) {
    return _mm512_cvtps_epi32(a);
}
inline Floats rounded(Floats a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline Floats power_of_two(Ints exponent) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(exponent, splat(127)), 23));
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
inline Ints add_pair_products(Ints sum, Ints a, Ints b) {
#ifdef __AVX512VNNI__
    return _mm512_dpwssd_epi32(sum, a, b);
#else
    return add(sum, pair_products(a, b));
#endif
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

// Words, and the rest of what winograd.inc asks for.
inline Ints splat_words(std::int16_t value) {
    return _mm512_set1_epi16(value);
}
inline Ints load_words(const std::int16_t* from) {
    return _mm512_loadu_si512(from);
}
inline Ints load_u8_as_s16(const std::uint8_t* from) {
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
inline void store_words(std::int16_t* to, Ints words) {
    _mm512_storeu_si512(to, words);
}
inline Ints subtract_words(Ints a, Ints b) {
    return _mm512_sub_epi16(a, b);
}
template <int Bits>
Ints shift_words(Ints a) {
    return _mm512_slli_epi16(a, Bits);
}
template <int Bits>
Ints shift(Ints a) {
    return _mm512_slli_epi32(a, Bits);
}
template <int Bits>
Ints shift_right(Ints a) {
    return _mm512_srai_epi32(a, Bits);
}
inline Ints multiply_low(Ints a, Ints b) {
    return _mm512_mullo_epi32(a, b);
}

// Bytes, as many as a vector has.
inline Ints load_codes(const std::uint8_t* from) {
    return _mm512_loadu_si512(from);
}
inline void store_codes(std::uint8_t* to, Ints codes) {
    _mm512_storeu_si512(to, codes);
}
inline Ints max_codes(Ints a, Ints b) {
    return _mm512_max_epu8(a, b);
}
inline Floats root(Floats a) {
    return _mm512_sqrt_ps(a);
}

// Codes of y[0] to y[N - 1], as codes.inc makes them for other vectors; the first `count` of them.
template <std::size_t N>
void store_codes(const Floats* y, std::uint8_t* to, int count) {
    const auto code = [y](std::size_t v) { return to_ints(min(splat(255.0F), y[v < N ? v : 0])); };
    // Packing works within 16 bytes: the fours of all vectors in turns.
    const __m512i low = _mm512_packs_epi32(code(0), code(1)), high = N > 2 ? _mm512_packs_epi32(code(2), code(3)) : low;
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high));
    if (count == 64)
        _mm512_storeu_si512(to, bytes);
    else if (count == 32)
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(bytes));
    else if (count == 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_castsi512_si128(bytes));
    else
        _mm512_mask_storeu_epi8(to, ~std::uint64_t{0} >> (64 - count), bytes);
}

}  // namespace
}  // namespace octavo::onednn
