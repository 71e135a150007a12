// The float side of int8 groups, for everything that is no convolution: values are taken from u8 or f32 as real numbers, computed on in
// chunks of channels, and stored to u8 or f32 (numbers.h, step by step). One source, values.inc, compiled for each instruction set.
#pragma once

#include "kernels/epilogue.h"

#include <cstdint>

namespace octavo::onednn {

// One side of a pointwise operation. `pixel_stride` 0 with `image_stride`: one value a channel and image (a gate).
struct Operand {
    const std::uint8_t* u8 = nullptr;
    const float* f32 = nullptr;
    float scale = 1;  // of u8, for the whole tensor ...
    std::int32_t zero_point = 0;
    const float* scales = nullptr;  // ... or for each channel
    const std::int32_t* zero_points = nullptr;
    std::int64_t pixel_stride = 0, image_stride = 0;
};

enum class Pointwise { copy, add, subtract, multiply, divide, slope, scale_shift };  // slope: a where positive, else a * b

struct PointwiseJob {
    Pointwise kind = Pointwise::copy;
    Operand a, b;
    const float* scale = nullptr;  // [channels] for scale_shift
    const float* shift = nullptr;
    Activation activation;
    Destination destinations[2];
    int destination_count = 1;
    std::int64_t images = 1, pixels = 1, channels = 1;  // pixels of one image
};

struct PoolJob {
    const std::uint8_t* u8 = nullptr;  // source, channels-last, dense
    const float* f32 = nullptr;
    float scale = 1;
    std::int32_t zero_point = 0;
    bool include_padding = false;
    std::int64_t images = 1, input_h = 1, input_w = 1, channels = 1, output_h = 1, output_w = 1;
    std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0;
    std::int64_t pad_bottom = 0, pad_right = 0;
    Activation activation;
    Destination destinations[2];  // max pooling: codes are moved, [0] alone and without parameters
    int destination_count = 1;
};

constexpr std::int64_t kMostChannels = 4096;  // of a pixel that lrn and normalize take

struct NormalizationJob {  // across the channels of each pixel
    Operand a;
    Destination destinations[2];
    int destination_count = 1;
    std::int64_t pixels = 1, channels = 1;
    // of lrn:
    std::int64_t size = 5;
    float factor = 0, bias = 1;  // factor: alpha / size
};

struct PictureJob {  // the network's input: planes of f32 in, channels-last out
    const float* planes = nullptr;
    std::int64_t images = 1, pixels = 1, channels = 1;
    Destination destination;
};

struct ValueKernels {
    void (*pointwise)(const PointwiseJob& job, std::int64_t first_pixel, std::int64_t last_pixel);  // over images * pixels
    void (*max_pool)(const PoolJob& job, std::int64_t first_row, std::int64_t last_row);            // over images * output_h
    void (*average_pool)(const PoolJob& job, std::int64_t first_row, std::int64_t last_row);
    void (*lrn)(const NormalizationJob& job, std::int64_t first_pixel, std::int64_t last_pixel);
    // Divided by the root of the sum of squares; where that is 0, 0.
    void (*normalize)(const NormalizationJob& job, std::int64_t first_pixel, std::int64_t last_pixel);
    void (*activate)(const Activation& activation, std::int64_t count, float* values);
    void (*picture)(const PictureJob& job, std::int64_t first_pixel, std::int64_t last_pixel);  // over images * pixels
};

const ValueKernels& value_kernels();

}  // namespace octavo::onednn
