#include "kernels/products_f32.h"

#include "kernels/cpu.h"

#include <algorithm>

namespace octavo::onednn {

extern const FloatKernels kAvx2Floats;
extern const FloatKernels kAvx512Floats;

namespace {

constexpr std::int64_t kMostTiles = 72, kMostPixels = 48;
// With weights that no L2 cache holds, oneDNN's take 2.7 times as long, else they are as fast.
constexpr std::int64_t kLeastWeights = 1 << 19, kLeastPixels = 100;
constexpr std::int64_t kLeastTiles = 9;  // below, the transformed weights are read for too few products

// Rows of a block, `most` at most, so that each thread gets as many blocks of about the same size.
std::int64_t block_of(std::int64_t rows, std::int64_t most, std::int64_t threads) {
    const std::int64_t turns = parts_of(rows, threads * most);
    return parts_of(rows, threads * turns);
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

const FloatKernels* float_kernels() {  // null: this CPU has none
    __builtin_cpu_init();
    if (cpu_isa() >= Isa::avx512 && cpu_isa() != Isa::avx2_vnni) return &kAvx512Floats;
    return cpu_isa() >= Isa::avx2 && __builtin_cpu_supports("fma") ? &kAvx2Floats : nullptr;
}

bool gains_by_winograd(const ConvShape& s) {
    return WinogradTiles::fit(s) && s.input_c % kPanel == 0 && s.output_c >= kPanel && WinogradTiles(s).of_image() >= kLeastTiles;
}

class Winograd : public FloatProduct {
public:
    Winograd(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int threads)
        : FloatProduct("winograd", kernels),
          shape_(shape),
          panels_(parts_of(shape.output_c, kPanel)),
          tiles_(shape),
          border_(static_cast<std::size_t>(shape.input_c), 0.0F) {
        splits_ = tiles_.count() <= kMostTiles ? std::min<std::int64_t>(threads, panels_) : 1;
        block_tiles_ = splits_ > 1 ? tiles_.count() : block_of(tiles_.count(), kMostTiles, threads);
        // Planes are no power of two apart, which would put all 36 into the same few cache lines.
        input_plane_ = block_tiles_ * shape.input_c + 16;
        output_plane_ = block_tiles_ * panels_ * kPanel + 16;
        block_floats_ = kPlanes * (input_plane_ + output_plane_);
        scratch_floats_ = static_cast<std::size_t>(block_floats_ * (splits_ > 1 ? 1 : threads));
        pack(weights);
    }

    void run(Team& team, const FloatJob& job, float* scratch) const override {
        const Range all = {0, tiles_.count()}, panels = {0, panels_};
        if (splits_ > 1) {
            team.share(splits_, [&](std::int64_t part, int) { spread(job, all.part(part, splits_), 0, scratch); });
            team.share(splits_, [&](std::int64_t part, int) { finish(job, all, panels.part(part, splits_), scratch); });
            return;
        }
        team.share(parts_of(all.last, block_tiles_), [&](std::int64_t block, int thread) {
            const Range tiles = {block * block_tiles_, std::min(all.last, (block + 1) * block_tiles_)};
            float* const own = scratch + thread * block_floats_;
            spread(job, tiles, tiles.first, own);
            finish(job, tiles, panels, own);
        });
    }

private:
    void pack(const float* weights);
    // Tiles into planes whose row 0 is tile `row_0`.
    void spread(const FloatJob& job, Range tiles, std::int64_t row_0, float* scratch) const;
    // Of tiles whose planes lie in scratch from row 0 on: sums and outputs of some panels.
    void finish(const FloatJob& job, Range tiles, Range panels, float* scratch) const;
    void spread_tile(const float* source, std::int64_t tile, float* to) const;
    void gather_tile(const FloatJob& job, Range channels, std::int64_t tile, const float* from) const;

    ConvShape shape_;
    std::int64_t panels_;
    WinogradTiles tiles_;
    std::int64_t block_tiles_, splits_;
    std::int64_t input_plane_, output_plane_, block_floats_;
    std::vector<float> border_;  // a pixel outside of the image
};

// To [36][panels_][input_c][kPanel].
void Winograd::pack(const float* weights) {
    const std::int64_t inputs = shape_.input_c;
    weights_.assign(static_cast<std::size_t>(kPlanes * inputs * panels_ * kPanel), 0.0F);
    for (std::int64_t output = 0; output < shape_.output_c; ++output)
        for (std::int64_t c = 0; c < inputs; ++c) {
            double planes[kPlanes];
            transform_weights(weights + (output * inputs + c) * 9, planes);
            float* to = weights_.data() + (output / kPanel * inputs + c) * kPanel + output % kPanel;
            for (const double value : planes) {
                *to = static_cast<float>(value);
                to += inputs * panels_ * kPanel;
            }
        }
}

void Winograd::spread_tile(const float* source, std::int64_t tile, float* to) const {
    const float* pixels[kPlanes];
    tiles_.find_pixels(tile, source, shape_.input_c, border_.data(), pixels);
    kernels_.spread(pixels, shape_.input_c, input_plane_, to);
}

void Winograd::gather_tile(const FloatJob& job, Range channels, std::int64_t tile, const float* from) const {
    const ConvShape& s = shape_;
    const WinogradTiles::Place place = tiles_.first_output(tile);
    std::int64_t outputs[kTile * kTile];
    for (std::int64_t i = 0; i < kTile * kTile; ++i) {
        const std::int64_t y = place.y + i / kTile, x = place.x + i % kTile;
        const bool inside = y < s.output_h && x < s.output_w;
        outputs[i] = inside ? ((place.image * s.output_h + y) * s.output_w + x) * s.output_c : -1;
    }
    kernels_.gather(from, output_plane_, job, channels, outputs);
}

void Winograd::spread(const FloatJob& job, Range tiles, std::int64_t row_0, float* scratch) const {
    for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile)
        spread_tile(job.source, tile, scratch + (tile - row_0) * shape_.input_c);
}

void Winograd::finish(const FloatJob& job, Range tiles, Range panels, float* scratch) const {
    const std::int64_t depth = shape_.input_c, stride = panels_ * kPanel, first = panels.first * kPanel;
    float* const sums = scratch + kPlanes * input_plane_;
    for (std::int64_t plane = 0; plane < kPlanes; ++plane)
        kernels_.multiply(scratch + plane * input_plane_, tiles.last - tiles.first, depth,
                          weights_.data() + (plane * panels_ + panels.first) * depth * kPanel, panels.last - panels.first,
                          sums + plane * output_plane_ + first, stride);
    const Range channels = {first, std::min(panels.last * kPanel, shape_.output_c)};
    for (std::int64_t tile = tiles.first; tile < tiles.last; ++tile) gather_tile(job, channels, tile, sums + (tile - tiles.first) * stride);
}

bool gains_by_matrix_product(const ConvShape& s) {
    return s.groups == 1 && s.kernel_h * s.kernel_w * s.stride_h * s.stride_w == 1 && s.input_h == s.output_h && s.input_w == s.output_w &&
           s.output_c % kPanel == 0 && s.input_c * s.output_c >= kLeastWeights && s.output_h * s.output_w >= kLeastPixels;
}

class MatrixProduct : public FloatProduct {
public:
    MatrixProduct(const ConvShape& shape, const float* weights, const FloatKernels& kernels, int threads)
        : FloatProduct("gemm", kernels),
          rows_(shape.batch * shape.output_h * shape.output_w),
          depth_(shape.input_c),
          panels_(shape.output_c / kPanel),
          block_rows_(block_of(rows_, kMostPixels, threads)) {
        weights_.resize(static_cast<std::size_t>(depth_ * shape.output_c));  // [panels_][depth_][kPanel]
        for (std::int64_t c = 0; c < shape.output_c; ++c)
            for (std::int64_t k = 0; k < depth_; ++k)
                weights_[static_cast<std::size_t>((c / kPanel * depth_ + k) * kPanel + c % kPanel)] = weights[c * depth_ + k];
    }

    void run(Team& team, const FloatJob& job, float*) const override {
        team.share(parts_of(rows_, block_rows_), [&](std::int64_t block, int) {
            const Range rows = {block * block_rows_, std::min(rows_, (block + 1) * block_rows_)};
            kernels_.product(job, rows, depth_, weights_.data(), panels_);
        });
    }

private:
    std::int64_t rows_, depth_, panels_, block_rows_;
};

}  // namespace

std::unique_ptr<FloatProduct> make_float_product(const ConvShape& shape, const float* weights, int threads) {
    const FloatKernels* kernels = float_kernels();
    if (kernels && gains_by_winograd(shape)) return std::make_unique<Winograd>(shape, weights, *kernels, threads);
    if (kernels && gains_by_matrix_product(shape)) return std::make_unique<MatrixProduct>(shape, weights, *kernels, threads);
    return nullptr;
}

}  // namespace octavo::onednn
