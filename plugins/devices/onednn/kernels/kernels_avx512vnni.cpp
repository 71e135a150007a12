// Four products at a time, added in 32 bits by one instruction: bytes are exact whatever the weights are.
#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"

namespace octavo::onednn {
namespace {

template <std::size_t N>
struct Fours {
    template <std::size_t Pixels>
    static void sum(const MicroWork& work, const std::byte* const* at, Ints (*sums)[N]) {
        const std::int8_t* weights = work.weights;
        for (int step = 0; step < work.steps; ++step) {
            Ints w[N];
#pragma GCC unroll 4
            for (std::size_t v = 0; v < N; ++v, weights += 4 * kLanes) w[v] = load_weights(weights);
#pragma GCC unroll 12
            for (std::size_t j = 0; j < Pixels; ++j) {
                const Ints a = broadcast_four(at[j] + work.step_offset[step]);
#pragma GCC unroll 4
                for (std::size_t v = 0; v < N; ++v) sums[j][v] = _mm512_dpbusd_epi32(sums[j][v], a, w[v]);
            }
        }
    }
};

// Woven rows: each lane has four bytes of its own.
template <std::size_t N>
struct Woven {
    template <std::size_t Pixels>
    static void sum(const MicroWork& work, const std::byte* const* at, Ints (*sums)[N]) {
        const std::int8_t* weights = work.weights;
        for (int step = 0; step < work.steps; ++step) {
            Ints w[N];
#pragma GCC unroll 4
            for (std::size_t v = 0; v < N; ++v, weights += 4 * kLanes) w[v] = load_weights(weights);
#pragma GCC unroll 12
            for (std::size_t j = 0; j < Pixels; ++j) {
                const std::byte* from = at[j] + work.step_offset[step];
#pragma GCC unroll 4
                for (std::size_t v = 0; v < N; ++v) sums[j][v] = _mm512_dpbusd_epi32(sums[j][v], _mm512_loadu_si512(from + 64 * v), w[v]);
            }
        }
    }
};

template <template <std::size_t> class Steps>
void sum_any(const MicroWork& work, std::int32_t* sums) {
    switch (work.lanes) {
        case 16:
            return sum_blocks<Steps, 1>(work, sums);
        case 32:
            return sum_blocks<Steps, 2>(work, sums);
        case 48:
            return sum_blocks<Steps, 3>(work, sums);
        default:
            return sum_blocks<Steps, 4>(work, sums);
    }
}

// Unpacking works within 16 bytes, so fours of channels are put apart first: then the lanes come out in order.
void weave(const WeaveWork& work, std::byte* to) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __mmask64 channels = ~std::uint64_t{0} >> (64 - work.channels), lanes = ~std::uint64_t{0} >> (64 - work.lanes);
    const __m512i border = _mm512_maskz_permutexvar_epi32(kAll, order, _mm512_maskz_loadu_epi8(lanes, work.border));
    const auto pixel = [&](std::int64_t x) {
        if (x < 0 || x >= work.pixels) return border;
        return _mm512_maskz_permutexvar_epi32(kAll, order, _mm512_maskz_loadu_epi8(channels, work.from + x * work.stride));
    };
    const bool rolls = work.dilation == 1 && work.step < 4;
    __m512i a[4] = {border, border, border, border};
    for (std::int64_t place = 0, x = work.first; place < work.places; ++place, x += work.step) {
        if (rolls && place > 0) {
            for (std::int64_t k = 4 - work.step; k < 4; ++k) {
                a[0] = a[1], a[1] = a[2], a[2] = a[3];
                a[3] = pixel(x + k);
            }
        } else {
            for (std::int64_t k = 0; k < 4; ++k) a[k] = pixel(x + k * work.dilation);
        }
        const __m512i low01 = _mm512_unpacklo_epi8(a[0], a[1]), low23 = _mm512_unpacklo_epi8(a[2], a[3]);
        const __m512i high01 = _mm512_unpackhi_epi8(a[0], a[1]), high23 = _mm512_unpackhi_epi8(a[2], a[3]);
        const __m512i woven[4] = {_mm512_unpacklo_epi16(low01, low23), _mm512_unpackhi_epi16(low01, low23),
                                  _mm512_unpacklo_epi16(high01, high23), _mm512_unpackhi_epi16(high01, high23)};
        for (int v = 0; v < work.lanes / 16; ++v, to += 64) _mm512_storeu_si512(to, woven[v]);
    }
}

}  // namespace

extern const RowKernels kAvx2Rows;
extern const ConvKernels kAvx512VnniKernels;
const ConvKernels kAvx512VnniKernels = {.name = "avx512_vnni",
                                        .exact_bytes = true,
                                        .least_lanes = kLeastLanes,
                                        .most_word_lanes = kWordLanes,
                                        .most_lanes = kMostLanes,
                                        .words = sum_lanes<Words, kWordLanes>,
                                        .bytes = sum_any<Fours>,
                                        .weave = weave,
                                        .woven = sum_any<Woven>,
                                        .rows = &kAvx2Rows,
                                        .choose_epilogue = choose_epilogue};

}  // namespace octavo::onednn
