// Own int8 depthwise convolution for CPUs that add four products of bytes in 32 bits (VNNI); conv_u8.h has the one for others.
//
// Work is cut by bands of output rows and by blocks of up to 64 channels. The rows that a kernel covers are woven into a ring in scratch:
// for each place of the kernel the bytes of four neighbouring pixels, channel by channel, the border as zero points. Each row is woven once
// a band, and a step of the micro kernel is four places of one kernel row at once. The sum starts at minus zero point times weights.
#pragma once

#include "kernels/conv_u8.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo::onednn {

class DepthwiseU8 {
public:
    // Whether this CPU has the kernels, for a shape that is depthwise().
    static bool serves(const ConvShape& shape) {
        return shape.depthwise() && conv_kernels().weave && shape.kernel_h * ((shape.kernel_w + 3) / 4) <= kMostSteps;
    }

    // weights: [channels][kernel_h][kernel_w]; zero_point: one, or one a channel.
    DepthwiseU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads);

    // As ConvU8's.
    void run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const;
    const char* form() const { return "depthwise_u8:"; }
    std::size_t weight_bytes() const { return weights_.size() + start_.size() * sizeof(std::int32_t) + border_.size(); }
    std::size_t scratch_bytes() const { return static_cast<std::size_t>(ring_bytes_) * static_cast<std::size_t>(threads_); }
    void set_scratch(std::byte* scratch) { scratch_ = scratch; }

private:
    static constexpr std::int64_t kMostSteps = 256;
    struct Part {  // of the work
        std::int64_t image, first_row, last_row, channel;
        int lanes, channels;
    };
    struct Finish {
        WovenAndFinish woven;  // with the sums; null: by `sums` afterwards
        EpilogueFunction sums;
    };
    void run_part(const Part& part, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue, const Finish& finish,
                  std::byte* ring) const;
    void run_row(const Part& part, std::int64_t row, const Epilogue& epilogue, const Finish& finish, const std::byte* ring) const;

    ConvShape shape_;
    const ConvKernels* kernels_;
    std::vector<std::int8_t> weights_;  // [block][step][lanes][4]
    std::vector<std::int32_t> start_;
    std::vector<std::uint8_t> border_;  // zero points
    std::int64_t lanes_ = 0, row_steps_ = 0, woven_ = 0, woven_step_ = 1, slots_ = 0, bands_ = 1, ring_bytes_ = 0;
    int threads_ = 1;
    std::byte* scratch_ = nullptr;
};

}  // namespace octavo::onednn
