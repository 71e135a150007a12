// entropy: clips where the quantized distribution tells least apart from the true one (Kullback-Leibler; see divergence.h). KL knows
// nothing of the size of errors, so its threshold gives way to that of least squared error where it makes more than twice its error. Inputs
// of the model and channels of depthwise convolutions keep all their values; where those are few, ranges go on behind them.
#include "divergence.h"

#include <octavo/ranges.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {weights_parameter(), activations_parameter()};

constexpr std::size_t kLeastBins = 256;
constexpr std::size_t kStride = 8;  // of the first sweep

// How many of 256 levels fall on the longer side when both reach to `threshold` at most: 256 where there is one side, 128 where both do.
std::size_t levels_for(const octavo_histogram& histogram, double threshold) {
    const Interval interval = clipped(histogram, threshold);
    const double longer = std::max(-interval.minimum, interval.maximum);
    return static_cast<std::size_t>(std::nearbyint(256 * longer / (interval.maximum - interval.minimum)));
}

// The threshold of least divergence; among equals the greatest.
double least_divergence_threshold(const octavo_histogram& histogram) {
    const Divergence divergence(histogram);
    std::size_t best = divergence.bins();
    double least = std::numeric_limits<double>::infinity();
    const auto try_bins = [&](std::size_t kept) {
        const double at = divergence.at(kept, levels_for(histogram, static_cast<double>(kept) * divergence.width()));
        if (at < least) {
            least = at;
            best = kept;
        }
    };
    for (std::size_t kept = divergence.bins(); kept >= kLeastBins; kept -= kStride) try_bins(kept);
    const std::size_t highest = std::min(divergence.bins(), best + kStride - 1);
    const std::size_t lowest = std::max(kLeastBins, best - std::min(best, kStride - 1));
    for (std::size_t kept = highest; kept >= lowest; --kept) try_bins(kept);
    const double greatest = std::max(-histogram.minimum, histogram.maximum);
    return best == divergence.bins() ? greatest : std::min((static_cast<double>(best) + 0.5) * divergence.width(), greatest);
}

Interval choose(const octavo_histogram& histogram) {
    const Interval all = extremes(histogram);
    const double greatest = std::max(-all.minimum, all.maximum);
    // Zeros only, or magnitudes below what the bins tell apart.
    if (greatest < static_cast<double>(2 * kLeastBins) * bin_width(histogram)) return all;
    const Interval by_divergence = clipped(histogram, least_divergence_threshold(histogram));
    const Interval by_error = clipped(histogram, least_error_threshold(histogram));
    return squared_error(histogram, by_divergence) > 2 * squared_error(histogram, by_error) ? by_error : by_divergence;
}

class Entropy final : public Algorithm {
public:
    static Result<std::unique_ptr<Entropy>> create(const Values& values) { return std::make_unique<Entropy>(RangeOptions::from(values)); }
    explicit Entropy(RangeOptions options) : options_(options) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        return set_ranges(calibration, editor, options_, choose, expected_extremes);
    }

private:
    RangeOptions options_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Entropy>("entropy", "1.0.0", "ranges that keep the distribution of values (Kullback-Leibler)",
                                                 octavo::kParameters))
