// Four products at a time, added in 32 bits by one instruction: bytes are exact whatever the weights are.
#include "kernels/vectors_avx512.h"

#include "kernels/epilogue.inc"
#include "kernels/sums.inc"
#include "kernels/winograd.inc"
#include "kernels/woven.inc"

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

enum class Beside { nothing, codes, codes_and_grid };  // a residual, and the grid of the sum before it

// PixelEpilogue's steps of a pixel whose sums wait, where it is plain: vector after vector with constants from memory, since sums of
// another block have the registers.
template <std::size_t N, Beside B, bool FromZero>
void finish_pixel(const Epilogue& e, const PendingSums& pending, int turn) {
    const std::int64_t pixel = pending.pixel + turn;
    const Destination& to = e.destinations[0];
    const std::int32_t* const sums = pending.sums + 16 * turn;
    Floats y[N];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < N; ++v) {
        const std::int64_t channel = pending.channel + static_cast<std::int64_t>(kLanes * v);
        Floats x = to_floats(load(sums + sum_at(0, kLanes * v))) * load(e.scale + channel) + load(e.bias + channel);
        if constexpr (B == Beside::codes_and_grid)
            x = on_grid(x, splat(e.inner_scale), splat(e.inner_reciprocal), splat(static_cast<float>(e.inner_zero_point)));
        if constexpr (B != Beside::nothing) {
            const std::uint8_t* const residual = e.residual_u8 + pixel * e.residual_stride + channel;
            x = x + to_floats(subtract(load_u8_as_s32(residual), splat(e.residual_zero_point))) * splat(e.residual_scale);
        }
        y[v] = x * load(to.reciprocal + channel);
        if constexpr (!FromZero) y[v] = y[v] + load(to.zero_point + channel);
    }
    store_codes<N>(y, to.u8 + pixel * to.stride + pending.channel, kLanes * N);
}

// Sums of a block, and between its steps the epilogue of another: its conversions and additions go where no multiplier is.
template <std::size_t Pixels, std::size_t N, Beside B, bool FromZero>
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
        finish_pixel<N, B, FromZero>(epilogue, pending, turn);
    }
    for (end = work.step_offset + work.steps; offset < end;) step();
#pragma GCC unroll 10
    for (std::size_t j = 0; j < Pixels; ++j)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < N; ++v) store(to + sum_at(j, kLanes * v), sums[j][v]);
}

template <std::size_t Pixels, std::size_t N>
SumAndFinish pick_fused(const Epilogue& e) {
    const auto pick = [&]<Beside B>(std::integral_constant<Beside, B>) {
        return e.destinations[0].from_zero ? sum_and_finish<Pixels, N, B, true> : sum_and_finish<Pixels, N, B, false>;
    };
    if (!e.residual_u8) return pick(std::integral_constant<Beside, Beside::nothing>());
    return e.inner_scale > 0 ? pick(std::integral_constant<Beside, Beside::codes_and_grid>())
                             : pick(std::integral_constant<Beside, Beside::codes>());
}

// For blocks of pixels as large as they get; null for others.
SumAndFinish choose_fused(const Epilogue& e, int pixels, int lanes) {
    if (!is_plain(e)) return nullptr;
    if (lanes == 64) return pixels == 6 ? pick_fused<6, 4>(e) : pixels == 5 ? pick_fused<5, 4>(e) : nullptr;
    if (lanes == 48) return pixels == 8 ? pick_fused<8, 3>(e) : pixels == 7 ? pick_fused<7, 3>(e) : nullptr;
    if (lanes == 32) return pixels == 10 ? pick_fused<10, 2>(e) : pixels == 9 ? pick_fused<9, 2>(e) : nullptr;
    return nullptr;
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
    kernels.woven = &kWoven;
    return kernels;
}();

}  // namespace octavo::onednn
