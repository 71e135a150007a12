// mse: the interval whose 256 steps make the least squared error on the values seen, clipping included; both ends are free. Inputs of the
// model and channels of depthwise convolutions keep all their values; where those are few, ranges go on behind them.
#include <octavo/ranges.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {weights_parameter(), activations_parameter()};

class LeastSquaredError final : public Algorithm {
public:
    static Result<std::unique_ptr<LeastSquaredError>> create(const Values& values) {
        return std::make_unique<LeastSquaredError>(RangeOptions::from(values));
    }
    explicit LeastSquaredError(RangeOptions options) : options_(options) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        return set_ranges(calibration, editor, options_, least_error_interval, expected_extremes);
    }

private:
    RangeOptions options_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::LeastSquaredError>("mse", "1.0.0", "ranges of least squared error", octavo::kParameters))
