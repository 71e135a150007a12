#include "kernels/depthwise_u8.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kBlock = 64, kSerialWork = 100'000;  // multiply-adds that do not repay waking a second thread

}  // namespace

DepthwiseU8::DepthwiseU8(const ConvShape& shape, const std::int8_t* weights, const std::vector<std::int32_t>& zero_point, int threads)
    : shape_(shape), kernels_(&conv_kernels()), lanes_((shape.input_c + 15) / 16 * 16), threads_(std::max(1, threads)) {
    const ConvShape& s = shape_;
    row_steps_ = (s.kernel_w + 3) / 4;
    woven_step_ = row_steps_ == 1 ? s.stride_w : 1;
    woven_ = (s.output_w - 1) * s.stride_w / woven_step_ + (row_steps_ - 1) * 4 * s.dilation_w + 1;
    slots_ = (s.kernel_h - 1) * s.dilation_h + 1;
    ring_bytes_ = slots_ * woven_ * std::min(lanes_, kBlock) * 4;
    weights_.assign(static_cast<std::size_t>(lanes_ * s.kernel_h * row_steps_ * 4), 0);
    start_.assign(static_cast<std::size_t>(lanes_), 0);
    border_.assign(static_cast<std::size_t>(lanes_), 0);
    for (std::int64_t c = 0; c < s.input_c; ++c) {
        const std::int64_t block = c / kBlock * kBlock, lanes = std::min(kBlock, lanes_ - block);
        std::int8_t* to = weights_.data() + (block * s.kernel_h * row_steps_ + c - block) * 4;
        std::int32_t sum = 0;
        for (std::int64_t y = 0; y < s.kernel_h; ++y)
            for (std::int64_t x = 0; x < s.kernel_w; ++x) {
                const std::int8_t weight = weights[(c * s.kernel_h + y) * s.kernel_w + x];
                to[(y * row_steps_ + x / 4) * lanes * 4 + x % 4] = weight;
                sum += weight;
            }
        const std::int32_t zero = zero_point[zero_point.size() > 1 ? static_cast<std::size_t>(c) : 0];
        start_[static_cast<std::size_t>(c)] = -zero * sum;
        border_[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(zero);
    }
    const std::int64_t blocks = (lanes_ + kBlock - 1) / kBlock * s.batch;
    const bool serial = s.batch * s.output_h * s.output_w * s.output_c * s.kernel_h * s.kernel_w < kSerialWork;
    if (!serial && blocks % threads_ != 0) bands_ = std::min<std::int64_t>(threads_, s.output_h);
}

void DepthwiseU8::run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const std::int64_t blocks = (lanes_ + kBlock - 1) / kBlock, rows = shape_.output_h;
    team.share(shape_.batch * blocks * bands_, [&](std::int64_t task, int thread) {
        const std::int64_t band = task % bands_, channel = task / bands_ % blocks * kBlock;
        const Part part = {task / bands_ / blocks,
                           rows * band / bands_,
                           rows * (band + 1) / bands_,
                           channel,
                           static_cast<int>(std::min(kBlock, lanes_ - channel)),
                           static_cast<int>(std::min(kBlock, shape_.input_c - channel))};
        const Finish finish = {kernels_->choose_woven(epilogue, part.lanes), kernels_->choose_epilogue(epilogue)};
        run_part(part, src, src_stride, epilogue, finish, scratch_ + thread * ring_bytes_);
    });
}

// Rows count from the upper border on; a row's slot is its number modulo the slots.
void DepthwiseU8::run_part(const Part& part, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue,
                           const Finish& finish, std::byte* ring) const {
    const ConvShape& s = shape_;
    const std::uint8_t* image = src + part.image * s.input_h * s.input_w * src_stride + part.channel;
    std::int64_t woven = part.first_row * s.stride_h;
    for (std::int64_t row = part.first_row; row < part.last_row; ++row) {
        const std::int64_t first = row * s.stride_h;
        for (woven = std::max(woven, first); woven < first + slots_; ++woven) {
            const std::int64_t y = woven - s.pad_top;
            const bool inside = y >= 0 && y < s.input_h;
            kernels_->weave({image + (inside ? y : 0) * s.input_w * src_stride, src_stride, inside ? s.input_w : 0, -s.pad_left,
                             woven_step_, s.dilation_w, woven_, border_.data() + part.channel, part.lanes, part.channels},
                            ring + woven % slots_ * woven_ * part.lanes * 4);
        }
        run_row(part, row, epilogue, finish, ring);
    }
}

void DepthwiseU8::run_row(const Part& part, std::int64_t row, const Epilogue& epilogue, const Finish& finish, const std::byte* ring) const {
    const ConvShape& s = shape_;
    const std::int64_t place = std::int64_t{part.lanes} * 4, steps = s.kernel_h * row_steps_;
    std::int32_t offsets[kMostSteps];
    for (std::int64_t step = 0; step < steps; ++step) {
        const std::int64_t slot = (row * s.stride_h + step / row_steps_ * s.dilation_h) % slots_;
        offsets[step] = static_cast<std::int32_t>((slot * woven_ + step % row_steps_ * 4 * s.dilation_w) * place);
    }
    const std::int64_t pixel_step = s.stride_w / woven_step_ * place, row_pixel = (part.image * s.output_h + row) * s.output_w;
    const std::byte* pixels[kTilePixels];
    alignas(64) std::int32_t sums[kTilePixels * kMostLanes];
    for (std::int64_t first = 0, count; first < s.output_w; first += count) {
        count = std::min(kTilePixels, s.output_w - first);
        for (std::int64_t j = 0; j < count; ++j) pixels[j] = ring + (first + j) * pixel_step;
        const MicroWork work = {static_cast<int>(count),
                                part.lanes,
                                pixels,
                                0,
                                offsets,
                                static_cast<int>(steps),
                                0,
                                weights_.data() + part.channel * steps * 4,
                                start_.data() + part.channel};
        if (finish.woven) {
            finish.woven(work, epilogue, row_pixel + first, part.channel, part.channels);
        } else {
            kernels_->woven(work, sums);
            finish.sums(epilogue, sums, row_pixel + first, work.pixels, part.channel, part.channels);
        }
    }
}

}  // namespace octavo::onednn
