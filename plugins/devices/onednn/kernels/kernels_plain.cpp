// The micro kernels of conv_u8.h and the epilogue in plain C++, for CPUs (or caps) below AVX2: the formulas of numbers.h, one by one.
#include "kernels/conv_u8.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

const std::int16_t* words_at(const std::byte* at, std::int32_t offset) {
    return reinterpret_cast<const std::int16_t*>(at + offset);
}

void words(const MicroWork& work, std::int32_t* acc) {
    std::fill_n(acc, 16 * work.pixels, 0);
    const std::int8_t* weights = work.weights;
    for (int run = 0; run < work.runs; ++run)
        for (int k = 0; k < work.run_steps; ++k, weights += 2 * work.lanes)
            for (int j = 0; j < work.pixels; ++j) {
                const std::int16_t* a = words_at(work.pixel[j], work.run_offset[run]) + 2 * k;
                for (int c = 0; c < work.lanes; ++c) acc[16 * j + c] += a[0] * weights[2 * c] + a[1] * weights[2 * c + 1];
            }
}

void depthwise(int pixels, const std::byte* const* pixel, const std::int32_t* tap_offset, int taps, const std::int16_t* weights,
               std::int32_t* acc) {
    std::fill_n(acc, 16 * pixels, 0);
    for (int j = 0; j < pixels; ++j)
        for (int tap = 0; tap < taps; ++tap)
            for (int c = 0; c < 16; ++c) acc[16 * j + c] += words_at(pixel[j], tap_offset[tap])[c] * weights[16 * tap + c];
}

void widen(const std::uint8_t* from, std::int64_t count, std::int16_t zero_point, std::int16_t* to) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>(from[i] - zero_point);
}

void widen_channels(const std::uint8_t* from, std::int64_t count, const std::int16_t* zero_point, std::int16_t* to) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int16_t>(from[i] - zero_point[i]);
}

void widen_three(const std::uint8_t* from, std::int64_t pixels, std::int16_t zero_point, std::int16_t* to) {
    for (std::int64_t x = 0; x < pixels; ++x)
        for (int c = 0; c < 3; ++c) to[4 * x + c] = static_cast<std::int16_t>(from[3 * x + c] - zero_point);
}

void copy_three(const std::uint8_t* from, std::int64_t pixels, std::uint8_t* to) {
    for (std::int64_t x = 0; x < pixels; ++x) std::copy_n(from + 3 * x, 3, to + 4 * x);
}

void epilogue(const Epilogue& e, const std::int32_t* acc, std::int64_t first_pixel, int pixels, std::int64_t first_channel, int channels) {
    for (int j = 0; j < pixels; ++j)
        for (int k = 0; k < channels; ++k) {
            const std::int64_t pixel = first_pixel + j, c = first_channel + k;
            float v = static_cast<float>(acc[16 * j + k]) * e.scale[c];
            v = v + e.bias[c];
            if (e.inner_scale > 0.0F)
                v = dequantize_u8(quantize_u8(v, e.inner_reciprocal, static_cast<float>(e.inner_zero_point)), e.inner_scale,
                                  e.inner_zero_point);
            if (e.residual_u8)
                v = v + dequantize_u8(e.residual_u8[pixel * e.residual_stride + c], e.residual_scale, e.residual_zero_point);
            else if (e.residual_f32)
                v = v + e.residual_f32[pixel * e.residual_stride + c];
            v = apply_activation(e.activation, v);
            for (int d = 0; d < e.destination_count; ++d) {
                const Destination& to = e.destinations[d];
                if (to.f32)
                    to.f32[pixel * to.stride + c] = v;
                else
                    to.u8[pixel * to.stride + c] = quantize_u8(v, to.reciprocal[c], to.zero_point[c]);
            }
        }
}

EpilogueFunction choose_epilogue(const Epilogue&, int) {
    return epilogue;
}

}  // namespace

extern const ConvKernels kPlainKernels;
const ConvKernels kPlainKernels = {"plain", words, nullptr, depthwise, widen, widen_channels, widen_three, copy_three, choose_epilogue};

}  // namespace octavo::onednn
