// percentile: each end of a range leaves out the same small share of all values, zeros counted (Wu et al. 2020, "Integer quantization for
// deep learning inference: principles and empirical evaluation", which does it on magnitudes; here the ends are found apart, so that a
// short negative side is not widened). Inputs of the model keep all their values; channels of depthwise convolutions are clipped like
// tensors, since a rare value of a channel widens its step as well (docs/detection.md). Few values (a channel of a small map, a gate) do
// not reach as far as those to come: their range goes on to where the same share would lie (docs/decisions/0011).
#include <octavo/ranges.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    weights_parameter(), activations_parameter(),
    real("percent", "99.999", 50, 100, "share of all values below the upper end of a range, and above its lower end, in percent")};

class Percentile final : public Algorithm {
public:
    static Result<std::unique_ptr<Percentile>> create(const Values& values) {
        return std::make_unique<Percentile>(RangeOptions::from(values), values.real("percent"));
    }
    Percentile(RangeOptions options, double percent) : options_(options), left_out_((100.0 - percent) / 100.0) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        const auto choose = [this](const octavo_histogram& histogram) { return quantile_interval(histogram, left_out_); };
        return set_ranges(calibration, editor, options_, choose, choose);
    }

private:
    RangeOptions options_;
    double left_out_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Percentile>("percentile", "1.0.0", "ranges that leave out a small share of the values at both ends",
                                                    octavo::kParameters))
