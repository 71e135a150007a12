// With P the clipped distribution and Q its quantized form, sum P log(P / Q) splits into prefix sums within a level, because Q is the same
// in all filled bins of a level: one threshold costs one logarithm a level instead of one a bin.
#include "divergence.h"

#include <cmath>
#include <limits>

namespace octavo {
namespace {

// Bins of the histogram that are taken together: 4096 over its range, so 2048 to 4096 below the greatest magnitude.
constexpr std::int32_t kMostBins = 4096;
// Share of Q in the last bin where only clipped values stand; relative to a total of 1.
constexpr double kTiny = 1e-6;

double entropy(double count) {
    return count > 0 ? count * std::log(count) : 0;
}

}  // namespace

Divergence::Divergence(const octavo_histogram& histogram) {
    const std::int32_t stride = histogram.bins > kMostBins ? histogram.bins / kMostBins : 1;
    width_ = std::ldexp(1.0, histogram.exponent) / histogram.bins * stride;
    prefixes_.push_back({});
    std::size_t used = 0;
    for (std::int32_t k = 0; k < histogram.bins; k += stride) {
        std::uint64_t count = 0;
        for (std::int32_t j = k; j < k + stride; ++j) count += histogram.positive[j] + histogram.negative[j];
        const Prefix& before = prefixes_.back();
        prefixes_.push_back({before.count + count, before.filled + (count > 0), before.entropy + entropy(static_cast<double>(count))});
        if (count > 0) used = prefixes_.size() - 1;
    }
    prefixes_.resize(used + 1);
}

double Divergence::at(std::size_t kept, std::size_t levels) const {
    const double total = static_cast<double>(prefixes_.back().count);
    const double inside = static_cast<double>(prefixes_[kept].count);
    if (inside == 0) return std::numeric_limits<double>::infinity();
    const double last = static_cast<double>(prefixes_[kept].count - prefixes_[kept - 1].count);
    const double outside = total - inside;

    // sum over levels of count * log(mean count of the level's filled bins)
    double crossed = 0;
    double last_mean = 0;
    std::size_t from = 0;
    for (std::size_t level = 0; level < levels; ++level) {
        // Bin k belongs to level floor((k + 0.5) * levels / kept), so the first bin behind this level is ceil((level + 1) * kept / levels -
        // 0.5).
        const std::size_t to = (2 * (level + 1) * kept + levels - 1) / (2 * levels);
        const double count = static_cast<double>(prefixes_[to].count - prefixes_[from].count);
        const double filled = static_cast<double>(prefixes_[to].filled - prefixes_[from].filled);
        last_mean = filled > 0 ? count / filled : 0;
        if (count > 0) crossed += count * std::log(last_mean);
        from = to;
    }
    // P = count / total, Q = mean / inside; clipped values join the last bin of P.
    double divergence = prefixes_[kept].entropy - entropy(last) + entropy(last + outside) - total * std::log(total) - crossed;
    double spread = 1;  // Q's total
    if (outside > 0 && last > 0) divergence -= outside * std::log(last_mean);
    if (outside > 0 && last == 0) {
        divergence -= outside * (std::log(kTiny) + std::log(inside));
        spread += kTiny;
    }
    return (divergence + total * (std::log(inside) + std::log(spread))) / total;
}

}  // namespace octavo
