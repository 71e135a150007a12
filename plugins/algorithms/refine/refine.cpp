// refine: changes ranges, then biases, one by one in the order of the network, and keeps a change only where the outputs come nearer to
// fp32 on each of two disjoint halves of a few calibration images, with all of the network on the integer kernels as it stands. No labels.
// What helps on one half alone has been fitted to it. Comes after algorithms that set ranges and scales; with a limit of time what was
// found by then is kept, so that the result then depends on the machine.
#include <octavo/histogram.h>
#include <octavo/ranges.h>

#include <chrono>
#include <numeric>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    integer("images", "64", 2, 100000, "calibration images that judge each step"),
    integer("passes", "1", 1, 20, "how often ranges and biases are gone through"),
    real("seconds", "240", 0, 1e9, "time after which what has been found is taken; half of it is for ranges, half for biases")};

constexpr std::int32_t kHalves = 2;
constexpr double kTails[] = {3e-6, 1e-5, 3e-5, 1e-4, 3e-4};  // shares of the values that a candidate leaves out at each end
constexpr double kShiftShares[] = {1.0, 0.5};
constexpr double kAlike = 0.004;  // of the range: about a step

bool are_alike(const Ranges& a, const Ranges& b) {
    for (std::size_t c = 0; c < a.minimum.size(); ++c) {
        const double span = std::max(a.maximum[c] - a.minimum[c], b.maximum[c] - b.minimum[c]);
        if (std::fabs(a.minimum[c] - b.minimum[c]) > kAlike * span || std::fabs(a.maximum[c] - b.maximum[c]) > kAlike * span) return false;
    }
    return true;
}

// What stands where all channels have one range is that range: then none has one of its own.
Ranges joined(Ranges ranges) {
    const auto all_are = [](const std::vector<double>& ends) {
        return std::all_of(ends.begin(), ends.end(), [&](double end) { return end == ends[0]; });
    };
    if (all_are(ranges.minimum) && all_are(ranges.maximum)) ranges.minimum.resize(1), ranges.maximum.resize(1);
    return ranges;
}

// By `choose` for each histogram of the point: of the tensor, or of so many channels.
template <class Choose>
Ranges ranges_by(const octavo_point& point, std::size_t count, Choose choose) {
    Ranges ranges;
    for (const octavo_histogram& histogram : std::span(count > 1 ? point.by_channel : &point.whole, count)) {
        const Interval interval = histogram.count == 0 ? Interval{} : choose(histogram);
        ranges.minimum.push_back(interval.minimum);
        ranges.maximum.push_back(interval.maximum);
    }
    return ranges;
}

// Those that differ from what stands and from each other.
std::vector<Ranges> candidates(const octavo_point& point, const Ranges& standing) {
    std::vector<Ranges> found = {standing};
    const auto add = [&](const Ranges& ranges) {
        const bool is_known = std::any_of(found.begin(), found.end(), [&](const Ranges& other) { return are_alike(ranges, other); });
        if (!is_known) found.push_back(ranges);
    };
    // A range of few values goes on behind them, for which the images at hand, being among those that were counted, cannot speak.
    add(ranges_by(point, standing.minimum.size(), expected_extremes));
    for (const double tail : kTails)
        add(ranges_by(point, standing.minimum.size(),
                      [tail](const octavo_histogram& histogram) { return quantile_interval(histogram, tail); }));
    add(ranges_by(point, standing.minimum.size(), least_error_interval));
    found.erase(found.begin());
    return found;
}

class Descent {
public:
    Descent(const octavo_calibration& calibration, const PlanEditor& editor, const TrialView& trial, double seconds)
        : calibration_(calibration), editor_(editor), trial_(trial), seconds_(seconds) {}

    Result<void> run(std::int64_t passes) {
        OCTAVO_TRY(errors_, trial_.measure());
        first_ = mean_error();
        total_ = passes * (calibration_.point_count + calibration_.product_count);
        for (std::int64_t pass = 0; pass < passes; ++pass) {
            const double share = seconds_ / static_cast<double>(passes);
            OCTAVO_CHECK_OK(refine_ranges((static_cast<double>(pass) + 0.5) * share));
            OCTAVO_CHECK_OK(refine_biases(static_cast<double>(pass + 1) * share));
        }
        trial_.progress(total_, total_, gain_db());
        return {};
    }

private:
    double mean_error() const { return std::accumulate(errors_.begin(), errors_.end(), 0.0) / static_cast<double>(errors_.size()); }
    double gain_db() const { return mean_error() > 0 ? 10 * std::log10(first_ / mean_error()) : 0; }

    bool is_over(double seconds) const {
        return trial_.should_stop() || std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count() > seconds;
    }

    // Keeps what stands now if it is better on each half.
    Result<bool> is_better() {
        OCTAVO_TRY(std::vector<double> errors, trial_.measure(errors_));
        for (std::size_t half = 0; half < errors.size(); ++half)
            if (!(errors[half] < errors_[half])) return false;
        errors_ = std::move(errors);
        return true;
    }

    Result<void> refine_ranges(double seconds) {
        std::vector<std::size_t> order(static_cast<std::size_t>(calibration_.point_count));
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return trial_.node_of_point(a) < trial_.node_of_point(b); });
        for (const std::size_t point : order) {
            if (is_over(seconds)) return {};
            OCTAVO_CHECK_OK(refine_range(point));
            trial_.progress(++done_, total_, gain_db());
        }
        return {};
    }

    Result<void> refine_range(std::size_t index) {
        const octavo_point& point = calibration_.points[index];
        std::optional<Ranges> standing = editor_.range(index, point.channels);
        if (!standing)
            return Error(Code::config, std::string("no range was set for '") + point.name + "'; list an algorithm that sets ranges first");
        standing = joined(std::move(*standing));
        const std::int32_t node = trial_.node_of_point(index);
        if (point.is_input || node < 0) return {};
        trial_.move_to(node);
        for (const Ranges& candidate : candidates(point, *standing)) {
            editor_.set_range(index, candidate);
            OCTAVO_TRY(const bool better, is_better());
            if (better) standing = candidate;
        }
        editor_.set_range(index, *standing);
        return {};
    }

    Result<void> refine_biases(double seconds) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(calibration_.product_count); ++i) {
            if (is_over(seconds)) return {};
            OCTAVO_CHECK_OK(refine_bias(i));
            trial_.progress(++done_, total_, gain_db());
        }
        return {};
    }

    Result<void> refine_bias(std::size_t index) {
        const octavo_product& product = calibration_.products[index];
        trial_.move_to(product.node);
        OCTAVO_TRY(const std::vector<double> shift, trial_.product_shift(index, product.output_channels));
        std::vector<float> standing(product.biases, product.biases + product.output_channels);
        const std::vector<float> before = standing;
        for (const double share : kShiftShares) {
            std::vector<float> shifted = before;
            for (std::size_t c = 0; c < shifted.size(); ++c) shifted[c] += static_cast<float>(share * shift[c]);
            editor_.set_bias(index, shifted);
            OCTAVO_TRY(const bool better, is_better());
            if (better) standing = std::move(shifted);
        }
        editor_.set_bias(index, standing);
        return {};
    }

    const octavo_calibration& calibration_;
    const PlanEditor& editor_;
    const TrialView& trial_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    double seconds_;
    std::vector<double> errors_;  // [half] of what stands
    double first_ = 0;
    std::int64_t done_ = 0, total_ = 0;
};

class Refine final : public Algorithm {
public:
    static constexpr bool kNeedsRanges = true;
    static Result<std::unique_ptr<Refine>> create(const Values& values) {
        return std::make_unique<Refine>(values.integer("images"), values.integer("passes"), values.real("seconds"));
    }
    Refine(std::int64_t images, std::int64_t passes, double seconds) : images_(images), passes_(passes), seconds_(seconds) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        OCTAVO_TRY(const TrialView trial, TrialView::open(calibration, images_, kHalves));
        if (trial.images() < kHalves) return Error(Code::data, "found " + std::to_string(trial.images()) + " images, expected at least 2");
        return Descent(calibration, editor, trial, seconds_).run(passes_);
    }

private:
    std::int64_t images_, passes_;
    double seconds_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Refine>("refine", "1.0.0",
                                                "ranges and biases, changed where that brings the outputs nearer to fp32",
                                                octavo::kParameters))
