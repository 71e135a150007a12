// Own int8 depthwise convolution for CPUs that add four products of bytes in 32 bits (VNNI); conv_u8.h has the one for others.
//
// Work is cut by bands of output rows and by blocks of up to 64 channels. Of the input rows that one or two output rows need, four at a
// time are woven in scratch: for each pixel the bytes of the four rows, channel by channel, the border as zero points. A step of the micro
// kernel is one column of four rows. Two output rows read the same, each with zeros for the rows of the other, where that makes no more
// steps than one takes (3x3 and 7x7 with stride 1, 5x5). The sum starts at minus zero point times weights.
#pragma once

#include "kernels/conv_u8.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo::onednn {

// Four rows to be woven: the bytes of channel c of all four side by side at to[place * place_bytes + 4 * c], for pixels first, first + 1,
// ...; those outside 0 .. pixels - 1 as the border. Of 32 or 64 channels, more than there are are written as anything.
struct WeaveWork {
    const std::uint8_t* row[4] = {};
    std::int64_t stride[4] = {};  // bytes between pixels; 0: the row is border throughout
    std::int64_t pixels = 0, first = 0, places = 0, place_bytes = 0;
    const std::uint8_t* border = nullptr;  // [channels], a pixel as those of the rows
    int channels = 64;
};

// Sums of woven rows: of `outputs` pixels of `rows` output rows, the first `kept` of which count.
struct WovenWork {
    std::int64_t outputs = 0;
    int rows = 1, kept = 1, lanes = 32;
    const std::byte* woven = nullptr;
    std::int64_t output_bytes = 0;  // between what two outputs begin with
    const std::int32_t* step_offset = nullptr;
    int steps = 0;
    const std::int8_t* weights = nullptr;  // [steps][rows][lanes][4]
    const std::int32_t* start = nullptr;   // [lanes]
};
inline constexpr std::size_t kWovenLanes = 32;  // that a micro kernel sums at most

// What of an epilogue a micro kernel of woven rows does itself: of the first row's pixels `pixel`, `pixel` + 1, ..., of the second row's
// `row_pixels` further.
struct WovenFinish {
    const Epilogue* epilogue;
    std::int64_t pixel, row_pixels, channel;
    int channels;
};

using WovenAndFinish = void (*)(const WovenWork& work, const WovenFinish& finish);

struct WovenKernels {
    void (*weave)(const WeaveWork& work, std::byte* to) = nullptr;
    void (*sum)(const WovenWork& work, std::int32_t* sums) = nullptr;  // of row r and lane c at sum_at(output, r * kWovenLanes + c)
    // Sums with their epilogue; null for those that are not plain.
    WovenAndFinish (*choose)(const Epilogue& epilogue) = nullptr;
};

class DepthwiseU8 {
public:
    // Whether this CPU has the kernels, for a shape that is depthwise().
    static bool serves(const ConvShape& shape) { return shape.depthwise() && conv_kernels().woven; }

    // weights: [channels][kernel_h][kernel_w]; zero_point: one, or one a channel.
    DepthwiseU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads);

    // As ConvU8's.
    void run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const;
    const char* form() const { return "depthwise_u8:"; }
    std::size_t weight_bytes() const { return weights_.size() + (start_.size() + offset_.size()) * sizeof(std::int32_t) + border_.size(); }
    std::size_t scratch_bytes() const { return static_cast<std::size_t>(woven_bytes_) * static_cast<std::size_t>(threads_); }
    void set_scratch(std::byte* scratch) { scratch_ = scratch; }

private:
    struct Finish {
        WovenAndFinish woven;  // with the sums; null: by `sums` afterwards
        EpilogueFunction sums;
    };
    struct Block {  // output rows, from `row` on, of up to 64 channels
        std::int64_t image, row, rows, channel, channels;
    };
    std::int64_t group_bytes() const { return lanes_ > 32 ? 256 : 128; }
    std::int64_t places_of(std::int64_t outputs) const {
        return (outputs - 1) * shape_.stride_w + (shape_.kernel_w - 1) * shape_.dilation_w + 1;
    }
    void pack(const std::int8_t* weights, const std::vector<std::int32_t>& zero_point);
    void run_block(const Block& block, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue, const Finish& finish,
                   std::byte* woven) const;
    void weave(const Block& block, std::int64_t first, std::int64_t places, const std::uint8_t* src, std::int64_t src_stride,
               std::byte* woven) const;
    void sum_and_finish(const WovenWork& work, const WovenFinish& to, EpilogueFunction finish) const;

    ConvShape shape_;
    const WovenKernels* kernels_;
    EpilogueFunction (*choose_epilogue_)(const Epilogue& epilogue);
    std::vector<std::int8_t> weights_;  // [block][step][row][lanes][4]
    std::vector<std::int32_t> start_;   // [lanes]
    std::vector<std::int32_t> offset_;  // [steps]
    std::vector<std::uint8_t> border_;  // zero points
    std::int64_t lanes_ = 0;
    // Output rows that are summed at once, fours of input rows for them, and outputs of a row for which they are woven.
    std::int64_t rows_ = 1, groups_ = 1, strip_ = 1;
    std::int64_t place_bytes_ = 0, bands_ = 1, woven_bytes_ = 0;
    int threads_ = 1;
    std::byte* scratch_ = nullptr;
};

}  // namespace octavo::onednn
