// Own int8 convolution, exact on every instruction set: u8 activations less their zero point and s8 weights are multiplied as 16-bit
// numbers (pmaddwd), so the sums that 16-bit saturation of u8 x s8 pairs (pmaddubsw) would spoil below VNNI are right, at the same
// number of multiply-adds a cycle on CPUs whose vector additions have ports of their own (docs/decisions/0003). Zero points cost nothing,
// padded or not, since the border of the widened copy is zero.
//
// Work is cut into bands of output rows. A band's input rows are widened into a scratch copy [rows][width][channels], the border zero;
// micro kernels then take 6 output pixels x 16 (or 8) output channels at a time over runs of consecutive scratch elements.
#pragma once

#include "kernels/epilogue.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo::onednn {

struct ConvShape {
    std::int64_t batch = 1, input_h = 1, input_w = 1, input_c = 1, output_h = 1, output_w = 1, output_c = 1, groups = 1;
    std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = 0;

    bool depthwise() const { return groups > 1 && groups == input_c && output_c == input_c; }
};

// What the micro kernels of one instruction set are.
struct ConvKernels {
    const char* name;
    // acc[pixels][16] = sums over `runs` runs of `run_pairs` pairs; pixel j's run r starts at pixel[j] + run_offset[r] (in s16 elements).
    // weights: [runs][run_pairs][lanes][2] s8, lanes = 8 or 16.
    void (*micro)(int pixels, int lanes, const std::int16_t* const* pixel, const std::int32_t* run_offset, int runs, int run_pairs,
                  const std::int8_t* weights, std::int32_t* acc);
    // acc[pixels][16] for 16 channels of a depthwise convolution; weights: [taps][16] s16, taps even (an odd one is paired with zeros).
    void (*depthwise)(int pixels, const std::int16_t* const* pixel, const std::int32_t* tap_offset, int taps, const std::int16_t* weights,
                      std::int32_t* acc);
    void (*widen)(const std::uint8_t* from, std::int64_t count, std::int16_t zero_point, std::int16_t* to);
    void (*widen_channels)(const std::uint8_t* from, std::int64_t count, const std::int16_t* zero_point, std::int16_t* to);
    // Pixels of three channels to pixels of four; the fourth may be left as anything, its weights are zero.
    void (*widen_three)(const std::uint8_t* from, std::int64_t pixels, std::int16_t zero_point, std::int16_t* to);
    // The loop that fits the epilogue, for blocks of at most 8 or 16 channels.
    EpilogueFunction (*choose_epilogue)(const Epilogue& epilogue, int lanes);
};

const ConvKernels& conv_kernels();  // the best this CPU (as capped by ONEDNN_MAX_CPU_ISA) can run

// A convolution ready to run: weights packed once.
class ConvU8 {
public:
    // weights: [output_c][input_c / groups][kernel_h][kernel_w]; zero_point: one, or one an input channel (depthwise).
    ConvU8(const ConvShape& shape, const std::int8_t* weights, std::vector<std::int32_t> zero_point, int threads);

    // src: [batch][input_h][input_w] pixels of input_c bytes, `src_stride` bytes apart. Destinations are in `epilogue`.
    void run(const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const;

    std::size_t weight_bytes() const { return weights_.size() + depthwise_weights_.size() * 2; }
    // Scratch that `run` needs, for all threads together, in bytes; aligned to 64.
    std::size_t scratch_bytes() const { return static_cast<std::size_t>(scratch_elements_) * 2 * static_cast<std::size_t>(threads_); }
    void set_scratch(std::byte* scratch) { scratch_ = reinterpret_cast<std::int16_t*>(scratch); }

private:
    struct Band {
        std::int64_t image, first_row, rows;
    };
    void plan_bands(int threads);
    void pack(const std::int8_t* weights);
    void pack_depthwise(const std::int8_t* weights);
    void widen_row(const std::uint8_t* src, std::int64_t src_stride, std::int16_t* to) const;
    void widen_band(const std::uint8_t* src, std::int64_t src_stride, const Band& band, std::int16_t* scratch) const;
    void run_band(const Band& band, const Epilogue& epilogue, std::int64_t split, const std::int16_t* scratch,
                  EpilogueFunction finish) const;

    ConvShape shape_;
    const ConvKernels* kernels_;
    std::vector<std::int16_t> zero_point_;
    std::vector<std::int8_t> weights_;
    std::vector<std::int16_t> depthwise_weights_;
    std::vector<std::int32_t> run_offset_;
    int lanes_ = 16;
    int run_pairs_ = 0;
    // Weights come in groups of blocks of `lanes_` outputs; a group reads its `group_pitch_` scratch channels, a block from `block_pitch_`
    // on.
    std::int64_t weight_groups_ = 1, group_input_ = 0, group_output_ = 0, group_blocks_ = 0, block_pitch_ = 0;
    std::int64_t group_pitch_ = 0, padded_channels_ = 0, padded_w_ = 0, band_rows_ = 0, bands_ = 0, splits_ = 1, scratch_elements_ = 0;
    int threads_ = 1;
    std::int16_t* scratch_ = nullptr;
};

}  // namespace octavo::onednn
