// my_metric: the share of samples whose class is among the `rank` largest scores, in percent.
#include <octavo/metric.h>

#include <algorithm>

namespace {

using namespace octavo;

// Declared once: `octavo plugins describe`, the checks of configs and the defaults come from here.
constexpr octavo_parameter kParameters[] = {integer("rank", "1", 1, 1000, "number of largest scores among which the class must be")};

class MyMetric final : public Metric {
public:
    static Result<std::unique_ptr<MyMetric>> create(const Values& values) { return std::make_unique<MyMetric>(values.integer("rank")); }
    explicit MyMetric(std::int64_t rank) : rank_(rank) {}

    void reset() override { samples_ = right_ = 0; }

    // Predictions come from the adapter, annotations from the data set; both say by name what they hold.
    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) override {
        OCTAVO_TRY(const std::span<const float> scores, values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "the prediction"));
        OCTAVO_TRY(const std::span<const std::int64_t> label, values_of<std::int64_t>(annotation, OCTAVO_BLOB_CLASS, "the annotation"));
        if (label.size() != 1 || label[0] < 0 || label[0] >= static_cast<std::int64_t>(scores.size()))
            return Error(Code::data, "the sample's class is not among the " + std::to_string(scores.size()) + " classes of the model");
        const float own = scores[static_cast<std::size_t>(label[0])];
        const bool right = std::count_if(scores.begin(), scores.end(), [&](float score) { return score > own; }) < rank_;
        ++samples_;
        right_ += right ? 1 : 0;
        return right ? 1.0 : 0.0;  // the sample's own score
    }

    // Targets of a config speak of the principal figure.
    Result<std::vector<Figure>> result() const override {
        if (samples_ == 0) return Error(Code::data, "no sample was evaluated");
        return std::vector<Figure>{{"right", 100.0 * static_cast<double>(right_) / static_cast<double>(samples_), "%", true, true}};
    }

private:
    std::int64_t rank_;
    std::int64_t samples_ = 0, right_ = 0;
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<MyMetric>("my_metric", "0.1.0", "share of samples whose class is among the largest scores", kParameters))
