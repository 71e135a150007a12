#include "kernels/depthwise_u8.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kLaneBlock = kWovenLanes, kBlock = 64;  // channels: of a micro kernel, and of a task, which has whole cache lines
constexpr std::int64_t kWovenBytes = 16384;                    // half of a first-level cache
constexpr std::int64_t kSerialWork = 100'000;                  // multiply-adds that do not repay waking a second thread

}  // namespace

DepthwiseU8::DepthwiseU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads)
    : shape_(shape),
      kernels_(conv_kernels().woven),
      choose_epilogue_(conv_kernels().choose_epilogue),
      lanes_(round_up(shape.input_c, 16)),
      threads_(std::max(1, threads)) {
    const ConvShape& s = shape_;
    const bool shares = s.output_h > 1 && s.dilation_h == 1 && parts_of(s.kernel_h + s.stride_h, 4) == parts_of(s.kernel_h, 4);
    rows_ = shares ? 2 : 1;
    groups_ = parts_of(s.kernel_h + (rows_ - 1) * s.stride_h, 4);
    place_bytes_ = groups_ * group_bytes();
    pack(weights, zero_point);

    const std::int64_t most = std::clamp<std::int64_t>((kWovenBytes / place_bytes_ - places_of(1)) / s.stride_w + 1, 1, kTilePixels);
    strip_ = parts_of(s.output_w, parts_of(s.output_w, most));
    woven_bytes_ = places_of(strip_) * place_bytes_;

    const bool serial = s.batch * s.output_h * s.output_w * s.output_c * s.kernel_h * s.kernel_w < kSerialWork;
    if (!serial && s.batch % threads_ != 0) bands_ = std::min<std::int64_t>(threads_, parts_of(s.output_h, rows_));
}

void DepthwiseU8::pack(const std::int8_t* weights, const std::vector<std::int32_t>& zero_point) {
    const ConvShape& s = shape_;
    const std::int64_t steps = groups_ * s.kernel_w;
    weights_.assign(static_cast<std::size_t>(lanes_ * steps * rows_ * 4), 0);
    start_.assign(static_cast<std::size_t>(lanes_), 0);
    border_.assign(static_cast<std::size_t>(lanes_), 0);
    for (std::int64_t c = 0; c < s.input_c; ++c) {
        const std::int64_t block = c / kLaneBlock * kLaneBlock, lanes = std::min(kLaneBlock, lanes_ - block);
        std::int8_t* to = weights_.data() + (block * steps * rows_ + c - block) * 4;
        std::int32_t sum = 0;
        for (std::int64_t y = 0; y < s.kernel_h; ++y)
            for (std::int64_t x = 0; x < s.kernel_w; ++x) {
                const std::int8_t weight = weights[(c * s.kernel_h + y) * s.kernel_w + x];
                for (std::int64_t row = 0; row < rows_; ++row) {
                    const std::int64_t woven = y + row * s.stride_h;
                    to[((woven / 4 * s.kernel_w + x) * rows_ + row) * lanes * 4 + woven % 4] = weight;
                }
                sum += weight;
            }
        const std::int32_t zero = zero_point[zero_point.size() > 1 ? static_cast<std::size_t>(c) : 0];
        start_[static_cast<std::size_t>(c)] = -zero * sum;
        border_[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(zero);
    }
    for (std::int64_t step = 0; step < steps; ++step)
        offset_.push_back(static_cast<std::int32_t>(step % s.kernel_w * s.dilation_w * place_bytes_ + step / s.kernel_w * group_bytes()));
}

void DepthwiseU8::run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const Finish finish = {kernels_->choose(epilogue), choose_epilogue_(epilogue)};
    const std::int64_t blocks = parts_of(lanes_, kBlock), pairs = parts_of(shape_.output_h, rows_);
    team.share(shape_.batch * blocks * bands_, [&](std::int64_t task, int thread) {
        const std::int64_t channel = task % blocks * kBlock, band = task / blocks % bands_, image = task / blocks / bands_;
        const std::int64_t last_row = std::min(shape_.output_h, pairs * (band + 1) / bands_ * rows_);
        for (std::int64_t row = pairs * band / bands_ * rows_; row < last_row; row += rows_)
            run_block({image, row, std::min(rows_, last_row - row), channel, std::min(kBlock, shape_.input_c - channel)}, src, src_stride,
                      epilogue, finish, scratch_ + thread * woven_bytes_);
    });
}

void DepthwiseU8::run_block(const Block& block, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue,
                            const Finish& finish, std::byte* woven) const {
    const ConvShape& s = shape_;
    WovenWork work;
    work.rows = static_cast<int>(rows_), work.kept = static_cast<int>(block.rows), work.output_bytes = s.stride_w * place_bytes_;
    work.steps = static_cast<int>(offset_.size()), work.step_offset = offset_.data();
    for (std::int64_t first = 0; first < s.output_w; first += work.outputs) {
        work.outputs = std::min(strip_, s.output_w - first);
        weave(block, first * s.stride_w - s.pad_left, places_of(work.outputs), src, src_stride, woven);
        for (std::int64_t lane = 0; lane < block.channels; lane += kLaneBlock) {
            const std::int64_t channel = block.channel + lane;
            work.lanes = static_cast<int>(std::min(kLaneBlock, lanes_ - channel)), work.woven = woven + lane * 4;
            work.weights = weights_.data() + channel * work.steps * rows_ * 4, work.start = start_.data() + channel;
            const WovenFinish to = {&epilogue, (block.image * s.output_h + block.row) * s.output_w + first, s.output_w, channel,
                                    static_cast<int>(std::min(kLaneBlock, block.channels - lane))};
            finish.woven ? finish.woven(work, to) : sum_and_finish(work, to, finish.sums);
        }
    }
}

void DepthwiseU8::sum_and_finish(const WovenWork& work, const WovenFinish& to, EpilogueFunction finish) const {
    alignas(64) std::int32_t sums[sum_at(0, 2 * kWovenLanes)];
    kernels_->sum(work, sums);
    for (int row = 0; row < work.kept; ++row)
        finish(*to.epilogue, sums + sum_at(0, kWovenLanes * static_cast<std::size_t>(row)), to.pixel + row * to.row_pixels,
               static_cast<int>(work.outputs), to.channel, to.channels);
}

void DepthwiseU8::weave(const Block& block, std::int64_t first, std::int64_t places, const std::uint8_t* src, std::int64_t src_stride,
                        std::byte* woven) const {
    const ConvShape& s = shape_;
    const std::uint8_t* image = src + block.image * s.input_h * s.input_w * src_stride + block.channel;
    const std::uint8_t* border = border_.data() + block.channel;
    WeaveWork work = {{}, {}, s.input_w, first, places, place_bytes_, border, static_cast<int>(block.channels)};
    for (std::int64_t group = 0; group < groups_; ++group) {
        for (std::int64_t i = 0; i < 4; ++i) {
            const std::int64_t y = block.row * s.stride_h - s.pad_top + (group * 4 + i) * s.dilation_h;
            const bool inside = y >= 0 && y < s.input_h;
            work.row[i] = inside ? image + y * s.input_w * src_stride : border;
            work.stride[i] = inside ? src_stride : 0;
        }
        kernels_->weave(work, woven + group * group_bytes());
    }
}

}  // namespace octavo::onednn
