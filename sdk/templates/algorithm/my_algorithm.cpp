// my_algorithm: the range of a tensor is a fixed share of what was seen: `percent` of its least and of its greatest value. Inputs of the
// model and channels of depthwise convolutions keep all their values.
#include <octavo/ranges.h>

namespace {

using namespace octavo;

// Declared once: `octavo plugins describe`, the checks of configs and the defaults come from here.
constexpr octavo_parameter kParameters[] = {
    weights_parameter(), activations_parameter(),
    real("percent", "95", 1, 100, "share of the least and of the greatest value that a range reaches to, in percent")};

class MyAlgorithm final : public Algorithm {
public:
    static Result<std::unique_ptr<MyAlgorithm>> create(const Values& values) {
        return std::make_unique<MyAlgorithm>(RangeOptions::from(values), values.real("percent") / 100);
    }
    MyAlgorithm(RangeOptions options, double share) : options_(options), share_(share) {}

    // set_ranges walks over all tensors and sets the scales of weights; the choice of an interval is ours, once for tensors and once for
    // single channels where only depthwise convolutions read, which keep all their values here. histogram.h has percentiles and the error
    // that an interval makes.
    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        const auto choose = [this](const octavo_histogram& histogram) {
            return Interval{share_ * histogram.minimum, share_ * histogram.maximum};
        };
        return set_ranges(calibration, editor, options_, choose, extremes);
    }

private:
    RangeOptions options_;
    double share_;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<MyAlgorithm>("my_algorithm", "0.1.0", "ranges that are a fixed share of what was seen", kParameters))
