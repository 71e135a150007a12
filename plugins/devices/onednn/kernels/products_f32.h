// Convolutions of f32 by own kernels, for a caller who tolerates their errors (abi/draft/device.h):
//   Winograd, 3x3: minimal filtering F(4x4, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016), 36 products
//     for 16 outputs instead of 144. Errors are about ten times those of plain sums, and weights take four times the memory. Three stages:
//     input tiles into 36 planes [tile][input channel], a matrix product a plane, 36 planes [tile][output channel] into outputs.
//   MatrixProduct, 1x1: plain sums, pixels times weights.
// Threads share the tiles or pixels in blocks, or where there are few tiles, the output channels, so that none reads all weights.
// Each output depends on what it reads alone, whatever the batch and the threads.
#pragma once

#include "kernels/winograd_tiles.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace octavo::onednn {

inline constexpr float kOwnError = 1e-4F;  // of the largest output, at most; seen are 1e-5

constexpr std::int64_t kPanel = 16;  // output channels side by side in packed weights

// A bias is added to sums, then what is at `residual`, and the result is clamped: a ReLU's bounds are 0 and infinity.
struct FloatJob {
    const float* source = nullptr;    // channels-last, dense
    const float* bias = nullptr;      // [output_c], padded to a multiple of kPanel
    const float* residual = nullptr;  // as destination; null: none
    float low = 0, high = 0;
    float* destination = nullptr;
    std::int64_t channels = 0;  // of the destination
};

struct FloatKernels {
    const char* name;
    // to[row * stride + channel] = from[row][depth] times weights [panels][depth][kPanel]
    void (*multiply)(const float* from, std::int64_t rows, std::int64_t depth, const float* weights, std::int64_t panels, float* to,
                     std::int64_t stride);
    // The same, finished: rows are the source's and the destination's pixels.
    void (*product)(const FloatJob& job, Range rows, std::int64_t depth, const float* weights, std::int64_t panels);
    // A tile's 36 pixels of [channels], to plane i at to + i * plane.
    void (*spread)(const float* const* pixels, std::int64_t channels, std::int64_t plane, float* to);
    // A tile's 36 planes to its 16 outputs, of which each is at an offset in the destination; -1: outside of the image.
    void (*gather)(const float* from, std::int64_t plane, const FloatJob& job, Range channels, const std::int64_t* outputs);
};

// A convolution of f32 whose weights were packed once.
class FloatProduct {
public:
    virtual ~FloatProduct() = default;
    virtual void run(Team& team, const FloatJob& job, float* scratch) const = 0;

    const std::string& implementation() const { return implementation_; }
    std::size_t weight_bytes() const { return weights_.size() * sizeof(float); }
    std::size_t scratch_bytes() const { return scratch_floats_ * sizeof(float); }  // that `run` needs, for all threads together

protected:
    FloatProduct(const char* algorithm, const FloatKernels& kernels)
        : kernels_(kernels), implementation_(std::string(algorithm) + ":" + kernels.name) {}

    const FloatKernels& kernels_;
    std::vector<float> weights_;
    std::size_t scratch_floats_ = 0;

private:
    std::string implementation_;
};

// weights: [output_c][input_c][kernel_h][kernel_w]. Null: no algorithm gains with this shape, or the CPU has no kernels.
std::unique_ptr<FloatProduct> make_float_product(const ConvShape& shape, const float* weights, int threads);

}  // namespace octavo::onednn
