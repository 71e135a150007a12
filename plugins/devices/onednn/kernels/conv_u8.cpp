#include "kernels/conv_u8.h"

#include "kernels/parallel.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

constexpr int kBlockPixels = 6;  // of the micro kernel
constexpr int kDepthwisePixels = 8;
constexpr std::int64_t kScratchBudget = 96 * 1024;  // s16 elements of widened input a band may take: stays in L2 beside the weights
constexpr std::int64_t kSplitWeights = 192 * 1024;  // above this many weight bytes threads divide channels, so that each reads its half

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

// Along a kernel row without groups or dilation the scratch elements of all taps follow each other: one run a row.
bool whole_rows(const ConvShape& s) {
    return s.groups == 1 && s.dilation_w == 1;
}

}  // namespace

ConvU8::ConvU8(const ConvShape& shape, const std::int8_t* weights, std::vector<std::int32_t> zero_point, int threads)
    : shape_(flattened(shape)),
      kernels_(&conv_kernels()),
      zero_point_(zero_point.begin(), zero_point.end()),
      threads_(std::max(1, threads)) {
    if (shape_.depthwise())
        pack_depthwise(weights);
    else
        pack(weights);
    padded_w_ =
        std::max((shape_.output_w - 1) * shape_.stride_w + (shape_.kernel_w - 1) * shape_.dilation_w + 1, shape_.pad_left + shape_.input_w);
    const std::int64_t row = padded_w_ * padded_channels_;
    for (std::int64_t kh = 0; kh < shape_.kernel_h; ++kh) {
        const std::int64_t at = kh * shape_.dilation_h * row;
        if (whole_rows(shape_)) {
            run_offset_.push_back(static_cast<std::int32_t>(at));
            continue;
        }
        for (std::int64_t kw = 0; kw < shape_.kernel_w; ++kw)
            run_offset_.push_back(static_cast<std::int32_t>(at + kw * shape_.dilation_w * padded_channels_));
    }
    if (shape_.depthwise() && run_offset_.size() % 2) run_offset_.push_back(0);
    plan_bands(threads_);
}

void ConvU8::plan_bands(int threads) {
    const std::int64_t work = shape_.batch * shape_.output_h * shape_.output_w * shape_.output_c * (shape_.input_c / shape_.groups) *
                              shape_.kernel_h * shape_.kernel_w;
    if (work < kSerialWork) threads = 1;
    const std::int64_t row = padded_w_ * padded_channels_;
    const std::int64_t halo = (shape_.kernel_h - 1) * shape_.dilation_h + 1 - shape_.stride_h;
    const bool divide_channels = static_cast<std::int64_t>(weights_.size()) > kSplitWeights && weight_groups_ * group_blocks_ >= threads;
    band_rows_ = std::clamp<std::int64_t>((kScratchBudget / row - halo) / shape_.stride_h, 1, shape_.output_h);
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
    scratch_elements_ = round_up(rows * row + 64, 64);  // micro kernels may read up to a vector beyond the last pixel
}

void ConvU8::pack(const std::int8_t* weights) {
    const ConvShape& s = shape_;
    group_input_ = s.input_c / s.groups;
    group_output_ = s.output_c / s.groups;
    group_pitch_ = round_up(group_input_, 2);
    padded_channels_ = s.groups * group_pitch_;
    weight_groups_ = s.groups;
    lanes_ = group_output_ <= 8 ? 8 : 16;
    group_blocks_ = (group_output_ + lanes_ - 1) / lanes_;
    const std::int64_t taps = s.kernel_h * s.kernel_w;
    run_pairs_ = static_cast<int>((whole_rows(s) ? s.kernel_w : 1) * group_pitch_ / 2);
    weights_.assign(static_cast<std::size_t>(s.groups * group_blocks_ * taps * group_pitch_ * lanes_), 0);
    for (std::int64_t oc = 0; oc < s.output_c; ++oc) {
        const std::int64_t group = oc / group_output_, within = oc % group_output_;
        const std::int64_t block = group * group_blocks_ + within / lanes_, lane = within % lanes_;
        for (std::int64_t ic = 0; ic < group_input_; ++ic)
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const std::int64_t k = tap * group_pitch_ + ic;  // element along the runs
                const std::int64_t at = ((block * taps * group_pitch_ / 2 + k / 2) * lanes_ + lane) * 2 + k % 2;
                weights_[static_cast<std::size_t>(at)] = weights[(oc * group_input_ + ic) * taps + tap];
            }
    }
}

void ConvU8::pack_depthwise(const std::int8_t* weights) {
    const ConvShape& s = shape_;
    const std::int64_t taps = s.kernel_h * s.kernel_w, even_taps = round_up(taps, 2);
    // One group whose blocks of 16 outputs each read the 16 channels of their own.
    padded_channels_ = round_up(s.input_c, 16);
    group_output_ = s.output_c;
    group_blocks_ = padded_channels_ / 16;
    block_pitch_ = 16;
    if (zero_point_.size() == 1) zero_point_.resize(static_cast<std::size_t>(s.input_c), zero_point_[0]);
    depthwise_weights_.assign(static_cast<std::size_t>(even_taps * padded_channels_), 0);
    for (std::int64_t c = 0; c < s.input_c; ++c)
        for (std::int64_t tap = 0; tap < taps; ++tap)
            depthwise_weights_[static_cast<std::size_t>((c / 16 * even_taps + tap) * 16 + c % 16)] = weights[c * taps + tap];
}

void ConvU8::widen_row(const std::uint8_t* src, std::int64_t src_stride, std::int16_t* to) const {
    const ConvShape& s = shape_;
    if (s.depthwise()) {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            kernels_->widen_channels(src + x * src_stride, s.input_c, zero_point_.data(), to + x * padded_channels_);
    } else if (padded_channels_ == s.input_c && src_stride == s.input_c && zero_point_.size() == 1) {
        kernels_->widen(src, s.input_w * s.input_c, zero_point_[0], to);
    } else if (padded_channels_ == s.input_c && zero_point_.size() == 1) {
        for (std::int64_t x = 0; x < s.input_w; ++x)
            kernels_->widen(src + x * src_stride, s.input_c, zero_point_[0], to + x * padded_channels_);
    } else if (s.input_c == 3 && s.groups == 1 && src_stride == 3) {
        kernels_->widen_three(src, s.input_w, zero_point_[0], to);
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

void ConvU8::widen_band(const std::uint8_t* src, std::int64_t src_stride, const Band& band, std::int16_t* scratch) const {
    const ConvShape& s = shape_;
    const std::int64_t row = padded_w_ * padded_channels_;
    const std::int64_t first = band.first_row * s.stride_h - s.pad_top;
    const std::int64_t rows = (band.rows - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1;
    const std::int64_t left = s.pad_left * padded_channels_, used = s.input_w * padded_channels_;
    const bool exact = padded_channels_ == s.input_c;
    for (std::int64_t r = 0; r < rows; ++r) {
        std::int16_t* to = scratch + r * row;
        const std::int64_t y = first + r;
        const bool inside = y >= 0 && y < s.input_h;
        if (!inside || !exact) {
            std::memset(to, 0, static_cast<std::size_t>(row) * 2);
        } else {
            std::memset(to, 0, static_cast<std::size_t>(left) * 2);
            std::memset(to + left + used, 0, static_cast<std::size_t>(row - left - used) * 2);
        }
        if (inside) widen_row(src + ((band.image * s.input_h + y) * s.input_w) * src_stride, src_stride, to + left);
    }
}

void ConvU8::run_band(const Band& band, const Epilogue& epilogue, std::int64_t split, const std::int16_t* scratch,
                      EpilogueFunction finish) const {
    const ConvShape& s = shape_;
    const std::int64_t pixels = band.rows * s.output_w, row = padded_w_ * padded_channels_;
    const std::int64_t first_pixel = (band.image * s.output_h + band.first_row) * s.output_w;
    const std::int64_t blocks = weight_groups_ * group_blocks_;
    const std::int64_t first_block = blocks * split / splits_, last_block = blocks * (split + 1) / splits_;
    const auto runs = static_cast<int>(run_offset_.size());
    const int block_pixels = s.depthwise() ? kDepthwisePixels : kBlockPixels;
    alignas(64) std::int32_t acc[kDepthwisePixels * 16] = {};
    for (std::int64_t block = first_block; block < last_block; ++block) {
        const std::int64_t group = block / group_blocks_, within = block % group_blocks_;
        const std::int64_t base = group * group_pitch_ + within * block_pitch_;
        const std::int64_t channel = group * group_output_ + within * lanes_;
        const int channels = static_cast<int>(std::min<std::int64_t>(lanes_, (group + 1) * group_output_ - channel));
        for (std::int64_t p = 0, y = 0, x = 0; p < pixels; p += block_pixels) {
            const int count = static_cast<int>(std::min<std::int64_t>(block_pixels, pixels - p));
            const std::int16_t* at[kDepthwisePixels];
            for (int j = 0; j < count; ++j) {
                at[j] = scratch + y * s.stride_h * row + x * s.stride_w * padded_channels_ + base;
                if (++x == s.output_w) x = 0, ++y;
            }
            if (s.depthwise())
                kernels_->depthwise(count, at, run_offset_.data(), runs, depthwise_weights_.data() + block * runs * 16, acc);
            else
                kernels_->micro(count, lanes_, at, run_offset_.data(), runs, run_pairs_,
                                weights_.data() + block * runs * run_pairs_ * 2 * lanes_, acc);
            finish(epilogue, acc, first_pixel + p, count, channel, channels);
        }
    }
}

void ConvU8::run(const std::uint8_t* src, std::int64_t src_stride, const Epilogue& epilogue) const {
    const EpilogueFunction finish = kernels_->choose_epilogue(epilogue, lanes_);
    parallel(shape_.batch * bands_ * splits_, [&](std::int64_t task) {
        const std::int64_t split = task % splits_, band_index = task / splits_ % bands_;
        const std::int64_t first = band_index * band_rows_;
        const Band band = {task / splits_ / bands_, first, std::min(band_rows_, shape_.output_h - first)};
        std::int16_t* scratch = scratch_ + thread_index() * scratch_elements_;
        widen_band(src, src_stride, band, scratch);
        run_band(band, epilogue, split, scratch, finish);
    });
}

}  // namespace octavo::onednn
