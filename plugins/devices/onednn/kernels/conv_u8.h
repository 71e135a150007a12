// Own int8 convolution, exact on every instruction set, in two forms (docs/decisions/0002, 0007):
//   bytes: u8 activations times s8 weights. With VNNI four products at a time are added in 32 bits. Without it pairs are added in 16 bits
//     (pmaddubsw), which saturates: only where the weights of each pair of input channels are so small that it cannot; where those of two
//     steps are, both are added in 16 bits (step_order.h). The sum starts at minus zero point times weights.
//   words: u8 activations less their zero point and s8 weights, both widened to 16 bits (pmaddwd). For all other weights; 1.4 to 1.8 times
//     as long.
//
// Work is cut into bands of output rows. A band's input rows are copied into scratch [rows][width][channels], the border as real zeros;
// micro kernels then take so many output pixels x output channels at a time as registers hold, step by step of four bytes of input. 1x1
// convolutions in bytes read the tensor itself.
#pragma once

#include "kernels/epilogue.h"
#include "kernels/lane_blocks.h"
#include "kernels/team.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octavo::onednn {

struct ConvShape {
    std::int64_t batch = 1, input_h = 1, input_w = 1, input_c = 1, output_h = 1, output_w = 1, output_c = 1, groups = 1;
    std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0;

    bool depthwise() const { return groups > 1 && groups == input_c && output_c == input_c; }
};

inline constexpr std::int64_t kTilePixels = 96, kMostLanes = 64;  // that take turns, and that a micro kernel sums at most

// Where the sum of a pixel and a lane lies: the pixels of sixteen lanes together, as an epilogue takes them.
constexpr std::size_t sum_at(std::size_t pixel, std::size_t lane) {
    return lane / 16 * (16 * kTilePixels) + 16 * pixel + lane % 16;
}

// What a micro kernel sums: for each pixel, `steps` steps; pixel j's step s lies at pixel[j] + base + step_offset[s].
struct MicroWork {
    int pixels = 0, lanes = 16;  // lanes: output channels
    const std::byte* const* pixel = nullptr;
    std::int64_t base = 0;
    const std::int32_t* step_offset = nullptr;
    int steps = 0, twos = 0;               // twos: of bytes without VNNI, as in StepOrder
    const std::int8_t* weights = nullptr;  // [steps][lanes][elements of a step], aligned to 16
    const std::int32_t* start = nullptr;   // [lanes]: what the sums begin with; bytes only
};
using Micro = void (*)(const MicroWork& work, std::int32_t* sums);

// Sums that wait for their epilogue, of as many channels as a block has lanes.
struct PendingSums {
    const std::int32_t* sums = nullptr;
    std::int64_t pixel = 0, channel = 0;
    int pixels = 0, channels = 0;
};
// Sums of at least as many steps as pixels wait, and meanwhile the epilogue of those.
using SumAndFinish = void (*)(const MicroWork& work, std::int32_t* sums, const Epilogue& epilogue, const PendingSums& pending);

// 16 channels of a depthwise convolution on s16 elements; pixel j's tap t lies at pixel[j] + base + tap_offset[t].
struct DepthwiseWork {
    int pixels = 0;
    const std::byte* const* pixel = nullptr;
    std::int64_t base = 0;
    const std::int32_t* tap_offset = nullptr;
    int taps = 0;                           // even: an odd one is paired with zeros
    const std::int16_t* weights = nullptr;  // [taps][16]
};

struct RowKernels {
    void (*depthwise)(const DepthwiseWork& work, std::int32_t* sums);
    void (*widen)(const std::uint8_t* from, std::int64_t count, std::int16_t zero_point, std::int16_t* to);
    void (*widen_channels)(const std::uint8_t* from, std::int64_t count, const std::int16_t* zero_point, std::int16_t* to);
    // Pixels of three channels to pixels of four; the fourth may be left as anything, its weights are zero.
    void (*widen_three)(const std::uint8_t* from, std::int64_t pixels, std::int16_t zero_point, std::int16_t* to);
    void (*copy_three)(const std::uint8_t* from, std::int64_t pixels, std::uint8_t* to);
};

struct WinogradKernels;
struct WovenKernels;

// What the micro kernels of one instruction set are.
struct ConvKernels {
    const char* name = nullptr;
    bool exact_bytes = false;                                     // whatever the weights are
    int least_lanes = 16, most_word_lanes = 16, most_lanes = 16;  // output channels that are summed at once, in words and in bytes
    int (*most_pixels)(int lanes) = nullptr;                      // that are summed before their epilogue; null: a tile
    Micro words = nullptr;                                        // steps of two s16 elements
    Micro bytes = nullptr;                                        // steps of four u8 elements
    const RowKernels* rows = nullptr;
    const WinogradKernels* winograd = nullptr;
    EpilogueFunction (*choose_epilogue)(const Epilogue& epilogue) = nullptr;  // the loop that fits it
    // With VNNI, else null.
    SumAndFinish (*choose_fused)(const Epilogue& epilogue, int pixels, int lanes) = nullptr;  // of bytes; null where not plain
    const WovenKernels* woven = nullptr;
};

inline constexpr int kMostPair = 128;  // 255 * 128 is the last multiple of 255 that 16 bits hold

const ConvKernels& conv_kernels();  // the best this CPU (as capped by ONEDNN_MAX_CPU_ISA) can run

// A convolution ready to run: weights packed once.
class ConvU8 {
public:
    // weights: [output_c][input_c / groups][kernel_h][kernel_w]; zero_point: one, or one an input channel (depthwise).
    ConvU8(const ConvShape& shape, const std::int8_t* weights, std::vector<std::int32_t> zero_point, int threads);

    // src: [batch][input_h][input_w] pixels of input_c bytes, `src_stride` bytes apart. Destinations are in `epilogue`.
    void run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const;

    const char* form() const { return in_bytes() ? "conv_u8_bytes:" : "conv_u8:"; }
    std::size_t weight_bytes() const {
        return weights_.size() * sizeof(Line) + depthwise_weights_.size() * 2 + (start_.size() + offset_.size()) * 4;
    }
    // Scratch that `run` needs, for all threads together, in bytes; aligned to 64.
    std::size_t scratch_bytes() const { return static_cast<std::size_t>(band_bytes_) * static_cast<std::size_t>(threads_); }
    void set_scratch(std::byte* scratch) { scratch_ = scratch; }

private:
    bool in_bytes() const { return element_bytes_ == 1; }
    struct Band {
        std::int64_t image, first_row, rows;
    };
    // Where a band's elements lie: pixels and rows so many bytes apart.
    struct Source {
        const std::byte* first;
        std::int64_t pixel, row;
        Source below(std::int64_t rows) const { return {first + rows * row, pixel, row}; }
    };
    struct Rows {
        std::int64_t first, last;
        bool operator==(const Rows&) const = default;
    };
    struct alignas(64) Line {
        std::int8_t weights[64];
    };
    bool pairs_fit(const std::int8_t* weights) const;
    std::vector<std::int32_t> element_offsets() const;
    void order_blocks();
    void plan_bands();
    std::int64_t band_start(std::int64_t band) const;
    void pack(const std::int8_t* weights);
    void pack_depthwise(const std::int8_t* weights);
    void widen_row(const std::uint8_t* src, std::int64_t src_stride, std::int16_t* to) const;
    void copy_row(const std::uint8_t* src, std::int64_t src_stride, std::uint8_t* to) const;
    Source copy_band(const std::uint8_t* src, std::int64_t src_stride, const Band& band, std::byte* scratch) const;
    void run_band(const Band& band, const Epilogue& epilogue, std::int64_t split, const Source& source, EpilogueFunction finish) const;
    Rows kernel_rows(std::int64_t output_row) const;
    void run_stretch(const Band& rows, const Source& source, const Rows& kernel, std::span<const LaneBlock> blocks,
                     const Epilogue& epilogue, EpilogueFunction finish) const;
    const std::int8_t* weights_of(const LaneBlock& block) const;
    SumAndFinish fused_of(const Epilogue& epilogue, int pixels, const LaneBlock& block) const;
    MicroWork work_of(const LaneBlock& block, const Rows& kernel) const;
    void sum(const MicroWork& work, const LaneBlock& block, std::int32_t* sums) const;

    ConvShape shape_;
    const ConvKernels* kernels_;
    std::vector<std::int16_t> zero_point_;
    std::vector<Line> weights_;
    std::vector<std::int16_t> depthwise_weights_;
    std::vector<std::int32_t> offset_;  // of taps (depthwise), of steps, or [block][step] where each has an order of its own
    std::vector<int> twos_;             // of each block that has
    std::vector<std::int32_t> start_;   // of each lane, minus zero point times weights
    std::int64_t element_bytes_ = 2, step_ = 2;
    bool reads_in_place_ = false, skips_rows_ = false;
    int steps_ = 0;
    LaneBlocks lanes_;
    // The weights of `run_taps_` places of a kernel row follow each other as their elements do, in `run_steps_` steps.
    std::int64_t group_input_ = 0, group_pitch_ = 0, run_taps_ = 1, run_steps_ = 1;
    std::int64_t padded_channels_ = 0, padded_w_ = 0, bands_ = 0, splits_ = 1, band_bytes_ = 0;
    std::int64_t work_;  // multiply-adds
    int threads_ = 1;
    std::byte* scratch_ = nullptr;
};

}  // namespace octavo::onednn
