// minmax: each range reaches from the least to the greatest value seen (Krishnamoorthi 2018, "Quantizing deep convolutional networks for
// efficient inference: a whitepaper"). Nothing is clipped, and one large value costs all others resolution.
#include <octavo/ranges.h>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {weights_parameter(), activations_parameter()};

class MinMax final : public Algorithm {
public:
    static Result<std::unique_ptr<MinMax>> create(const Values& values) { return std::make_unique<MinMax>(RangeOptions::from(values)); }
    explicit MinMax(RangeOptions options) : options_(options) {}

    Result<void> apply(const octavo_calibration& calibration, const PlanEditor& editor) override {
        return set_ranges(calibration, editor, options_, extremes, extremes);
    }

private:
    RangeOptions options_;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::MinMax>("minmax", "1.0.0", "ranges from the least to the greatest value seen", octavo::kParameters))
