// What algorithms read from an octavo_histogram: its magnitudes, its percentiles, quantiles beyond what was counted, and the error that a
// quantized interval makes on it. Nothing here changes a histogram.
#pragma once

#include <octavo/abi/algorithm.h>
#include <octavo/numbers.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace octavo {

struct Interval {
    double minimum = 0;
    double maximum = 0;

    bool operator==(const Interval&) const = default;
};

inline double bin_width(const octavo_histogram& histogram) {
    return std::ldexp(1.0, histogram.exponent) / histogram.bins;
}

inline std::span<const std::uint64_t> positive_bins(const octavo_histogram& histogram) {
    return {histogram.positive, static_cast<std::size_t>(histogram.bins)};
}

inline std::span<const std::uint64_t> negative_bins(const octavo_histogram& histogram) {
    return {histogram.negative, static_cast<std::size_t>(histogram.bins)};
}

inline Interval extremes(const octavo_histogram& histogram) {
    return {histogram.minimum, histogram.maximum};
}

// The same values with their signs turned.
inline octavo_histogram mirrored(const octavo_histogram& histogram) {
    octavo_histogram result = histogram;
    std::swap(result.positive, result.negative);
    result.minimum = -histogram.maximum;
    result.maximum = -histogram.minimum;
    return result;
}

// The value that `above` of all values exceed (a real number: within a bin, values are taken to lie evenly); within the exact extremes.
inline double upper_percentile(const octavo_histogram& histogram, double above) {
    const double width = bin_width(histogram);
    const auto limited = [&](double x) { return std::clamp(x, histogram.minimum, histogram.maximum); };
    double left = above;
    const auto passes = [&left](std::uint64_t count) {  // true where the count holds the value sought, else it is left behind
        if (count > 0 && left < static_cast<double>(count)) return true;
        left -= static_cast<double>(count);
        return false;
    };
    const std::span<const std::uint64_t> positive = positive_bins(histogram);
    for (std::size_t k = positive.size(); k-- > 0;) {
        if (passes(positive[k])) return limited((static_cast<double>(k + 1) - left / static_cast<double>(positive[k])) * width);
    }
    if (passes(histogram.zeros)) return limited(0);
    const std::span<const std::uint64_t> negative = negative_bins(histogram);
    for (std::size_t k = 0; k < negative.size(); ++k) {
        if (passes(negative[k])) return limited(-(static_cast<double>(k) + left / static_cast<double>(negative[k])) * width);
    }
    return histogram.minimum;
}

inline double lower_percentile(const octavo_histogram& histogram, double below) {
    return -upper_percentile(mirrored(histogram), below);
}

// The values above a threshold; each stands at the middle of its bin.
struct Tail {
    double count = 0;
    double mean_excess = 0;  // over the threshold
};

inline Tail tail_above(const octavo_histogram& histogram, double threshold) {
    const double width = bin_width(histogram);
    Tail tail;
    const auto add = [&](std::uint64_t values, double x) {
        if (values == 0 || x <= threshold) return;
        tail.count += static_cast<double>(values);
        tail.mean_excess += static_cast<double>(values) * (std::min(x, histogram.maximum) - threshold);
    };
    const std::span<const std::uint64_t> positive = positive_bins(histogram), negative = negative_bins(histogram);
    for (std::size_t k = 0; k < positive.size(); ++k) add(positive[k], (static_cast<double>(k) + 0.5) * width);
    add(histogram.zeros, 0);
    for (std::size_t k = 0; k < negative.size(); ++k) add(negative[k], -(static_cast<double>(k) + 0.5) * width);
    if (tail.count > 0) tail.mean_excess /= tail.count;
    return tail;
}

// The value that a share of all values to come exceeds. Where so few were counted that less than one of them would, what exceeds the
// threshold that sqrt(count) of them reach is taken to fall off exponentially (peaks over a threshold: Coles 2001, "An introduction to
// statistical modeling of extreme values", chapter 4, with a shape of zero). An end does not cross zero.
inline double upper_quantile(const octavo_histogram& histogram, double share) {
    const double count = static_cast<double>(histogram.count), above = share * count;
    const double seen = upper_percentile(histogram, above);
    if (above >= 1 || above <= 0 || histogram.maximum <= 0) return seen;
    const double threshold = upper_percentile(histogram, std::sqrt(count));
    const Tail tail = tail_above(histogram, threshold);
    return tail.count > above ? std::max(seen, threshold + tail.mean_excess * std::log(tail.count / above)) : seen;
}

inline double lower_quantile(const octavo_histogram& histogram, double share) {
    return -upper_quantile(mirrored(histogram), share);
}

// Between the quantiles of a share at each end.
inline Interval quantile_interval(const octavo_histogram& histogram, double share) {
    return {lower_quantile(histogram, share), upper_quantile(histogram, share)};
}

// What holds both.
inline Interval hull(const Interval& a, const Interval& b) {
    return {std::min(a.minimum, b.minimum), std::max(a.maximum, b.maximum)};
}

// All that was seen, and no less than all but one in 100,000 of what is to come: nothing counted is clipped.
inline Interval expected_extremes(const octavo_histogram& histogram) {
    return hull(extremes(histogram), quantile_interval(histogram, 1e-5));
}

// The interval of the magnitudes up to `threshold`, as far as there are values.
inline Interval clipped(const octavo_histogram& histogram, double threshold) {
    return {std::clamp(histogram.minimum, -threshold, 0.0), std::clamp(histogram.maximum, 0.0, threshold)};
}

// The sum of squared errors of all values when 256 levels, one of them zero, cover the interval; each value stands at the middle of its
// bin.
inline double squared_error(const octavo_histogram& histogram, const Interval& interval) {
    const double step = (std::max(interval.maximum, 0.0) - std::min(interval.minimum, 0.0)) / static_cast<double>(kActivationLevels);
    const double least = step > 0 ? std::nearbyint(std::min(interval.minimum, 0.0) / step) : 0;
    const double width = bin_width(histogram);
    const auto side = [&](std::span<const std::uint64_t> bins, double sign) {
        double sum = 0;
        for (std::size_t k = 0; k < bins.size(); ++k) {
            if (bins[k] == 0) continue;
            const double x = sign * (static_cast<double>(k) + 0.5) * width;
            const double level = step > 0 ? std::clamp(std::nearbyint(x / step), least, least + static_cast<double>(kActivationLevels)) : 0;
            sum += static_cast<double>(bins[k]) * (x - level * step) * (x - level * step);
        }
        return sum;
    };
    return side(positive_bins(histogram), 1) + side(negative_bins(histogram), -1);
}

// The magnitude whose clipping makes the least squared error, searched from the greatest magnitude downwards in steps of 3 %, then finer
// around the best. It stays above 256 bins, below which a histogram says little about errors; the greatest magnitude wins ties.
inline double least_error_threshold(const octavo_histogram& histogram) {
    const double greatest = std::max(std::fabs(histogram.minimum), std::fabs(histogram.maximum));
    const double smallest = 256 * bin_width(histogram);
    double best = greatest;
    double best_error = squared_error(histogram, clipped(histogram, best));
    const auto sweep = [&](double from, double to, double factor) {
        for (double threshold = from; threshold > to && threshold > smallest; threshold *= factor) {
            const double error = squared_error(histogram, clipped(histogram, threshold));
            if (error < best_error) {
                best = threshold;
                best_error = error;
            }
        }
    };
    sweep(greatest * 0.97, 0, 0.97);
    sweep(std::min(greatest, best / 0.97), best * 0.97, 0.995);
    return best;
}

// The interval of least squared error of those that hold `inner`: both ends in turns, each from its extreme towards zero in steps of 4 %,
// until neither moves.
inline Interval least_error_around(const octavo_histogram& histogram, const Interval& inner) {
    constexpr double kStep = 0.96;
    const double smallest = 256 * bin_width(histogram);  // below, a histogram says little about errors
    const Interval all = hull(extremes(histogram), inner);
    Interval best = all;
    double least = squared_error(histogram, best);
    const auto move = [&](double Interval::*end) {
        bool moved = false;
        const auto try_at = [&](double value) {
            Interval tried = best;
            tried.*end = value;
            const double error = squared_error(histogram, tried);
            if (error >= least) return;
            least = error;
            best = tried;
            moved = true;
        };
        const double last = std::max(smallest, std::fabs(inner.*end));
        for (double share = 1; std::fabs(all.*end * share) > last; share *= kStep) try_at(all.*end * share);
        if (inner.*end != 0) try_at(inner.*end);
        return moved;
    };
    for (int round = 0; round < 4; ++round) {
        const bool upper = move(&Interval::maximum);
        const bool lower = all.minimum < 0 && move(&Interval::minimum);
        if (!upper && !lower) break;
    }
    return best;
}

inline Interval least_error_interval(const octavo_histogram& histogram) {
    return least_error_around(histogram, {});
}

}  // namespace octavo
