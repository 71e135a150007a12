// percentile: each end of a range leaves out the same small share of all values, zeros counted (Wu et al. 2020, "Integer quantization for
// deep learning inference: principles and empirical evaluation", which does it on magnitudes; here the ends are found apart, so that a
// short negative side is not widened). Inputs of the model keep all their values; channels of depthwise convolutions are clipped like
// tensors, since a rare value of a channel widens its step as well (docs/detection.md). Few values (a channel of a small map, a gate) do
// not reach as far as those to come: their range goes on to where the same share would lie (docs/decisions/0011). Large maps leave out
// more, in proportion to their pixels while the squared error stays within bounds; small ones no more than lessens it
// (docs/decisions/0014).
#include <octavo/ranges.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    weights_parameter(), activations_parameter(),
    real("percent", "99.999", 50, 100, "share of all values below the upper end of a range, and above its lower end, in percent"),
    integer(
        "pixels", "1024", 0, 1'000'000'000,
        "maps of more pixels leave out more, in proportion to them, up to 4 times the squared error; tensors of smaller ones have at least "
        "the range of least squared error; 0: all leave out the same")};

constexpr double kMostError = 4;       // of large maps, over that of the usual share
constexpr double kMostLeftOut = 0.49;  // at each end: what is left is an interval

class Percentile final : public Algorithm {
public:
    static Result<std::unique_ptr<Percentile>> create(const Values& values) {
        return std::make_unique<Percentile>(RangeOptions::from(values), values.real("percent"), values.integer("pixels"));
    }
    Percentile(RangeOptions options, double percent, std::int64_t pixels)
        : options_(options), left_out_((100.0 - percent) / 100.0), pixels_(pixels) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.point_count); ++i) {
            const double growth = growth_of(pixels(calibration, calibration.points[i]));
            const auto of_channel = [&](const octavo_histogram& histogram) { return share_interval(histogram, growth); };
            const auto of_tensor = [&](const octavo_histogram& histogram) {
                const Interval interval = share_interval(histogram, growth);
                return pixels_ > 0 && growth <= 1 ? least_error_around(histogram, interval) : interval;
            };
            set_point_range(calibration, i, options_, editor, of_tensor, of_channel);
        }
        return set_weight_scales(calibration, options_, editor);
    }

private:
    // How many times the share a map leaves out, where the squared error allows it.
    double growth_of(std::int64_t map) const {
        return pixels_ > 0 ? std::max(1.0, static_cast<double>(map) / static_cast<double>(pixels_)) : 1.0;
    }

    Interval share_interval(const octavo_histogram& histogram, double growth) const {
        const auto without = [&](double share) { return quantile_interval(histogram, std::min(share, kMostLeftOut)); };
        const Interval usual = without(left_out_);
        if (growth <= 1) return usual;
        const double most = kMostError * squared_error(histogram, usual);
        for (; growth > 1; growth /= 2) {
            const Interval interval = without(growth * left_out_);
            if (squared_error(histogram, interval) <= most) return interval;
        }
        return usual;
    }

    RangeOptions options_;
    double left_out_;
    std::int64_t pixels_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Percentile>("percentile", "1.0.0", "ranges that leave out a small share of the values at both ends",
                                                    octavo::kParameters))
