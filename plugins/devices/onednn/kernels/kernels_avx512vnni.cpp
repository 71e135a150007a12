// Four products at a time, added in 32 bits by one instruction: bytes are exact whatever the weights are.
#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"
#include "kernels/winograd.inc"

namespace octavo::onednn {
namespace {

template <std::size_t N>
struct Fours {
    template <std::size_t Pixels>
    static void step(std::int64_t offset, const std::int8_t* weights, const std::byte* const* at, Ints (*sums)[N]) {
        Ints w[N];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < N; ++v) w[v] = load_weights(weights + 4 * kLanes * v);
#pragma GCC unroll 10
        for (std::size_t j = 0; j < Pixels; ++j) {
            const Ints a = broadcast_four(at[j] + offset);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < N; ++v) sums[j][v] = _mm512_dpbusd_epi32(sums[j][v], a, w[v]);
        }
    }
    template <std::size_t Pixels>
    static void sum(const MicroWork& work, const std::byte* const* at, Ints (*sums)[N]) {
        for (int s = 0; s < work.steps; ++s)
            step<Pixels>(work.step_offset[s], work.weights + 4 * kLanes * N * static_cast<std::size_t>(s), at, sums);
    }
};

// As _mm512_dpbusd_epi32, of which GCC 12 copies the sums between registers here.
void add_fours(Ints& sums, Ints u8, Ints s8) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(u8), "v"(s8));
}

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
#pragma GCC unroll 10
            for (std::size_t j = 0; j < Pixels; ++j) {
                const std::byte* from = at[j] + work.step_offset[step];
#pragma GCC unroll 4
                for (std::size_t v = 0; v < N; ++v) add_fours(sums[j][v], _mm512_loadu_si512(from + 64 * v), w[v]);
            }
        }
    }
};

// Whether of an epilogue nothing is left but scale, bias, perhaps a residual in codes, and codes.
bool is_plain(const Epilogue& e) {
    return e.activation.kind == ActivationKind::none && e.destination_count == 1 && e.destinations[0].u8 && !e.residual_f32;
}

// Sums of a block, and between its steps the epilogue of another: its conversions and additions go where no multiplier is.
template <std::size_t Pixels, std::size_t N, Residual R, Sink S>
[[gnu::flatten]] void sum_and_finish(const MicroWork& work, std::int32_t* to, const Epilogue& epilogue, const PendingSums& pending) {
    Ints sums[Pixels][N];
    const std::byte* at[Pixels];
#pragma GCC unroll 10
    for (std::size_t j = 0; j < Pixels; ++j) {
        at[j] = work.pixel[j] + work.base;
#pragma GCC unroll 4
        for (std::size_t v = 0; v < N; ++v) sums[j][v] = load(work.start + kLanes * v);
    }
    const std::int8_t* weights = work.weights;
    const std::int32_t* offset = work.step_offset;
    const auto step = [&] {
        Fours<N>::template step<Pixels>(*offset++, weights, at, sums);
        weights += 4 * kLanes * N;
    };
    const int each = work.steps / pending.pixels;  // as many between all of them: branches are foreseen
    const std::int32_t* end = offset;
    for (int turn = 0; turn < pending.pixels; ++turn) {
        end += each;
        do step();
        while (offset < end);
        Ints done[N];
        for (std::size_t v = 0; v < N; ++v) done[v] = load(pending.sums + 16 * turn + sum_at(0, kLanes * v));
        PixelEpilogue<N, ActivationKind::none, R, S>(epilogue, pending.channel, kLanes * N)(done, pending.pixel + turn);
    }
    for (end = work.step_offset + work.steps; offset < end;) step();
#pragma GCC unroll 10
    for (std::size_t j = 0; j < Pixels; ++j)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < N; ++v) store(to + sum_at(j, kLanes * v), sums[j][v]);
}

template <std::size_t Pixels, std::size_t N>
SumAndFinish pick_fused(const Epilogue& e) {
    if (e.residual_u8)
        return e.destinations[0].from_zero ? sum_and_finish<Pixels, N, Residual::u8, Sink::u8_from_zero>
                                           : sum_and_finish<Pixels, N, Residual::u8, Sink::u8>;
    return e.destinations[0].from_zero ? sum_and_finish<Pixels, N, Residual::none, Sink::u8_from_zero>
                                       : sum_and_finish<Pixels, N, Residual::none, Sink::u8>;
}

// For blocks of pixels as large as they get; null for others.
SumAndFinish choose_fused(const Epilogue& e, int pixels, int lanes) {
    if (!is_plain(e)) return nullptr;
    if (lanes == 64) return pixels == 6 ? pick_fused<6, 4>(e) : pixels == 5 ? pick_fused<5, 4>(e) : nullptr;
    if (lanes == 48) return pixels == 8 ? pick_fused<8, 3>(e) : pixels == 7 ? pick_fused<7, 3>(e) : nullptr;
    if (lanes == 32) return pixels == 10 ? pick_fused<10, 2>(e) : pixels == 9 ? pick_fused<9, 2>(e) : nullptr;
    return nullptr;
}

template <std::size_t Pixels, std::size_t N, Sink S>
[[gnu::flatten]] void woven_pixels(const MicroWork& work, int first, const Epilogue& e, std::int64_t pixel, std::int64_t channel,
                                   int channels) {
    Ints sums[Pixels][N];
    const std::byte* at[Pixels];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < Pixels; ++j) {
        at[j] = work.pixel[first + static_cast<int>(j)];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < N; ++v) sums[j][v] = load(work.start + kLanes * v);
    }
    Woven<N>::template sum<Pixels>(work, at, sums);
    const PixelEpilogue<N, ActivationKind::none, Residual::none, S> finish(e, channel, channels);
#pragma GCC unroll 4
    for (std::size_t j = 0; j < Pixels; ++j) finish(sums[j], pixel + first + static_cast<std::int64_t>(j));
}

template <std::size_t N, Sink S>
void woven_row(const MicroWork& work, const Epilogue& e, std::int64_t pixel, std::int64_t channel, int channels) {
    using Block = void (*)(const MicroWork&, int, const Epilogue&, std::int64_t, std::int64_t, int);
    constexpr Block kBlocks[] = {woven_pixels<1, N, S>, woven_pixels<2, N, S>, woven_pixels<3, N, S>, woven_pixels<4, N, S>};
    for (int left = (work.pixels + 3) / 4, j = 0, count; left > 0; --left, j += count) {
        count = (work.pixels - j + left - 1) / left;
        kBlocks[count - 1](work, j, e, pixel, channel, channels);
    }
}

template <std::size_t N>
WovenAndFinish pick_woven(const Epilogue& e) {
    return e.destinations[0].from_zero ? woven_row<N, Sink::u8_from_zero> : woven_row<N, Sink::u8>;
}

WovenAndFinish choose_woven(const Epilogue& e, int lanes) {
    if (!is_plain(e) || e.residual_u8) return nullptr;
    return lanes == 64 ? pick_woven<4>(e) : lanes == 48 ? pick_woven<3>(e) : lanes == 32 ? pick_woven<2>(e) : pick_woven<1>(e);
}

// Four pixels, or four pairs of pixels, of up to 64 bytes each: the bytes of a channel side by side, in order. Unpacking works within 16
// bytes, so fours of channels were put apart before (`apart`).
__m512i apart(__m512i pixel) {
    return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), pixel);
}
template <int Vectors>
void store_woven(const __m512i* a, std::byte* to) {
    const __m512i low01 = _mm512_unpacklo_epi8(a[0], a[1]), low23 = _mm512_unpacklo_epi8(a[2], a[3]);
    const __m512i high01 = _mm512_unpackhi_epi8(a[0], a[1]), high23 = _mm512_unpackhi_epi8(a[2], a[3]);
    _mm512_storeu_si512(to, _mm512_unpacklo_epi16(low01, low23));
    if constexpr (Vectors > 1) _mm512_storeu_si512(to + 64, _mm512_unpackhi_epi16(low01, low23));
    if constexpr (Vectors > 2) _mm512_storeu_si512(to + 128, _mm512_unpacklo_epi16(high01, high23));
    if constexpr (Vectors > 3) _mm512_storeu_si512(to + 192, _mm512_unpackhi_epi16(high01, high23));
}

// `pixel(x)` in a window of four that moves on by `step`.
template <int Vectors, class Pixel>
void weave_places(const WeaveWork& work, std::int64_t places, std::int64_t first, std::int64_t step, const Pixel& pixel, std::byte* to) {
    const bool rolls = work.dilation == 1 && step < 4;
    __m512i a[4];
    for (std::int64_t place = 0, x = first; place < places; ++place, x += step, to += 64 * Vectors) {
        if (rolls && place > 0) {
            for (std::int64_t k = 4 - step; k < 4; ++k) {
                a[0] = a[1], a[1] = a[2], a[2] = a[3];
                a[3] = pixel(x + k);
            }
        } else {
            for (std::int64_t k = 0; k < 4; ++k) a[k] = pixel(x + k * work.dilation);
        }
        store_woven<Vectors>(a, to);
    }
}

void weave(const WeaveWork& work, std::byte* to) {
    const __mmask64 channels = ~std::uint64_t{0} >> (64 - work.channels), lanes = ~std::uint64_t{0} >> (64 - work.lanes);
    const __m512i border = _mm512_maskz_loadu_epi8(lanes, work.border);
    const auto one = [&](std::int64_t x) {
        if (x < 0 || x >= work.pixels) return border;
        return _mm512_maskz_loadu_epi8(channels, work.from + x * work.stride);
    };
    const auto single = [&](std::int64_t x) { return apart(one(x)); };
    if (work.lanes == 64) return weave_places<4>(work, work.places, work.first, work.step, single, to);
    if (work.lanes == 48) return weave_places<3>(work, work.places, work.first, work.step, single, to);
    if (work.lanes == 16) return weave_places<1>(work, work.places, work.first, work.step, single, to);
    // Two places at a time fill vectors as 64 channels do.
    const auto two = [&](std::int64_t x) { return apart(_mm512_inserti64x4(one(x), _mm512_castsi512_si256(one(x + work.step)), 1)); };
    const std::int64_t pairs = work.places / 2;
    weave_places<4>(work, pairs, work.first, 2 * work.step, two, to);
    if (work.places % 2) weave_places<2>(work, 1, work.first + 2 * pairs * work.step, work.step, single, to + pairs * 256);
}

}  // namespace

extern const RowKernels kAvx2Rows;
static constexpr WinogradKernels kWinograd = winograd_of(0.54);
extern constinit const ConvKernels kAvx512VnniKernels = [] {
    ConvKernels kernels = kernels_of("avx512_vnni", kAvx2Rows, kWinograd);
    kernels.exact_bytes = true;
    kernels.most_lanes = kMostLanes;
    kernels.most_pixels = [](int lanes) { return static_cast<int>(most_pixels(static_cast<std::size_t>(lanes) / kLanes)); };
    kernels.bytes = sum_lanes<Fours, kMostLanes>;
    kernels.choose_fused = choose_fused;
    kernels.weave = weave;
    kernels.woven = sum_lanes<Woven, kMostLanes>;
    kernels.choose_woven = choose_woven;
    return kernels;
}();

}  // namespace octavo::onednn
