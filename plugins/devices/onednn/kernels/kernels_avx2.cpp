// The AVX2 forms of the micro kernels of conv_u8.h and of the epilogue. Compiled with -mavx2 (and without -mfma); reached only through
// conv_kernels(), which asks the CPU first.
#include "kernels/conv_u8.h"

#include <immintrin.h>

#include <cstring>

namespace octavo::onednn {
namespace {

__m256i load_s8_as_s16(const std::int8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
__m256i load_s16(const std::int16_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
void store_s32(std::int32_t* to, __m256i value) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
}

__m256i broadcast_four(const std::byte* from) {
    std::int32_t four;
    std::memcpy(&four, from, sizeof(four));
    return _mm256_set1_epi32(four);
}

// One step of two s16 elements: its weights in registers for all pixels.
template <std::size_t Halves>
struct Words {
    static constexpr std::size_t kWeightBytes = 16;  // of a half
    __m256i w[Halves];

    explicit Words(const std::int8_t* weights) {
#pragma GCC unroll 2
        for (std::size_t h = 0; h < Halves; ++h) w[h] = load_s8_as_s16(weights + kWeightBytes * h);
    }
    __m256i product(__m256i a, std::size_t h) const {
        return _mm256_madd_epi16(a, w[h]);
    }
};

// One step of four u8 elements: weights come from memory, which is the cheaper operand.
template <std::size_t Halves>
struct Bytes {
    static constexpr std::size_t kWeightBytes = 32;
    const std::int8_t* weights;

    explicit Bytes(const std::int8_t* from) : weights(from) {}
    __m256i product(__m256i a, std::size_t h) const {
        const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + kWeightBytes * h));
        return _mm256_madd_epi16(_mm256_maddubs_epi16(a, w), _mm256_set1_epi16(1));
    }
};

// Pixels x (8 * Halves) channels. With 6 x 2 the sums and what a step holds fill the sixteen registers.
template <template <std::size_t> class Step, std::size_t Pixels, std::size_t Halves>
void micro_block(const MicroWork& work, std::int32_t* acc) {
    __m256i sums[Pixels][Halves];
#pragma GCC unroll 2
    for (std::size_t h = 0; h < Halves; ++h) {
        const __m256i start =
            work.start ? _mm256_loadu_si256(reinterpret_cast<const __m256i*>(work.start + 8 * h)) : _mm256_setzero_si256();
#pragma GCC unroll 8
        for (std::size_t j = 0; j < Pixels; ++j) sums[j][h] = start;
    }
    const std::int8_t* weights = work.weights;
    for (int run = 0; run < work.runs; ++run) {
        const std::byte* at[Pixels];
#pragma GCC unroll 8
        for (std::size_t j = 0; j < Pixels; ++j) at[j] = work.pixel[j] + work.run_offset[run];
        for (std::int64_t k = 0; k < work.run_steps; ++k) {
            const Step<Halves> step(weights);
            weights += Step<Halves>::kWeightBytes * Halves;
#pragma GCC unroll 8
            for (std::size_t j = 0; j < Pixels; ++j) {
                const __m256i a = broadcast_four(at[j] + 4 * k);
#pragma GCC unroll 2
                for (std::size_t h = 0; h < Halves; ++h) sums[j][h] = _mm256_add_epi32(sums[j][h], step.product(a, h));
            }
        }
    }
#pragma GCC unroll 8
    for (std::size_t j = 0; j < Pixels; ++j)
#pragma GCC unroll 2
        for (std::size_t h = 0; h < Halves; ++h) store_s32(acc + 16 * j + 8 * h, sums[j][h]);
}

template <template <std::size_t> class Step>
void micro(const MicroWork& work, std::int32_t* acc) {
    constexpr Micro kBlocks[7][2] = {
        {nullptr, nullptr},
        {micro_block<Step, 1, 1>, micro_block<Step, 1, 2>},
        {micro_block<Step, 2, 1>, micro_block<Step, 2, 2>},
        {micro_block<Step, 3, 1>, micro_block<Step, 3, 2>},
        {micro_block<Step, 4, 1>, micro_block<Step, 4, 2>},
        {micro_block<Step, 5, 1>, micro_block<Step, 5, 2>},
        {micro_block<Step, 6, 1>, micro_block<Step, 6, 2>},
    };
    kBlocks[work.pixels][work.lanes / 8 - 1](work, acc);
}

const std::int16_t* words_at(const std::byte* at, std::int32_t offset) {
    return reinterpret_cast<const std::int16_t*>(at + offset);
}

template <std::size_t Pixels>
void depthwise_block(const std::byte* const* pixel, const std::int32_t* tap_offset, int taps, const std::int16_t* weights,
                     std::int32_t* acc) {
    __m256i low[Pixels], high[Pixels];
    for (std::size_t j = 0; j < Pixels; ++j) low[j] = high[j] = _mm256_setzero_si256();
    for (int tap = 0; tap < taps; tap += 2) {
        const __m256i w0 = load_s16(weights + 16 * tap), w1 = load_s16(weights + 16 * tap + 16);
        const __m256i w_low = _mm256_unpacklo_epi16(w0, w1), w_high = _mm256_unpackhi_epi16(w0, w1);
#pragma GCC unroll 4
        for (std::size_t j = 0; j < Pixels; ++j) {
            const __m256i a0 = load_s16(words_at(pixel[j], tap_offset[tap])), a1 = load_s16(words_at(pixel[j], tap_offset[tap + 1]));
            low[j] = _mm256_add_epi32(low[j], _mm256_madd_epi16(_mm256_unpacklo_epi16(a0, a1), w_low));
            high[j] = _mm256_add_epi32(high[j], _mm256_madd_epi16(_mm256_unpackhi_epi16(a0, a1), w_high));
        }
    }
    for (std::size_t j = 0; j < Pixels; ++j) {  // unpacking left channels 0-3, 8-11 in `low` and 4-7, 12-15 in `high`
        store_s32(acc + 16 * j, _mm256_permute2x128_si256(low[j], high[j], 0x20));
        store_s32(acc + 16 * j + 8, _mm256_permute2x128_si256(low[j], high[j], 0x31));
    }
}

void depthwise(int pixels, const std::byte* const* pixel, const std::int32_t* tap_offset, int taps, const std::int16_t* weights,
               std::int32_t* acc) {
    int j = 0;
    for (; j + 4 <= pixels; j += 4) depthwise_block<4>(pixel + j, tap_offset, taps, weights, acc + 16 * j);
    for (; j + 2 <= pixels; j += 2) depthwise_block<2>(pixel + j, tap_offset, taps, weights, acc + 16 * j);
    for (; j < pixels; ++j) depthwise_block<1>(pixel + j, tap_offset, taps, weights, acc + 16 * j);
}

void widen(const std::uint8_t* from, std::int64_t count, std::int16_t zero_point, std::int16_t* to) {
    const __m256i zero = _mm256_set1_epi16(zero_point);
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i wide = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_sub_epi16(wide, zero));
    }
    for (; i < count; ++i) to[i] = static_cast<std::int16_t>(from[i] - zero_point);
}

void widen_channels(const std::uint8_t* from, std::int64_t count, const std::int16_t* zero_point, std::int16_t* to) {
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i wide = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_sub_epi16(wide, load_s16(zero_point + i)));
    }
    for (; i < count; ++i) to[i] = static_cast<std::int16_t>(from[i] - zero_point[i]);
}

void widen_three(const std::uint8_t* from, std::int64_t pixels, std::int16_t zero_point, std::int16_t* to) {
    const __m256i zero = _mm256_set1_epi16(zero_point);
    const __m128i spread = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    std::int64_t x = 0;
    for (; 3 * x + 16 <= 3 * pixels; x += 4) {
        const __m128i four = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 3 * x)), spread);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 4 * x), _mm256_sub_epi16(_mm256_cvtepu8_epi16(four), zero));
    }
    for (; x < pixels; ++x)
        for (int c = 0; c < 3; ++c) to[4 * x + c] = static_cast<std::int16_t>(from[3 * x + c] - zero_point);
}

void copy_three(const std::uint8_t* from, std::int64_t pixels, std::uint8_t* to) {
    const __m128i spread = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    std::int64_t x = 0;
    for (; 3 * x + 16 <= 3 * pixels; x += 4)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 4 * x),
                         _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 3 * x)), spread));
    for (; x < pixels; ++x) std::memcpy(to + 4 * x, from + 3 * x, 3);
}

// ---- epilogue: the scalar formulas of numbers.h, eight at a time

__m256 unit(__m256 x) {
    return _mm256_min_ps(_mm256_max_ps(x, _mm256_setzero_ps()), _mm256_set1_ps(1.0F));
}

__m256 exp_contract(__m256 x) {
    const __m256 limited = _mm256_min_ps(_mm256_max_ps(x, _mm256_set1_ps(-87.0F)), _mm256_set1_ps(88.0F));
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(limited, _mm256_set1_ps(1.44269504F)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_sub_ps(limited, _mm256_mul_ps(n, _mm256_set1_ps(0.693359375F)));
    r = _mm256_sub_ps(r, _mm256_mul_ps(n, _mm256_set1_ps(-2.12194440e-4F)));
    __m256 p = _mm256_set1_ps(1.9875691500e-4F);
    for (const float c : {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F})
        p = _mm256_add_ps(_mm256_mul_ps(p, r), _mm256_set1_ps(c));
    p = _mm256_add_ps(_mm256_mul_ps(p, _mm256_mul_ps(r, r)), r);
    p = _mm256_add_ps(p, _mm256_set1_ps(1.0F));
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(p, _mm256_castsi256_ps(exponent));
}

__m256 negative(__m256 x) {
    return _mm256_xor_ps(x, _mm256_set1_ps(-0.0F));
}

template <ActivationKind A>
__m256 activate(__m256 x, __m256 alpha, __m256 beta) {
    const __m256 zero = _mm256_setzero_ps(), one = _mm256_set1_ps(1.0F);
    if constexpr (A == ActivationKind::relu) return _mm256_max_ps(x, zero);
    if constexpr (A == ActivationKind::clip) return _mm256_max_ps(_mm256_min_ps(x, beta), alpha);
    if constexpr (A == ActivationKind::leaky_relu) return _mm256_blendv_ps(_mm256_mul_ps(x, alpha), x, _mm256_cmp_ps(x, zero, _CMP_GT_OQ));
    if constexpr (A == ActivationKind::hard_sigmoid) return unit(_mm256_add_ps(_mm256_mul_ps(alpha, x), beta));
    if constexpr (A == ActivationKind::hard_swish)
        return _mm256_mul_ps(x, unit(_mm256_add_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.0F / 6.0F)), _mm256_set1_ps(0.5F))));
    if constexpr (A == ActivationKind::sigmoid) return _mm256_div_ps(one, _mm256_add_ps(one, exp_contract(negative(x))));
    if constexpr (A == ActivationKind::silu) return _mm256_div_ps(x, _mm256_add_ps(one, exp_contract(negative(x))));
    return x;
}

__m256 dequantize8(const std::uint8_t* from, __m256 scale, __m256i zero_point) {
    const __m256i codes = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_sub_epi32(codes, zero_point)), scale);
}

// What of an epilogue is fixed at compile time, so that the loop over pixels has no branch that depends on it.
enum class Residual { none, u8, f32 };
enum class Sink { u8, f32, both };  // `both`: two destinations of any kind

// Plain values of one destination at one block of channels; local copies, since stores of bytes may alias anything else.
struct Target {
    std::uint8_t* u8;
    float* f32;
    std::int64_t stride;
    __m256 reciprocal[2], zero_point[2];

    Target(const Destination& d, std::int64_t pixel, std::int64_t channel, std::size_t halves)
        : u8(nullptr), f32(nullptr), stride(d.stride) {
        const std::int64_t at = pixel * d.stride + channel;
        if (d.f32) {
            f32 = d.f32 + at;
            return;
        }
        u8 = d.u8 + at;
        for (std::size_t h = 0; h < halves; ++h) {
            reciprocal[h] = _mm256_loadu_ps(d.reciprocal + channel + 8 * h);
            zero_point[h] = _mm256_loadu_ps(d.zero_point + channel + 8 * h);
        }
    }
};

__m256i quantize8(__m256 x, __m256 reciprocal, __m256 zero_point) {
    const __m256 y = _mm256_add_ps(_mm256_mul_ps(x, reciprocal), zero_point);
    // max before min, and the operand order, make NaN 0 as in quantize_u8
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(y, _mm256_setzero_ps()), _mm256_set1_ps(255.0F)));
}

// Onto a grid of the tensor and off it again; the difference of code and zero point is exact in float.
__m256 on_grid(__m256 x, __m256 scale, __m256 reciprocal, __m256 zero_point) {
    return _mm256_mul_ps(_mm256_sub_ps(_mm256_cvtepi32_ps(quantize8(x, reciprocal, zero_point)), zero_point), scale);
}

// Without the lower bound, which packing to bytes brings: NaN, and what is too small for 32 bits, is the most negative number there.
__m256i quantize_for_packing(__m256 x, __m256 reciprocal, __m256 zero_point) {
    return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_set1_ps(255.0F), _mm256_add_ps(_mm256_mul_ps(x, reciprocal), zero_point)));
}

template <std::size_t Halves>
__m128i quantize(const Target& to, const __m256* v) {
    const __m256i low = quantize_for_packing(v[0], to.reciprocal[0], to.zero_point[0]);
    if constexpr (Halves == 1) {
        const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
        return _mm_packus_epi16(words, words);
    } else {
        const __m256i high = quantize_for_packing(v[1], to.reciprocal[1], to.zero_point[1]);
        const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
        return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    }
}

template <std::size_t Halves>
void store_u8(const Target& to, int pixel, const __m256* v, int channels) {
    std::uint8_t* at = to.u8 + pixel * to.stride;
    const __m128i bytes = quantize<Halves>(to, v);
    if (channels == static_cast<int>(8 * Halves)) {
        if constexpr (Halves == 2)
            _mm_storeu_si128(reinterpret_cast<__m128i*>(at), bytes);
        else
            _mm_storel_epi64(reinterpret_cast<__m128i*>(at), bytes);
    } else {
        alignas(16) std::uint8_t values[16];
        _mm_store_si128(reinterpret_cast<__m128i*>(values), bytes);
        std::memcpy(at, values, static_cast<std::size_t>(channels));
    }
}

template <std::size_t Halves>
void store_f32(const Target& to, int pixel, const __m256* v, int channels) {
    float* at = to.f32 + pixel * to.stride;
    if (channels == static_cast<int>(8 * Halves)) {
        for (std::size_t h = 0; h < Halves; ++h) _mm256_storeu_ps(at + 8 * h, v[h]);
    } else {
        alignas(32) float values[16];
        for (std::size_t h = 0; h < Halves; ++h) _mm256_store_ps(values + 8 * h, v[h]);
        std::memcpy(at, values, static_cast<std::size_t>(channels) * sizeof(float));
    }
}

template <std::size_t Halves, Residual R>
void add_residual(const Epilogue& e, __m256* v, std::int64_t at, int channels, __m256 scale, __m256i zero_point) {
    if constexpr (R == Residual::u8) {
        alignas(16) std::uint8_t copy[16] = {};
        const std::uint8_t* from = e.residual_u8 + at;
        if (channels < static_cast<int>(8 * Halves))
            from = static_cast<const std::uint8_t*>(std::memcpy(copy, from, static_cast<std::size_t>(channels)));
        for (std::size_t h = 0; h < Halves; ++h) v[h] = _mm256_add_ps(v[h], dequantize8(from + 8 * h, scale, zero_point));
    } else if constexpr (R == Residual::f32) {
        alignas(32) float copy[16] = {};
        std::memcpy(copy, e.residual_f32 + at, static_cast<std::size_t>(channels) * sizeof(float));
        for (std::size_t h = 0; h < Halves; ++h) v[h] = _mm256_add_ps(v[h], _mm256_load_ps(copy + 8 * h));
    }
}

template <std::size_t Halves, ActivationKind A, Residual R, Sink S>
void epilogue_loop(const Epilogue& e, const std::int32_t* acc, std::int64_t first_pixel, int pixels, std::int64_t channel, int channels) {
    __m256 scale[Halves], bias[Halves];
    for (std::size_t h = 0; h < Halves; ++h) {
        scale[h] = _mm256_loadu_ps(e.scale + channel + 8 * h);
        bias[h] = _mm256_loadu_ps(e.bias + channel + 8 * h);
    }
    const __m256 alpha = _mm256_set1_ps(e.activation.alpha), beta = _mm256_set1_ps(e.activation.beta);
    const __m256 residual_scale = _mm256_set1_ps(e.residual_scale);
    const __m256i residual_zero = _mm256_set1_epi32(e.residual_zero_point);
    const bool inner = e.inner_scale > 0.0F;
    const __m256 inner_scale = _mm256_set1_ps(e.inner_scale), inner_reciprocal = _mm256_set1_ps(e.inner_reciprocal);
    const __m256 inner_zero = _mm256_set1_ps(static_cast<float>(e.inner_zero_point));
    const Target first(e.destinations[0], first_pixel, channel, Halves);
    const Target second(S == Sink::both ? e.destinations[1] : e.destinations[0], first_pixel, channel, Halves);
    std::int64_t residual_at = first_pixel * e.residual_stride + channel;
    for (int j = 0; j < pixels; ++j, acc += 16, residual_at += e.residual_stride) {
        __m256 v[Halves];
        for (std::size_t h = 0; h < Halves; ++h) {
            const __m256 sum = _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(acc + 8 * h)));
            v[h] = _mm256_add_ps(_mm256_mul_ps(sum, scale[h]), bias[h]);
        }
        if constexpr (R != Residual::none) {
            if (inner)
                for (std::size_t h = 0; h < Halves; ++h) v[h] = on_grid(v[h], inner_scale, inner_reciprocal, inner_zero);
        }
        add_residual<Halves, R>(e, v, residual_at, channels, residual_scale, residual_zero);
        for (std::size_t h = 0; h < Halves; ++h) v[h] = activate<A>(v[h], alpha, beta);
        if constexpr (S == Sink::u8) {
            store_u8<Halves>(first, j, v, channels);
        } else if constexpr (S == Sink::f32) {
            store_f32<Halves>(first, j, v, channels);
        } else {
            for (const Target* to : {&first, &second})
                to->u8 ? store_u8<Halves>(*to, j, v, channels) : store_f32<Halves>(*to, j, v, channels);
        }
    }
}

template <std::size_t Halves, ActivationKind A, Residual R>
EpilogueFunction pick_sink(const Epilogue& e) {
    if (e.destination_count == 2) return epilogue_loop<Halves, A, R, Sink::both>;
    return e.destinations[0].f32 ? epilogue_loop<Halves, A, R, Sink::f32> : epilogue_loop<Halves, A, R, Sink::u8>;
}

template <std::size_t Halves, ActivationKind A>
EpilogueFunction pick_residual(const Epilogue& e) {
    if (e.residual_u8) return pick_sink<Halves, A, Residual::u8>(e);
    return e.residual_f32 ? pick_sink<Halves, A, Residual::f32>(e) : pick_sink<Halves, A, Residual::none>(e);
}

template <std::size_t Halves>
EpilogueFunction pick(const Epilogue& e) {
    switch (e.activation.kind) {
        case ActivationKind::none:
            return pick_residual<Halves, ActivationKind::none>(e);
        case ActivationKind::relu:
            return pick_residual<Halves, ActivationKind::relu>(e);
        case ActivationKind::clip:
            return pick_residual<Halves, ActivationKind::clip>(e);
        case ActivationKind::leaky_relu:
            return pick_residual<Halves, ActivationKind::leaky_relu>(e);
        case ActivationKind::hard_sigmoid:
            return pick_residual<Halves, ActivationKind::hard_sigmoid>(e);
        case ActivationKind::hard_swish:
            return pick_residual<Halves, ActivationKind::hard_swish>(e);
        case ActivationKind::sigmoid:
            return pick_residual<Halves, ActivationKind::sigmoid>(e);
        case ActivationKind::silu:
            return pick_residual<Halves, ActivationKind::silu>(e);
    }
    return nullptr;
}

EpilogueFunction choose_epilogue(const Epilogue& e, int lanes) {
    return lanes <= 8 ? pick<1>(e) : pick<2>(e);
}

}  // namespace

extern const ConvKernels kAvx2Kernels;
const ConvKernels kAvx2Kernels = {"avx2",         micro<Words>, micro<Bytes>, depthwise,      widen,
                                  widen_channels, widen_three,  copy_three,   choose_epilogue};

}  // namespace octavo::onednn
