#include "kernels/products_f32.h"

#include "kernels/cpu.h"
#include "kernels/parallel.h"

#include <algorithm>

namespace octavo::onednn {

extern const FloatKernels kAvx2Floats;
extern const FloatKernels kAvx512Floats;

namespace {

constexpr std::int64_t kTile = 4, kMostTiles = 72, kBlockPixels = 48;
constexpr std::int64_t kLeastTiles = 9;  // below, the transformed weights are read for too few products

std::int64_t tiles_of(std::int64_t size) {
    return (size + kTile - 1) / kTile;
}
std::int64_t round_up(std::int64_t value, std::int64_t to) {
    return (value + to - 1) / to * to;
}

// G g G^T of F(4, 3): 3x3 weights to 6x6.
void transform_weights(const float* from, double* to) {
    constexpr double kG[6][3] = {
        {1. / 4, 0, 0}, {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6}, {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6},
        {0, 0, 1}};
    double between[6][3];
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t x = 0; x < 3; ++x) {
            between[i][x] = 0;
            for (std::size_t y = 0; y < 3; ++y) between[i][x] += kG[i][y] * from[y * 3 + x];
        }
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 6; ++j) to[i * 6 + j] = between[i][0] * kG[j][0] + between[i][1] * kG[j][1] + between[i][2] * kG[j][2];
}

}  // namespace

const FloatKernels* float_kernels() {
    __builtin_cpu_init();
    if (cpu_isa() >= Isa::avx512 && cpu_isa() != Isa::avx2_vnni) return &kAvx512Floats;
    return cpu_isa() >= Isa::avx2 && __builtin_cpu_supports("fma") ? &kAvx2Floats : nullptr;
}

bool Winograd::fits(const ConvShape& s) {
    const auto all = [](std::int64_t value, std::int64_t h, std::int64_t w) { return h == value && w == value; };
    return s.groups == 1 && all(3, s.kernel_h, s.kernel_w) && all(1, s.stride_h, s.stride_w) && all(1, s.dilation_h, s.dilation_w) &&
           s.input_c % kPanel == 0 && s.output_c >= kPanel && tiles_of(s.output_h) * tiles_of(s.output_w) >= kLeastTiles;
}

Winograd::Winograd(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int threads)
    : shape_(shape),
      kernels_(kernels),
      threads_(threads),
      padded_c_(round_up(shape.output_c, kPanel)),
      tiles_h_(tiles_of(shape.output_h)),
      tiles_w_(tiles_of(shape.output_w)),
      border_(static_cast<std::size_t>(shape.input_c), 0.0F) {
    const std::int64_t tiles = shape.batch * tiles_h_ * tiles_w_;
    const std::int64_t turns = (tiles + threads_ * kMostTiles - 1) / (threads_ * kMostTiles);
    block_tiles_ = (tiles + threads_ * turns - 1) / (threads_ * turns);
    // Planes are no power of two apart, which would put all 36 into the same few cache lines.
    input_plane_ = block_tiles_ * shape.input_c + 16;
    output_plane_ = block_tiles_ * padded_c_ + 16;
    scratch_floats_ = kPlanes * (input_plane_ + output_plane_);
    pack(weights);
}

void Winograd::pack(const float* weights) {
    const std::int64_t inputs = shape_.input_c;
    weights_.assign(static_cast<std::size_t>(kPlanes * inputs * padded_c_), 0.0F);
    parallel(shape_.output_c, [&](std::int64_t output) {
        for (std::int64_t c = 0; c < inputs; ++c) {
            double planes[kPlanes];
            transform_weights(weights + (output * inputs + c) * 9, planes);
            float* to = weights_.data() + (output / kPanel * inputs + c) * kPanel + output % kPanel;
            for (const double value : planes) {
                *to = static_cast<float>(value);
                to += inputs * padded_c_;
            }
        }
    });
}

void Winograd::spread(const float* source, std::int64_t tile, float* to) const {
    const ConvShape& s = shape_;
    const std::int64_t image = tile / (tiles_h_ * tiles_w_);
    const std::int64_t first_y = tile / tiles_w_ % tiles_h_ * kTile - s.pad_top, first_x = tile % tiles_w_ * kTile - s.pad_left;
    const float* pixels[kPlanes];
    for (std::int64_t i = 0; i < kPlanes; ++i) {
        const std::int64_t y = first_y + i / 6, x = first_x + i % 6;
        const bool inside = y >= 0 && y < s.input_h && x >= 0 && x < s.input_w;
        pixels[i] = inside ? source + ((image * s.input_h + y) * s.input_w + x) * s.input_c : border_.data();
    }
    kernels_.spread(pixels, s.input_c, input_plane_, to);
}

void Winograd::gather(const FloatJob& job, std::int64_t tile, const float* from) const {
    const ConvShape& s = shape_;
    const std::int64_t image = tile / (tiles_h_ * tiles_w_);
    const std::int64_t first_y = tile / tiles_w_ % tiles_h_ * kTile, first_x = tile % tiles_w_ * kTile;
    std::int64_t outputs[kTile * kTile];
    for (std::int64_t i = 0; i < kTile * kTile; ++i) {
        const std::int64_t y = first_y + i / kTile, x = first_x + i % kTile;
        const bool inside = y < s.output_h && x < s.output_w;
        outputs[i] = inside ? ((image * s.output_h + y) * s.output_w + x) * s.output_c : -1;
    }
    kernels_.gather(from, output_plane_, job, s.output_c, outputs);
}

void Winograd::run_block(const FloatJob& job, std::int64_t first_tile, std::int64_t tiles, float* scratch) const {
    float* const spread_to = scratch;
    float* const sums = scratch + kPlanes * input_plane_;
    for (std::int64_t i = 0; i < tiles; ++i) spread(job.source, first_tile + i, spread_to + i * shape_.input_c);
    for (std::int64_t plane = 0; plane < kPlanes; ++plane)
        kernels_.multiply(spread_to + plane * input_plane_, tiles, shape_.input_c, weights_.data() + plane * shape_.input_c * padded_c_,
                          padded_c_, sums + plane * output_plane_);
    for (std::int64_t i = 0; i < tiles; ++i) gather(job, first_tile + i, sums + i * padded_c_);
}

void Winograd::run(const FloatJob& job) const {
    const std::int64_t tiles = shape_.batch * tiles_h_ * tiles_w_;
    parallel((tiles + block_tiles_ - 1) / block_tiles_, [&](std::int64_t block) {
        const std::int64_t first = block * block_tiles_;
        run_block(job, first, std::min(block_tiles_, tiles - first), scratch_ + thread_index() * scratch_floats_);
    });
}

bool MatrixProduct::fits(const ConvShape& s) {
    return s.groups == 1 && s.kernel_h * s.kernel_w * s.stride_h * s.stride_w == 1 && s.input_h == s.output_h && s.input_w == s.output_w &&
           s.output_c % kPanel == 0 && s.output_h * s.output_w > 1;
}

MatrixProduct::MatrixProduct(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int)
    : rows_(shape.batch * shape.output_h * shape.output_w), depth_(shape.input_c), channels_(shape.output_c), kernels_(kernels) {
    weights_.resize(static_cast<std::size_t>(depth_ * channels_));
    for (std::int64_t c = 0; c < channels_; ++c)
        for (std::int64_t k = 0; k < depth_; ++k)
            weights_[static_cast<std::size_t>((c / kPanel * depth_ + k) * kPanel + c % kPanel)] = weights[c * depth_ + k];
}

void MatrixProduct::run(const FloatJob& job) const {
    parallel((rows_ + kBlockPixels - 1) / kBlockPixels, [&](std::int64_t block) {
        const std::int64_t first = block * kBlockPixels, rows = std::min(kBlockPixels, rows_ - first);
        kernels_.multiply(job.source + first * depth_, rows, depth_, weights_.data(), channels_, job.destination + first * channels_);
        kernels_.finish(job, first, rows, channels_);
    });
}

}  // namespace octavo::onednn
