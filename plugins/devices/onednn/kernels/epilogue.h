// What follows the integer sums of a group, in float32, each step rounded, no fused multiply-add (docs/numbers.md): times scale, plus bias,
// (onto the inner grid and off it,) plus residual, activation, then to each destination: times the reciprocal of its scale, plus zero
// point, half to even, clamped to u8; or stored as it is. Vectors of channels are padded to a multiple of 16, and pixels are addressed by
// their index.
#pragma once

#include <octavo/numbers.h>

#include <cstdint>

namespace octavo::onednn {

struct Destination {
    std::uint8_t* u8 = nullptr;         // either u8 ...
    float* f32 = nullptr;               // ... or f32
    std::int64_t stride = 0;            // elements between pixels
    const float* reciprocal = nullptr;  // [channels] for u8
    const float* zero_point = nullptr;
    bool from_zero = false;  // all zero points are 0
};

struct Epilogue {
    const float* scale = nullptr;  // [channels]
    const float* bias = nullptr;   // [channels]
    const std::uint8_t* residual_u8 = nullptr;
    const float* residual_f32 = nullptr;
    std::int64_t residual_stride = 0;
    float residual_scale = 1;
    std::int32_t residual_zero_point = 0;
    // The grid that the sum is put on before a residual is added; scale 0: it stays real.
    float inner_scale = 0, inner_reciprocal = 0;
    std::int32_t inner_zero_point = 0;
    Activation activation;
    Destination destinations[2];
    int destination_count = 1;
};

// Of the sums (sum_at) of channels channel .. channel + channels - 1 of pixels first_pixel, first_pixel + 1, ...
using EpilogueFunction = void (*)(const Epilogue& epilogue, const std::int32_t* sums, std::int64_t first_pixel, int pixels,
                                  std::int64_t channel, int channels);

}  // namespace octavo::onednn
