// accuracy: the share of samples whose class is among the k largest scores, in percent, for each k of `top`. Equal scores rank by index,
// the lower first, so that the figure does not depend on a sorting algorithm. A sample's own score is 1 where its class ranks first.
#include <octavo/metric.h>

#include <cmath>
#include <cstddef>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    integers("top", "[1, 5]", 1, 1000000, "numbers of largest scores among which the class must be; the first is the principal figure")};

// With the remedy behind an error.
template <class T>
Result<T> told(Result<T> values, const std::string& remedy) {
    return values ? std::move(values) : Error(values.error().code(), values.error().message() + "; " + remedy);
}

Result<std::int64_t> label_in(const octavo_blob& annotation, std::size_t classes) {
    OCTAVO_TRY(const auto labels, told(values_of<std::int64_t>(annotation, OCTAVO_BLOB_CLASS, "annotation"), "use a data set of classes"));
    if (labels.size() != 1) return Error(Code::data, "annotation: found " + std::to_string(labels.size()) + " classes, expected one");
    if (labels[0] < 0 || static_cast<std::size_t>(labels[0]) >= classes)
        return Error(Code::data, "the sample's class is " + std::to_string(labels[0]) + ", but the model gives " + std::to_string(classes) +
                                     " scores, for classes 0 to " + std::to_string(classes - 1) +
                                     "; check the list, and the adapter's \"label_offset\"");
    return labels[0];
}

// How many classes rank before `label`.
Result<std::int64_t> rank_of(std::int64_t label, std::span<const float> scores) {
    const auto place = static_cast<std::size_t>(label);
    std::int64_t rank = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (std::isnan(scores[i])) return Error(Code::model, "the score of class " + std::to_string(i) + " is NaN");
        if (scores[i] > scores[place] || (scores[i] == scores[place] && i < place)) ++rank;
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
        OCTAVO_TRY(const auto scores,
                   told(values_of<float>(prediction, OCTAVO_BLOB_CLASS_SCORES, "prediction"), "use the adapter 'classes'"));
        const std::int64_t most = *std::max_element(top_.begin(), top_.end());
        if (static_cast<std::size_t>(most) > scores.size()) {
            return Error(Code::config, "\"top\" holds " + std::to_string(most) + ", but the model gives " + std::to_string(scores.size()) +
                                           " classes; leave it out");
        }
        OCTAVO_TRY(const std::int64_t label, label_in(annotation, scores.size()));
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
