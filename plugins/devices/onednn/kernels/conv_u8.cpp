#include "kernels/conv_u8.h"

#include "kernels/parallel.h"
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

constexpr int kBlockPixels = 6;  // of the micro kernel
constexpr std::int64_t kBandBytes = 192 * 1024;     // of input a band may take: stays in L2 beside the weights
constexpr std::int64_t kSplitWeights = 192 * 1024;  // above this many weight bytes threads divide channels, so that each reads its half

constexpr std::int64_t kFewPixels = 64;
constexpr std::int64_t kSerialWork = 500'000;  // multiply-adds that do not repay waking a second thread

std::int64_t round_up(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

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
    plan_bands(threads_);
}

// Where in the scratch rows the taps of a kernel lie, and of each tap the steps.
std::vector<std::int32_t> ConvU8::element_offsets() const {
    const std::int64_t pixel = padded_channels_ * element_bytes_, row = padded_w_ * pixel;
    const std::int64_t tap_steps = shape_.depthwise() ? 1 : group_pitch_ / step_;
    std::vector<std::int32_t> offsets;
    for (std::int64_t kh = 0; kh < shape_.kernel_h; ++kh)
        for (std::int64_t kw = 0; kw < shape_.kernel_w; ++kw)
            for (std::int64_t step = 0; step < tap_steps; ++step)
                offsets.push_back(static_cast<std::int32_t>(kh * shape_.dilation_h * row + kw * shape_.dilation_w * pixel + 4 * step));
    return offsets;
}

ConvU8::Block ConvU8::block_at(std::int64_t index) const {
    const std::int64_t group = index / group_blocks_, first = index % group_blocks_ * lanes_;
    const auto least = [this](std::int64_t count) { return static_cast<int>(std::min<std::int64_t>(lanes_, count)); };
    return {group, group * group_lanes_ + first, group * group_output_ + first, least(group_lanes_ - first), least(group_output_ - first)};
}

// Each block takes the steps in the order that its weights allow.
void ConvU8::order_blocks() {
    const std::vector<std::int32_t> offsets = std::move(offset_);
    const std::vector<Line> weights = weights_;
    const auto* from = reinterpret_cast<const std::int8_t*>(weights.data());
    auto* to = reinterpret_cast<std::int8_t*>(weights_.data());
    offset_.clear();
    for (std::int64_t block = 0; block < weight_groups_ * group_blocks_; ++block) {
        const int lanes = block_at(block).lanes;
        const auto step_bytes = static_cast<std::size_t>(lanes * step_);
        const StepOrder order = order_steps(from, static_cast<std::int32_t>(offsets.size()), lanes);
        twos_.push_back(order.twos);
        for (const std::int32_t step : order.steps) {
            offset_.push_back(offsets[static_cast<std::size_t>(step)]);
            to = std::copy_n(from + static_cast<std::size_t>(step) * step_bytes, step_bytes, to);
        }
        from += offsets.size() * step_bytes;
    }
}

void ConvU8::plan_bands(int threads) {
    const std::int64_t work = shape_.batch * shape_.output_h * shape_.output_w * shape_.output_c * (shape_.input_c / shape_.groups) *
                              shape_.kernel_h * shape_.kernel_w;
    if (work < kSerialWork) threads = 1;
    const std::int64_t row = padded_w_ * padded_channels_ * element_bytes_;
    const std::int64_t halo = (shape_.kernel_h - 1) * shape_.dilation_h + 1 - shape_.stride_h;
    const bool divide_channels =
        static_cast<std::int64_t>(weights_.size() * sizeof(Line)) > kSplitWeights && weight_groups_ * group_blocks_ >= threads;
    band_rows_ = std::clamp<std::int64_t>((kBandBytes / row - halo) / shape_.stride_h, 1, shape_.output_h);
    if (divide_channels) {
        splits_ = threads;
    } else {  // bands of equal size, and as many as keep every thread busy
        const std::int64_t wanted = shape_.batch >= threads ? 1 : threads;
        const std::int64_t count = round_up(std::max((shape_.output_h + band_rows_ - 1) / band_rows_, wanted), wanted);
        band_rows_ = std::max<std::int64_t>(1, (shape_.output_h + count - 1) / count);
    }
    if (shape_.input_w == 1 && shape_.output_w == 1) band_rows_ = round_up(band_rows_, kBlockPixels);
    bands_ = (shape_.output_h + band_rows_ - 1) / band_rows_;
    const std::int64_t rows = (std::min(band_rows_, shape_.output_h) - 1) * shape_.stride_h + (shape_.kernel_h - 1) * shape_.dilation_h + 1;
    band_bytes_ = reads_in_place_ ? 0 : round_up(rows * row + 64, 64);  // micro kernels may read up to a vector beyond the last pixel
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
    group_input_ = s.input_c / s.groups;
    group_output_ = s.output_c / s.groups;
    group_pitch_ = round_up(group_input_, step_);
    padded_channels_ = s.groups * group_pitch_;
    weight_groups_ = s.groups;
    const std::int64_t least = kernels_->least_lanes, most = in_bytes() ? kernels_->most_lanes : kernels_->most_word_lanes;
    group_lanes_ = round_up(group_output_, least);
    // Few pixels read large weights often: the more of them are summed at once, the less so.
    const bool few = s.batch * s.output_h * s.output_w <= kFewPixels;
    lanes_ = static_cast<int>(std::min(few ? std::min<std::int64_t>(most, 32) : most, group_lanes_));
    group_blocks_ = (group_lanes_ + lanes_ - 1) / lanes_;
    const std::int64_t taps = s.kernel_h * s.kernel_w, tap_steps = group_pitch_ / step_;
    const std::int64_t bytes = s.groups * group_lanes_ * taps * group_pitch_;
    weights_.assign(static_cast<std::size_t>(round_up(bytes, sizeof(Line))) / sizeof(Line), {});
    auto* packed = reinterpret_cast<std::int8_t*>(weights_.data());
    if (in_bytes()) start_.assign(static_cast<std::size_t>(s.groups * group_lanes_), 0);
    for (std::int64_t oc = 0; oc < s.output_c; ++oc) {
        const std::int64_t group = oc / group_output_, within = oc % group_output_;
        const Block block = block_at(group * group_blocks_ + within / lanes_);
        const std::int64_t lane = oc - block.channel, tap_bytes = tap_steps * block.lanes * step_;
        std::int8_t* first = packed + (block.lane * taps * tap_steps + lane) * step_;
        std::int32_t sum = 0;
        for (std::int64_t ic = 0; ic < group_input_; ++ic) {
            std::int8_t* to = first + ic / step_ * block.lanes * step_ + ic % step_;
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const std::int8_t weight = weights[(oc * group_input_ + ic) * taps + tap];
                to[tap * tap_bytes] = weight;
                sum += weight;
            }
        }
        if (in_bytes()) start_[static_cast<std::size_t>(block.lane + lane)] = -zero_point_[0] * sum;
    }
}

void ConvU8::pack_depthwise(const std::int8_t* weights) {
    const ConvShape& s = shape_;
    const std::int64_t taps = s.kernel_h * s.kernel_w, even_taps = round_up(taps, 2);
    // One group whose blocks of 16 outputs each read the 16 channels of their own.
    padded_channels_ = round_up(s.input_c, 16);
    group_output_ = s.output_c;
    group_lanes_ = padded_channels_;
    group_blocks_ = padded_channels_ / 16;
    block_pitch_ = 16;
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

// Blocks of output channels take turns at a tile of pixels, so that lines of the output are whole while they are in the cache.
void ConvU8::run_band(const Band& band, const Epilogue& epilogue, std::int64_t split, const Source& source, EpilogueFunction finish) const {
    const ConvShape& s = shape_;
    const std::int64_t blocks = weight_groups_ * group_blocks_, pixels = band.rows * s.output_w;
    const std::int64_t first_pixel = (band.image * s.output_h + band.first_row) * s.output_w;
    const std::int64_t tiles = (pixels + tile_pixels_ - 1) / tile_pixels_, tile = (pixels + tiles - 1) / tiles;
    const std::byte* at[kTilePixels];
    for (std::int64_t p = 0, y = 0, x = 0; p < pixels; p += tile) {
        const int count = static_cast<int>(std::min<std::int64_t>(tile, pixels - p));
        for (int j = 0; j < count; ++j) {
            at[j] = source.first + y * s.stride_h * source.row + x * s.stride_w * source.pixel;
            if (++x == s.output_w) x = 0, ++y;
        }
        for (std::int64_t block = blocks * split / splits_; block < blocks * (split + 1) / splits_; ++block)
            run_tile(block, {at, static_cast<std::size_t>(count)}, first_pixel + p, epilogue, finish);
    }
}

void ConvU8::run_tile(std::int64_t index, std::span<const std::byte* const> pixels, std::int64_t first_pixel, const Epilogue& epilogue,
                      EpilogueFunction finish) const {
    const Block block = block_at(index);
    const std::int64_t base = (block.group * group_pitch_ + index % group_blocks_ * block_pitch_) * element_bytes_;
    alignas(64) std::int32_t sums[kTilePixels * kMostLanes];
    const auto count = static_cast<int>(pixels.size());
    if (shape_.depthwise()) {
        const auto taps = static_cast<int>(offset_.size());
        kernels_->rows->depthwise({count, pixels.data(), base, offset_.data(), taps, depthwise_weights_.data() + index * taps * 16}, sums);
    } else {
        const bool ordered = !twos_.empty();
        const auto* weights = reinterpret_cast<const std::int8_t*>(weights_.data()) + block.lane * steps_ * step_;
        const MicroWork work = {count, block.lanes, pixels.data(), base, offset_.data() + (ordered ? index * steps_ : 0), steps_,
                                ordered ? twos_[static_cast<std::size_t>(index)] : 0, weights, in_bytes() ? start_.data() + block.lane : nullptr};
        (in_bytes() ? kernels_->bytes : kernels_->words)(work, sums);
    }
    for (int lane = 0; lane < block.channels; lane += 16)
        finish(epilogue, sums + sum_at(0, static_cast<std::size_t>(lane)), first_pixel, count, block.channel + lane, std::min(16, block.channels - lane));
}

void ConvU8::run(const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const EpilogueFunction finish = kernels_->choose_epilogue(epilogue, lanes_);
    parallel(shape_.batch * bands_ * splits_, [&](std::int64_t task) {
        const std::int64_t split = task % splits_, band_index = task / splits_ % bands_;
        const std::int64_t first = band_index * band_rows_;
        const Band band = {task / splits_ / bands_, first, std::min(band_rows_, shape_.output_h - first)};
        const Source source = copy_band(src, src_stride, band, scratch_ + thread_index() * band_bytes_);
        run_band(band, epilogue, split, source, finish);
    });
}

}  // namespace octavo::onednn
