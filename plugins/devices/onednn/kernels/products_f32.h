// Convolutions of f32 by own kernels, for a caller who tolerates their errors (abi/draft/device.h):
//   Winograd, 3x3: minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016), 36 products
//     for 16 outputs instead of 144. Errors are about ten times those of plain sums, and weights take four times the memory. Three stages:
//     input tiles into 36 planes [tile][input channel], a matrix product a plane, 36 planes [tile][output channel] into outputs.
//   MatrixProduct, 1x1: plain sums, pixels times weights.
// Threads share the rows (tiles or pixels) in blocks, or where there are few of them, the output channels, so that none reads all weights.
// Each output depends on what it reads alone, whatever the batch and the threads.
#pragma once

#include "kernels/conv_u8.h"

#include <vector>

namespace octavo::onednn {

inline constexpr float kOwnError = 1e-4F;  // of the largest output, at most; seen are 1e-5

constexpr std::int64_t kPanel = 16;  // output channels side by side in packed weights
constexpr std::int64_t kPlanes = 36;

// A bias is added to sums, then what is at `residual`, and the result is clamped: a ReLU's bounds are 0 and infinity.
struct FloatJob {
    const float* source = nullptr;    // channels-last, dense
    const float* bias = nullptr;      // [output_c], padded to a multiple of kPanel
    const float* residual = nullptr;  // as destination; null: none
    float low = 0, high = 0;
    float* destination = nullptr;
    std::int64_t channels = 0;  // of the destination
};

struct Range {
    std::int64_t first, last;  // last: the one behind
};

struct FloatKernels {
    const char* name;
    // to[row * stride + channel] = from[row][depth] times weights [panels][depth][kPanel]
    void (*multiply)(const float* from, std::int64_t rows, std::int64_t depth, const float* weights, std::int64_t panels, float* to,
                     std::int64_t stride);
    // The same with `weights` of all panels, finished: rows are the source's and the destination's pixels.
    void (*product)(const FloatJob& job, Range rows, std::int64_t depth, const float* weights, Range panels);
    // A tile's 36 pixels of [channels], to plane i at to + i * plane.
    void (*spread)(const float* const* pixels, std::int64_t channels, std::int64_t plane, float* to);
    // A tile's 36 planes to its 16 outputs, of which each is at an offset in the destination; -1: outside of the image.
    void (*gather)(const float* from, std::int64_t plane, const FloatJob& job, Range channels, const std::int64_t* outputs);
};

const FloatKernels* float_kernels();  // null: this CPU has none

// A convolution ready to run: weights, [output_c][input_c][kernel_h][kernel_w], packed once.
class Winograd {
public:
    static bool fits(const ConvShape& shape);
    Winograd(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int threads);
    void run(const FloatJob& job) const;

    const char* name() const { return "winograd"; }
    std::size_t weight_bytes() const { return weights_.size() * sizeof(float); }
    std::size_t scratch_bytes() const { return static_cast<std::size_t>(scratch_floats_ * threads_) * sizeof(float); }
    void set_scratch(std::byte* scratch) { scratch_ = reinterpret_cast<float*>(scratch); }

private:
    void pack(const float* weights);
    void spread(const float* source, std::int64_t tile, float* to) const;
    void gather(const FloatJob& job, Range channels, std::int64_t tile, const float* from) const;
    // Of tiles whose planes lie in scratch: sums and outputs of some panels.
    void finish(const FloatJob& job, Range tiles, Range panels, float* scratch) const;

    ConvShape shape_;
    const FloatKernels& kernels_;
    std::int64_t threads_, panels_;
    std::int64_t tiles_h_, tiles_w_, tiles_, block_tiles_, splits_;
    std::int64_t input_plane_, output_plane_, scratch_floats_;
    std::vector<float> weights_;  // [36][panels_][input_c][kPanel]
    std::vector<float> border_;   // a pixel outside of the image
    float* scratch_ = nullptr;
};

class MatrixProduct {
public:
    static bool fits(const ConvShape& shape);
    MatrixProduct(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int threads);
    void run(const FloatJob& job) const;

    const char* name() const { return "gemm"; }
    std::size_t weight_bytes() const { return weights_.size() * sizeof(float); }
    std::size_t scratch_bytes() const { return 0; }
    void set_scratch(std::byte*) {}

private:
    std::int64_t rows_, depth_, panels_, block_rows_, splits_;
    const FloatKernels& kernels_;
    std::vector<float> weights_;  // [panels][depth][kPanel]
};

}  // namespace octavo::onednn
