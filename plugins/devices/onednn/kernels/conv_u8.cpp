#include "kernels/conv_u8.h"

#include "kernels/step_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace octavo::onednn {
namespace {

constexpr int kBlockPixels = 6;                    // of most micro kernels
constexpr std::int64_t kBandBytes = 256 * 1024;    // of input a band may take: stays in L2 beside the weights
constexpr std::int64_t kKeptWeights = 384 * 1024;  // that may take turns: they stay in L2
// Above this many weight bytes, and twice as many as there are codes, threads divide channels, so that each reads its part of them. Else
// they divide pixels, and each finds what it reads where it wrote it.
constexpr std::int64_t kSplitWeights = 192 * 1024;

constexpr std::int64_t kFewPixels = 64, kFewPixelsLanes = 32;
constexpr std::int64_t kSerialWork = 500'000;  // multiply-adds that do not repay waking a second thread

// A 1x1 convolution without stride or padding does not care about rows: every pixel is a row of one, so bands fit any size.
ConvShape flattened(ConvShape s) {
    if (s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.pad_top == 0 && s.pad_left == 0 &&
        s.output_h == s.input_h && s.output_w == s.input_w) {
        s.input_h = s.output_h = s.batch * s.input_h * s.input_w;
        s.batch = s.input_w = s.output_w = 1;
    }
    return s;
}

}  // namespace

ConvU8::ConvU8(const ConvShape& shape, const std::int8_t* weights, std::vector<std::int32_t> zero_point, int threads)
    : shape_(flattened(shape)),
      kernels_(&conv_kernels()),
      zero_point_(zero_point.begin(), zero_point.end()),
      work_(shape_.batch * shape_.output_h * shape_.output_w * shape_.output_c * (shape_.input_c / shape_.groups) * shape_.kernel_h *
            shape_.kernel_w),
      threads_(std::max(1, threads)) {
    if (std::ranges::all_of(zero_point_, [this](std::int16_t z) { return z == zero_point_[0]; })) zero_point_.resize(1);
    if (shape_.depthwise()) {
        pack_depthwise(weights);
    } else {
        if (zero_point_.size() == 1 && (kernels_->exact_bytes || pairs_fit(weights))) element_bytes_ = 1, step_ = 4;
        pack(weights);
    }
    const bool stays_inside = shape_.pad_top == 0 && shape_.pad_left == 0 && (shape_.output_h - 1) * shape_.stride_h < shape_.input_h &&
                              (shape_.output_w - 1) * shape_.stride_w < shape_.input_w;
    reads_in_place_ = element_bytes_ == 1 && shape_.kernel_h * shape_.kernel_w == 1 && stays_inside && padded_channels_ == shape_.input_c;
    padded_w_ =
        std::max((shape_.output_w - 1) * shape_.stride_w + (shape_.kernel_w - 1) * shape_.dilation_w + 1, shape_.pad_left + shape_.input_w);
    offset_ = element_offsets();
    steps_ = static_cast<int>(offset_.size());
    if (shape_.depthwise() && offset_.size() % 2) offset_.push_back(0);
    if (in_bytes() && !kernels_->exact_bytes) order_blocks();
    skips_rows_ = shape_.kernel_h > 1 && !shape_.depthwise() && twos_.empty() && (!in_bytes() || zero_point_[0] == 0);
    plan_bands();
}

// Where in the scratch rows the runs of a kernel lie, and of each run the steps.
std::vector<std::int32_t> ConvU8::element_offsets() const {
    const std::int64_t pixel = padded_channels_ * element_bytes_, row = padded_w_ * pixel;
    std::vector<std::int32_t> offsets;
    for (std::int64_t kh = 0; kh < shape_.kernel_h; ++kh)
        for (std::int64_t kw = 0; kw < shape_.kernel_w; kw += run_taps_)
            for (std::int64_t step = 0; step < run_steps_; ++step)
                offsets.push_back(static_cast<std::int32_t>(kh * shape_.dilation_h * row + kw * shape_.dilation_w * pixel + 4 * step));
    return offsets;
}

// Each block takes the steps in the order that its weights allow.
void ConvU8::order_blocks() {
    const std::vector<std::int32_t> offsets = std::move(offset_);
    const std::vector<Line> weights = weights_;
    const auto* from = reinterpret_cast<const std::int8_t*>(weights.data());
    auto* to = reinterpret_cast<std::int8_t*>(weights_.data());
    offset_.clear();
    for (const LaneBlock& block : lanes_.blocks) {
        const auto step_bytes = static_cast<std::size_t>(block.lanes * step_);
        const StepOrder order = order_steps(from, static_cast<std::int32_t>(offsets.size()), block.lanes);
        twos_.push_back(order.twos);
        for (const std::int32_t step : order.steps) {
            offset_.push_back(offsets[static_cast<std::size_t>(step)]);
            to = std::copy_n(from + static_cast<std::size_t>(step) * step_bytes, step_bytes, to);
        }
        from += offsets.size() * step_bytes;
    }
}

// Bands of equal size, since a thread gets several in a row, and as many as keep every thread busy.
void ConvU8::plan_bands() {
    const std::int64_t row = padded_w_ * padded_channels_ * element_bytes_;
    const std::int64_t halo = (shape_.kernel_h - 1) * shape_.dilation_h + 1 - shape_.stride_h;
    const std::int64_t most_rows = std::clamp<std::int64_t>((kBandBytes / row - halo) / shape_.stride_h, 1, shape_.output_h);
    bands_ = parts_of(shape_.output_h, most_rows);
    if (splits_ == 1 && work_ >= kSerialWork && shape_.batch < threads_) bands_ = std::min(round_up(bands_, threads_), shape_.output_h);
    std::int64_t rows = 1;
    for (std::int64_t band = 0; band < bands_; ++band) rows = std::max(rows, band_start(band + 1) - band_start(band));
    const std::int64_t input_rows = (rows - 1) * shape_.stride_h + (shape_.kernel_h - 1) * shape_.dilation_h + 1;
    band_bytes_ = reads_in_place_ ? 0 : round_up(input_rows * row + 64, 64);  // micro kernels may read up to a vector beyond the last pixel
}

std::int64_t ConvU8::band_start(std::int64_t band) const {
    const std::int64_t unit = shape_.input_w == 1 && shape_.output_w == 1 ? kBlockPixels : 1;
    return band == bands_ ? shape_.output_h : shape_.output_h * band / bands_ / unit * unit;
}

// Pairs as the micro kernel adds them: neighbouring input channels of a group at one place of the kernel.
bool ConvU8::pairs_fit(const std::int8_t* weights) const {
    const ConvShape& s = shape_;
    const std::int64_t inputs = s.input_c / s.groups, taps = s.kernel_h * s.kernel_w;
    for (std::int64_t oc = 0; oc < s.output_c; ++oc)
        for (std::int64_t ic = 0; ic < inputs; ic += 2)
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const std::int8_t* at = weights + (oc * inputs + ic) * taps + tap;
                const int a = at[0], b = ic + 1 < inputs ? at[taps] : 0;
                if (pair_sum(a, b) > kMostPair) return false;
            }
    return true;
}

void ConvU8::pack(const std::int8_t* weights) {
    const ConvShape& s = shape_;
    const std::int64_t outputs = s.output_c / s.groups, taps = s.kernel_h * s.kernel_w;
    group_input_ = s.input_c / s.groups;
    // Without pairs that must fit, steps need not end with a pixel.
    const bool joins = in_bytes() && kernels_->exact_bytes && s.groups == 1 && s.dilation_w == 1;
    run_taps_ = joins ? s.kernel_w : 1;
    run_steps_ = round_up(run_taps_ * group_input_, step_) / step_;
    group_pitch_ = joins ? group_input_ : run_steps_ * step_;
    padded_channels_ = s.groups * group_pitch_;
    const std::int64_t least = kernels_->least_lanes, lanes = round_up(outputs, least), steps = taps / run_taps_ * run_steps_;
    const std::int64_t bytes = s.groups * lanes * steps * step_;
    const std::int64_t codes = s.batch * (s.input_h * s.input_w * s.input_c + s.output_h * s.output_w * s.output_c);
    if (work_ >= kSerialWork && bytes > std::max(kSplitWeights, 2 * codes) && s.groups * lanes / least >= threads_) splits_ = threads_;
    // Few pixels read large weights often: the more of them are summed at once, the less so.
    const bool few = s.batch * s.output_h * s.output_w <= kFewPixels;
    const std::int64_t most = in_bytes() ? kernels_->most_lanes : kernels_->most_word_lanes;
    lanes_ = cut_lanes({.outputs = outputs,
                        .groups = s.groups,
                        .group_pitch = group_pitch_,
                        .least_lanes = least,
                        .most_lanes = few ? std::min(most, kFewPixelsLanes) : most,
                        .shares = splits_});
    weights_.assign(static_cast<std::size_t>(round_up(bytes, sizeof(Line))) / sizeof(Line), {});
    if (in_bytes()) start_.assign(static_cast<std::size_t>(s.groups * lanes), 0);
    std::vector<std::int64_t> step_of, slot_of;  // of each weight of an output channel
    for (std::int64_t ic = 0; ic < group_input_; ++ic)
        for (std::int64_t tap = 0; tap < taps; ++tap) {
            const std::int64_t element = tap % run_taps_ * group_input_ + ic;
            step_of.push_back(tap / run_taps_ * run_steps_ + element / step_);
            slot_of.push_back(element % step_);
        }
    for (const LaneBlock& block : lanes_.blocks)
        for (std::int64_t lane = 0; lane < block.channels; ++lane) {
            const std::int8_t* from = weights + (block.channel + lane) * group_input_ * taps;
            auto* to = reinterpret_cast<std::int8_t*>(weights_.data()) + (block.lane * steps + lane) * step_;
            std::int32_t sum = 0;
            for (std::size_t k = 0; k < step_of.size(); ++k) {
                to[step_of[k] * block.lanes * step_ + slot_of[k]] = from[k];
                sum += from[k];
            }
            if (in_bytes()) start_[static_cast<std::size_t>(block.lane + lane)] = -zero_point_[0] * sum;
        }
}

void ConvU8::pack_depthwise(const std::int8_t* weights) {
    const ConvShape& s = shape_;
    const std::int64_t taps = s.kernel_h * s.kernel_w, even_taps = round_up(taps, 2);
    // One group whose blocks of 16 outputs each read the 16 channels of their own.
    padded_channels_ = round_up(s.input_c, 16);
    group_input_ = s.input_c;
    for (std::int64_t c = 0; c < s.input_c; c += 16)
        lanes_.blocks.push_back({c, c, c, 16, static_cast<int>(std::min<std::int64_t>(16, s.input_c - c))});
    lanes_.shares = {0, lanes_.blocks.size()};
    depthwise_weights_.assign(static_cast<std::size_t>(even_taps * padded_channels_), 0);
    for (std::int64_t c = 0; c < s.input_c; ++c)
        for (std::int64_t tap = 0; tap < taps; ++tap)
            depthwise_weights_[static_cast<std::size_t>((c / 16 * even_taps + tap) * 16 + c % 16)] = weights[c * taps + tap];
}

void ConvU8::widen_row(const std::uint8_t* src, std::int64_t src_stride, std::int16_t* to) const {
    const ConvShape& s = shape_;
    if (s.depthwise() && zero_point_.size() > 1) {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            kernels_->rows->widen_channels(src + x * src_stride, s.input_c, zero_point_.data(), to + x * padded_channels_);
    } else if (padded_channels_ == s.input_c && src_stride == s.input_c && zero_point_.size() == 1) {
        kernels_->rows->widen(src, s.input_w * s.input_c, zero_point_[0], to);
    } else if (s.depthwise() || (padded_channels_ == s.input_c && zero_point_.size() == 1)) {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            kernels_->rows->widen(src + x * src_stride, s.input_c, zero_point_[0], to + x * padded_channels_);
    } else if (s.input_c == 3 && s.groups == 1 && src_stride == 3) {
        kernels_->rows->widen_three(src, s.input_w, zero_point_[0], to);
    } else {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            for (std::int64_t g = 0; g < s.groups; ++g) {
                const std::uint8_t* from = src + x * src_stride + g * group_input_;
                std::int16_t* pixel = to + x * padded_channels_ + g * group_pitch_;
                const std::int16_t zero_point = zero_point_[zero_point_.size() > 1 ? static_cast<std::size_t>(g) : 0];
                for (std::int64_t c = 0; c < group_input_; ++c) pixel[c] = static_cast<std::int16_t>(from[c] - zero_point);
            }
    }
}

void ConvU8::copy_row(const std::uint8_t* src, std::int64_t src_stride, std::uint8_t* to) const {
    const ConvShape& s = shape_;
    if (padded_channels_ == s.input_c && src_stride == s.input_c) {
        std::memcpy(to, src, static_cast<std::size_t>(s.input_w * s.input_c));
    } else if (s.input_c == 3 && s.groups == 1 && src_stride == 3) {
        kernels_->rows->copy_three(src, s.input_w, to);
    } else {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            for (std::int64_t g = 0; g < s.groups; ++g)
                std::memcpy(to + x * padded_channels_ + g * group_pitch_, src + x * src_stride + g * group_input_,
                            static_cast<std::size_t>(group_input_));
    }
}

ConvU8::Source ConvU8::copy_band(const std::uint8_t* src, std::int64_t src_stride, const Band& band, std::byte* scratch) const {
    const ConvShape& s = shape_;
    const std::int64_t top = band.first_row * s.stride_h - s.pad_top, source_row = s.input_w * src_stride;
    const auto* image = src + band.image * s.input_h * source_row;
    if (reads_in_place_) return {reinterpret_cast<const std::byte*>(image + top * source_row), src_stride, source_row};
    const std::int64_t pixel = padded_channels_ * element_bytes_, row = padded_w_ * pixel;
    const std::int64_t rows = (band.rows - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1;
    const std::int64_t left = s.pad_left * pixel, used = s.input_w * pixel;
    const bool exact = padded_channels_ == s.input_c;
    const int border = in_bytes() ? zero_point_[0] : 0;
    for (std::int64_t r = 0; r < rows; ++r) {
        std::byte* to = scratch + r * row;
        const std::int64_t y = top + r;
        const bool inside = y >= 0 && y < s.input_h;
        if (!inside || !exact) {
            std::memset(to, border, static_cast<std::size_t>(row));
        } else {
            std::memset(to, border, static_cast<std::size_t>(left));
            std::memset(to + left + used, border, static_cast<std::size_t>(row - left - used));
        }
        if (!inside) continue;
        if (in_bytes())
            copy_row(image + y * source_row, src_stride, reinterpret_cast<std::uint8_t*>(to + left));
        else
            widen_row(image + y * source_row, src_stride, reinterpret_cast<std::int16_t*>(to + left));
    }
    return {scratch, pixel, row};
}

// Blocks take turns at a tile of pixels, so that lines of the output are whole while they are in the cache; only so many of them as leave
// their weights there for the next tile.
void ConvU8::run_band(const Band& band, const Epilogue& epilogue, std::int64_t split, const Source& source, EpilogueFunction finish) const {
    const auto index = static_cast<std::size_t>(split);
    const std::int64_t lane_bytes = std::int64_t{steps_} * 4;
    for (std::size_t first = lanes_.shares[index], end = lanes_.shares[index + 1], last; first < end; first = last) {
        std::int64_t bytes = lanes_.blocks[first].lanes * lane_bytes;
        for (last = first + 1; last < end && bytes + lanes_.blocks[last].lanes * lane_bytes <= kKeptWeights; ++last)
            bytes += lanes_.blocks[last].lanes * lane_bytes;
        for (std::int64_t row = 0; row < band.rows;) {
            const Rows kernel = kernel_rows(band.first_row + row);
            std::int64_t next = skips_rows_ ? row + 1 : band.rows;
            while (next < band.rows && kernel_rows(band.first_row + next) == kernel) ++next;
            run_stretch({band.image, band.first_row + row, next - row}, source.below(row * shape_.stride_h), kernel,
                        {lanes_.blocks.data() + first, last - first}, epilogue, finish);
            row = next;
        }
    }
}

// Of the kernel, those that the input has for a row of the output. Rows of zeros add nothing.
ConvU8::Rows ConvU8::kernel_rows(std::int64_t output_row) const {
    const ConvShape& s = shape_;
    if (!skips_rows_) return {0, s.kernel_h};
    const std::int64_t top = output_row * s.stride_h - s.pad_top;
    Rows rows = {0, s.kernel_h};
    while (rows.first < rows.last && top + rows.first * s.dilation_h < 0) ++rows.first;
    while (rows.last > rows.first && top + (rows.last - 1) * s.dilation_h >= s.input_h) --rows.last;
    return rows;
}

const std::int8_t* ConvU8::weights_of(const LaneBlock& block) const {
    return reinterpret_cast<const std::int8_t*>(weights_.data()) + block.lane * steps_ * step_;
}

void ConvU8::run_stretch(const Band& rows, const Source& source, const Rows& kernel, std::span<const LaneBlock> blocks,
                         const Epilogue& epilogue, EpilogueFunction finish) const {
    const ConvShape& s = shape_;
    const std::int64_t pixels = rows.rows * s.output_w, first_pixel = (rows.image * s.output_h + rows.first_row) * s.output_w;
    const std::int64_t tiles = parts_of(pixels, kTilePixels), tile = parts_of(pixels, tiles);
    const std::byte* at[kTilePixels];
    alignas(64) std::int32_t sums[2][kTilePixels * kMostLanes];
    PendingSums pending;
    const auto finish_pending = [&] {
        if (pending.pixels) finish(epilogue, pending.sums, pending.pixel, pending.pixels, pending.channel, pending.channels);
    };
    const std::int64_t across = s.stride_w * source.pixel, down = s.stride_h * source.row - (s.output_w - 1) * across;
    const std::byte* next_pixel = source.first;
    for (std::int64_t p = 0, x = 0, turn = 0; p < pixels; p += tile) {
        const int count = static_cast<int>(std::min(tile, pixels - p));
        for (int j = 0; j < count; ++j) {
            at[j] = next_pixel;
            const bool ends = ++x == s.output_w;
            next_pixel += ends ? down : across;
            if (ends) x = 0;
        }
        for (const LaneBlock& block : blocks) {
            MicroWork work = work_of(block, kernel);
            const int most = kernels_->most_pixels ? kernels_->most_pixels(block.lanes) : count, parts = (count + most - 1) / most,
                      least = count / parts;
            const SumAndFinish fused[2] = {fused_of(epilogue, least, block), fused_of(epilogue, least + 1, block)};
            for (int part = 0, j = 0; part < parts; ++part, j += work.pixels, turn = 1 - turn) {
                work.pixel = at + j;
                work.pixels = least + (part < count % parts ? 1 : 0);
                if (const SumAndFinish both = fused[work.pixels - least];
                    both && pending.channels == block.lanes && work.steps >= pending.pixels) {
                    both(work, sums[turn], epilogue, pending);
                } else {
                    finish_pending();
                    sum(work, block, sums[turn]);
                }
                pending = {sums[turn], first_pixel + p + j, block.channel, work.pixels, block.channels};
            }
        }
    }
    finish_pending();
}

SumAndFinish ConvU8::fused_of(const Epilogue& epilogue, int pixels, const LaneBlock& block) const {
    return kernels_->choose_fused && in_bytes() ? kernels_->choose_fused(epilogue, pixels, block.lanes) : nullptr;
}

MicroWork ConvU8::work_of(const LaneBlock& block, const Rows& kernel) const {
    MicroWork work;
    work.lanes = block.lanes;
    work.base = block.element * element_bytes_;
    work.step_offset = offset_.data();
    work.steps = steps_;
    if (shape_.depthwise()) return work;
    work.weights = weights_of(block);
    if (in_bytes()) work.start = start_.data() + block.lane;
    if (twos_.empty()) {
        const auto row_steps = static_cast<int>(steps_ / shape_.kernel_h), skipped = static_cast<int>(kernel.first) * row_steps;
        work.step_offset += skipped;
        work.steps = static_cast<int>(kernel.last - kernel.first) * row_steps;
        work.weights += std::int64_t{block.lanes} * skipped * step_;
    } else {
        const auto index = static_cast<std::size_t>(&block - lanes_.blocks.data());
        work.step_offset += index * static_cast<std::size_t>(steps_);
        work.twos = twos_[index];
    }
    return work;
}

void ConvU8::sum(const MicroWork& work, const LaneBlock& block, std::int32_t* sums) const {
    if (!shape_.depthwise()) return (in_bytes() ? kernels_->bytes : kernels_->words)(work, sums);
    const auto taps = static_cast<int>(offset_.size());
    kernels_->rows->depthwise({work.pixels, work.pixel, work.base, work.step_offset, taps, depthwise_weights_.data() + block.lane * taps},
                              sums);
}

void ConvU8::run(Team& team, const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const EpilogueFunction finish = kernels_->choose_epilogue(epilogue);
    team.share(shape_.batch * bands_ * splits_, [&](std::int64_t task, int thread) {
        const std::int64_t split = task / (shape_.batch * bands_), band_index = task % bands_;
        const std::int64_t first = band_start(band_index);
        const Band band = {task / bands_ % shape_.batch, first, band_start(band_index + 1) - first};
        const Source source = copy_band(src, src_stride, band, scratch_ + thread * band_bytes_);
        run_band(band, epilogue, split, source, finish);
    });
}

}  // namespace octavo::onednn
