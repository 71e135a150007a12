// accuracy: the share of samples whose class is among the k largest scores, in percent, for each k of `top`. Equal scores rank by index,
// the lower first, so that the figure does not depend on a sorting algorithm. A sample's own score is 1 where its class ranks first.
#include <octavo/metric.h>

#include <cmath>
#include <cstddef>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    integers("top", "[1, 5]", 1, 1000000, "numbers of largest scores among which the class must be; the first is the principal figure")};

struct Scores {
    const float* values;
    std::int64_t count;
};

Result<Scores> scores_in(const octavo_blob& prediction) {
    if (std::string(prediction.type) != OCTAVO_BLOB_CLASS_SCORES) {
        return Error(Code::config, "found predictions of type '" + std::string(prediction.type) + "', expected '" +
                                       OCTAVO_BLOB_CLASS_SCORES + "'; use the adapter 'classes'");
    }
    if (prediction.size_bytes == 0 || prediction.size_bytes % sizeof(float) != 0) {
        return Error(Code::internal, "a prediction of " + std::to_string(prediction.size_bytes) + " bytes holds no scores");
    }
    return Scores{static_cast<const float*>(prediction.data), static_cast<std::int64_t>(prediction.size_bytes / sizeof(float))};
}

Result<std::int64_t> label_in(const octavo_blob& annotation, std::int64_t classes) {
    if (std::string(annotation.type) != OCTAVO_BLOB_CLASS || annotation.size_bytes != sizeof(std::int64_t)) {
        return Error(Code::config, "found annotations of type '" + std::string(annotation.type) + "', expected '" + OCTAVO_BLOB_CLASS +
                                       "'; use a data set of classes");
    }
    std::int64_t label = 0;
    std::memcpy(&label, annotation.data, sizeof(label));
    if (label < 0 || label >= classes) {
        return Error(Code::data, "the sample's class is " + std::to_string(label) + ", but the model gives " + std::to_string(classes) +
                                     " scores, for classes 0 to " + std::to_string(classes - 1) +
                                     "; check the list, and the adapter's \"label_offset\"");
    }
    return label;
}

// How many classes rank before `label`.
Result<std::int64_t> rank_of(std::int64_t label, const Scores& scores) {
    const float own = scores.values[label];
    std::int64_t rank = 0;
    for (std::int64_t i = 0; i < scores.count; ++i) {
        const float other = scores.values[i];
        if (std::isnan(other)) return Error(Code::model, "the score of class " + std::to_string(i) + " is NaN");
        if (other > own || (other == own && i < label)) ++rank;
    }
    return rank;
}

class Accuracy final : public Metric {
public:
    static Result<std::unique_ptr<Accuracy>> create(const Values& values) {
        const std::span<const std::int64_t> top = values.integers("top");
        if (top.empty()) return Error(Code::config, "\"top\" is empty, expected numbers such as [1, 5]");
        for (std::size_t i = 0; i < top.size(); ++i) {
            if (std::find(top.begin(), top.begin() + static_cast<std::ptrdiff_t>(i), top[i]) !=
                top.begin() + static_cast<std::ptrdiff_t>(i)) {
                return Error(Code::config, "\"top\" names " + std::to_string(top[i]) + " twice");
            }
        }
        return std::make_unique<Accuracy>(std::vector<std::int64_t>(top.begin(), top.end()));
    }
    explicit Accuracy(std::vector<std::int64_t> top) : top_(std::move(top)), right_(top_.size()) {}

    void reset() override {
        samples_ = 0;
        right_.assign(top_.size(), 0);
    }

    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) override {
        OCTAVO_TRY(const Scores scores, scores_in(prediction));
        const std::int64_t most = *std::max_element(top_.begin(), top_.end());
        if (most > scores.count) {
            return Error(Code::config, "\"top\" holds " + std::to_string(most) + ", but the model gives " + std::to_string(scores.count) +
                                           " classes; leave it out");
        }
        OCTAVO_TRY(const std::int64_t label, label_in(annotation, scores.count));
        OCTAVO_TRY(const std::int64_t rank, rank_of(label, scores));
        ++samples_;
        for (std::size_t i = 0; i < top_.size(); ++i) right_[i] += rank < top_[i];
        return rank == 0 ? 1.0 : 0.0;
    }

    Result<std::vector<Figure>> result() const override {
        if (samples_ == 0) return Error(Code::data, "no sample was evaluated");
        std::vector<Figure> figures;
        for (std::size_t i = 0; i < top_.size(); ++i) {
            const double percent = 100.0 * static_cast<double>(right_[i]) / static_cast<double>(samples_);
            figures.push_back({"top" + std::to_string(top_[i]), percent, "%", i == 0, true});
        }
        return figures;
    }

private:
    std::vector<std::int64_t> top_;
    std::vector<std::int64_t> right_;  // for each of top_
    std::int64_t samples_ = 0;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::Accuracy>("accuracy", "1.0.0", "share of samples whose class is among the largest scores",
                                                  octavo::kParameters))
