// Histogram: exactly counted, of constant size, mergeable. Bins cover [0, 2^exponent) of the magnitude, positive and negative values apart,
// zeros apart from both; the exponent is the smallest whose range holds every value seen (never below kLeastExponent), and bins merge in
// pairs when it grows. So any order and any split of the same values gives the same counts, and minimum and maximum are exact.
#pragma once

#include <octavo/abi/algorithm.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace octavo {

class Histogram {
public:
    static constexpr std::int32_t kBins = 8192;        // of a tensor: at least 4096 lie below the greatest magnitude
    static constexpr std::int32_t kChannelBins = 512;  // of one channel
    static constexpr std::int32_t kMostBins = kBins;
    static constexpr std::int32_t kLeastExponent = -60;  // smaller values share the lowest bins

    // `bins` is a power of two up to kMostBins.
    explicit Histogram(std::int32_t bins = kBins);

    // False where a value is NaN or infinite; what was counted before it stays counted.
    [[nodiscard]] bool add(std::span<const float> values);
    // Both must have the same number of bins.
    void merge(const Histogram& other);

    // Valid until the next change of this histogram.
    octavo_histogram view() const;
    std::uint64_t count() const { return count_; }

private:
    bool has_negative() const { return counts_.size() > bins(); }
    std::size_t bins() const { return static_cast<std::size_t>(bins_); }
    void make_room(float magnitude, bool negative);
    void grow(std::int32_t exponent);
    void count_block(std::span<const float> block);

    std::int32_t bins_;
    std::int32_t exponent_ = kLeastExponent;
    std::uint64_t zeros_ = 0;
    std::uint64_t count_ = 0;
    // Floats as integers in the same order.
    std::int32_t least_ = std::numeric_limits<std::int32_t>::max();
    std::int32_t greatest_ = std::numeric_limits<std::int32_t>::min();
    std::vector<std::uint64_t> counts_;  // positive bins, and once needed negative bins
};

}  // namespace octavo
