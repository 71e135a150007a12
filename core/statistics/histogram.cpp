// Counting runs in two steps a block: extremes first (integer comparisons on the floats' bits, which compilers vectorize without leave to
// reorder floats), then one counter a value.
#include "core/statistics/histogram.h"

#include "core/statistics/slots.h"
#include "core/statistics/wide.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace octavo {
namespace {

constexpr std::int32_t kInfinity = 0x7F800000;

// An integer that orders as the float does; its own inverse.
constexpr std::int32_t ordered(std::int32_t bits) {
    return bits ^ ((bits >> 31) & 0x7FFFFFFF);
}
float as_float(std::int32_t key) {
    return std::bit_cast<float>(ordered(key));
}

struct Extremes {
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    std::int32_t greatest = std::numeric_limits<std::int32_t>::min();
};

__attribute__((always_inline)) inline Extremes extremes_of(const float* values, std::size_t count) {
    Extremes result;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t key = ordered(std::bit_cast<std::int32_t>(values[i]));
        result.least = key < result.least ? key : result.least;
        result.greatest = key > result.greatest ? key : result.greatest;
    }
    return result;
}

// Loops of a fixed length are the ones that -O2 vectorizes.
template <class Loop>
__attribute__((always_inline)) inline auto fixed_length(std::size_t count, Loop loop) {
    return count == kBlock ? loop(kBlock) : loop(count);
}

OCTAVO_WIDE Extremes extremes_of_block(const float* values, std::size_t size) {
    return fixed_length(size, [&](std::size_t count) { return extremes_of(values, count); });
}

void merge_bins(std::span<std::uint64_t> bins, std::int32_t shift) {
    for (std::size_t k = 0; k < bins.size(); ++k) {
        const std::uint64_t count = std::exchange(bins[k], 0);
        bins[k >> shift] += count;
    }
}

void add_bins(std::span<std::uint64_t> to, const std::uint64_t* from, std::int32_t shift) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k >> shift] += from[k];
}

// What a histogram without negative values shows for them.
constexpr std::array<std::uint64_t, Histogram::kMostBins> kNone{};

}  // namespace

Histogram::Histogram(std::int32_t bins) : bins_(bins), counts_(static_cast<std::size_t>(bins)) {
    if (bins < 1 || bins > kMostBins || !std::has_single_bit(static_cast<std::uint32_t>(bins))) std::abort();
}

bool Histogram::add(std::span<const float> values) {
    while (!values.empty()) {
        const std::span<const float> block = values.first(std::min(values.size(), kBlock));
        const Extremes seen = extremes_of_block(block.data(), block.size());
        if (seen.greatest >= kInfinity || seen.least <= ordered(std::bit_cast<std::int32_t>(-std::numeric_limits<float>::infinity()))) {
            return false;
        }
        least_ = std::min(least_, seen.least);
        greatest_ = std::max(greatest_, seen.greatest);
        make_room(std::max(std::fabs(as_float(seen.least)), std::fabs(as_float(seen.greatest))), seen.least < 0);
        count_block(block);
        values = values.subspan(block.size());
    }
    return true;
}

void Histogram::make_room(float magnitude, bool negative) {
    if (negative && !has_negative()) counts_.resize(2 * bins());
    if (magnitude > 0.0F) grow(std::ilogb(magnitude) + 1);
}

void Histogram::grow(std::int32_t exponent) {
    if (exponent <= exponent_) return;
    const std::int32_t shift = std::min(exponent - exponent_, 31);
    const std::span<std::uint64_t> all = counts_;
    merge_bins(all.first(bins()), shift);
    if (has_negative()) merge_bins(all.subspan(bins()), shift);
    exponent_ = exponent;
}

void Histogram::count_block(std::span<const float> block) {
    Slots slots;
    const SlotRule rule = {std::ldexp(static_cast<float>(bins_), -exponent_), static_cast<std::uint32_t>(bins_)};
    const std::size_t counted = nonzero_slots(block, rule, slots);
    std::uint64_t* const counts = counts_.data();
    for (std::size_t i = 0; i < counted; ++i) ++counts[slots[i]];
    zeros_ += block.size() - counted;
    count_ += block.size();
}

void Histogram::merge(const Histogram& other) {
    if (other.bins_ != bins_) std::abort();
    grow(other.exponent_);
    if (other.has_negative() && !has_negative()) counts_.resize(2 * bins());
    const std::int32_t shift = std::min(exponent_ - other.exponent_, 31);
    const std::span<std::uint64_t> all = counts_;
    const std::uint64_t* const from = other.counts_.data();
    add_bins(all.first(bins()), from, shift);
    if (other.has_negative()) add_bins(all.subspan(bins()), from + bins(), shift);
    zeros_ += other.zeros_;
    count_ += other.count_;
    least_ = std::min(least_, other.least_);
    greatest_ = std::max(greatest_, other.greatest_);
}

octavo_histogram Histogram::view() const {
    const std::uint64_t* const positive = counts_.data();
    const std::uint64_t* const negative = has_negative() ? positive + bins_ : kNone.data();
    // Adding zero turns -0 into 0.
    const double minimum = count_ > 0 ? static_cast<double>(as_float(least_)) + 0.0 : 0.0;
    const double maximum = count_ > 0 ? static_cast<double>(as_float(greatest_)) + 0.0 : 0.0;
    return {bins_, exponent_, positive, negative, zeros_, count_, minimum, maximum};
}

}  // namespace octavo
