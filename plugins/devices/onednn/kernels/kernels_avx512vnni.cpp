// Four products at a time, added in 32 bits by one instruction: bytes are exact whatever the weights are.
#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"

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
        for (int s = 0; s < work.steps; ++s) step<Pixels>(work.step_offset[s], work.weights + 4 * kLanes * N * static_cast<std::size_t>(s), at, sums);
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

// What turns the sums of a pixel into codes, where all channels are there and no activation is left to compute: epilogue.inc's steps, with
// constants from memory, since the sums of another block fill the registers.
template <std::size_t N, Residual R, Sink S>
void finish_pixel(const Epilogue& e, const std::int32_t* sums, std::int64_t pixel, std::int64_t channel) {
    const Destination& to = e.destinations[0];
    Floats x[N];
    for (std::size_t v = 0; v < N; ++v)
        x[v] = to_floats(load(sums + sum_at(0, kLanes * v))) * load(e.scale + channel + kLanes * v) + load(e.bias + channel + kLanes * v);
    if constexpr (R == Residual::u8) {
        if (e.inner_scale > 0.0F) {
            const Floats zero = splat(static_cast<float>(e.inner_zero_point));
            for (std::size_t v = 0; v < N; ++v) x[v] = on_grid(x[v], splat(e.inner_scale), splat(e.inner_reciprocal), zero);
        }
        add_residual<N, R>(e, x, pixel * e.residual_stride + channel, kLanes * N, splat(e.residual_scale), splat(e.residual_zero_point));
    }
    for (std::size_t v = 0; v < N; ++v) {
        x[v] = x[v] * load(to.reciprocal + channel + kLanes * v);
        if constexpr (S == Sink::u8) x[v] = x[v] + load(to.zero_point + channel + kLanes * v);
    }
    store_codes<N>(x, to.u8 + pixel * to.stride + channel, kLanes * N);
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
    const std::int32_t *offset = work.step_offset, *end = offset;
    const auto sum_steps = [&](std::int64_t count) {
        for (end += count; offset < end; ++offset, weights += 4 * kLanes * N) Fours<N>::template step<Pixels>(*offset, weights, at, sums);
    };
    const int each = work.steps / pending.pixels;  // as many between all of them: branches are foreseen
    for (int turn = 0; turn < pending.pixels; ++turn) {
        sum_steps(each);
        finish_pixel<N, R, S>(epilogue, pending.sums + 16 * turn, pending.pixel + turn, pending.channel);
    }
    sum_steps(work.steps - each * pending.pixels);
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
    if (e.activation.kind != ActivationKind::none || e.destination_count != 1 || !e.destinations[0].u8 || e.residual_f32) return nullptr;
    if (lanes == 64) return pixels == 6 ? pick_fused<6, 4>(e) : pixels == 5 ? pick_fused<5, 4>(e) : nullptr;
    if (lanes == 48) return pixels == 8 ? pick_fused<8, 3>(e) : pixels == 7 ? pick_fused<7, 3>(e) : nullptr;
    if (lanes == 32) return pixels == 10 ? pick_fused<10, 2>(e) : pixels == 9 ? pick_fused<9, 2>(e) : nullptr;
    return nullptr;
}

// Unpacking works within 16 bytes, so fours of channels are put apart first: then the lanes come out in order.
void weave(const WeaveWork& work, std::byte* to) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __mmask64 channels = ~std::uint64_t{0} >> (64 - work.channels), lanes = ~std::uint64_t{0} >> (64 - work.lanes);
    const __m512i border = _mm512_permutexvar_epi32(order, _mm512_maskz_loadu_epi8(lanes, work.border));
    const auto pixel = [&](std::int64_t x) {
        if (x < 0 || x >= work.pixels) return border;
        return _mm512_permutexvar_epi32(order, _mm512_maskz_loadu_epi8(channels, work.from + x * work.stride));
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
                                        .most_pixels = [](int lanes) { return static_cast<int>(most_pixels(static_cast<std::size_t>(lanes) / kLanes)); },
                                        .words = sum_lanes<Words, kWordLanes>,
                                        .bytes = sum_any<Fours>,
                                        .choose_fused = choose_fused,
                                        .weave = weave,
                                        .woven = sum_any<Woven>,
                                        .rows = &kAvx2Rows,
                                        .choose_epilogue = choose_epilogue};

}  // namespace octavo::onednn
