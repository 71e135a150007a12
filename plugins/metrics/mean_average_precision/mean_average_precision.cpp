// mean_average_precision: how well boxes are found and classes told, in percent, in each of the dialects asked for (dialects.h), whose name
// stands in each figure's; then a table of the classes for each. Boxes are octavo_box in continuous pixels of the image, labels are indices
// of the data set's classes. A sample has no score of its own: it is NaN.
#include "dialects.h"

#include <octavo/metric.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace octavo {
namespace {

constexpr octavo_parameter kParameters[] = {
    strings("dialect", "[\"voc\", \"voc07\"]",
            "the ways to compute it: voc, voc07, coco, tool2018 or accuracy_checker; the first gives the principal figure")};

std::string known_dialects() {
    std::string names;
    for (const Dialect& dialect : dialects()) names += (names.empty() ? "" : ", ") + std::string(dialect.name);
    return names;
}

std::string class_count(std::size_t count, const char* what) {
    return std::to_string(count) + (count == 1 ? " class " : " classes ") + what;
}

class MeanAveragePrecision final : public Metric {
public:
    static Result<std::unique_ptr<MeanAveragePrecision>> create(const Values& values) {
        std::vector<const Dialect*> chosen;
        for (const std::string& name : values.texts("dialect")) {
            const Dialect* const dialect = find_dialect(name);
            if (!dialect) return Error(Code::config, "\"dialect\": found '" + name + "', expected one of " + known_dialects());
            if (std::find(chosen.begin(), chosen.end(), dialect) != chosen.end())
                return Error(Code::config, "\"dialect\" names '" + name + "' twice");
            chosen.push_back(dialect);
        }
        if (chosen.empty()) return Error(Code::config, "\"dialect\" is empty, expected some of " + known_dialects());
        return std::make_unique<MeanAveragePrecision>(std::move(chosen));
    }
    explicit MeanAveragePrecision(std::vector<const Dialect*> chosen) : dialects_(std::move(chosen)) {}

    void reset() override {
        scenes_.clear();
        samples_ = 0;
    }

    Result<void> set_classes(std::span<const char* const> names) override {
        classes_.assign(names.begin(), names.end());
        return {};
    }

    Result<double> add(const octavo_blob& prediction, const octavo_blob& annotation) override {
        OCTAVO_TRY(const std::span<const octavo_box> detections, values_of<octavo_box>(prediction, OCTAVO_BLOB_BOXES, "the prediction"));
        OCTAVO_TRY(const std::span<const octavo_box> objects, values_of<octavo_box>(annotation, OCTAVO_BLOB_BOXES, "the annotation"));
        OCTAVO_CHECK_OK(check_labels(detections, "detection", Error(Code::config, "check the adapter's classes")));
        OCTAVO_CHECK_OK(check_labels(objects, "object", Error(Code::data, "check the annotations")));
        OCTAVO_CHECK_OK(check_numbers(detections, "detection", Code::model));
        OCTAVO_CHECK_OK(check_numbers(objects, "object", Code::data));
        std::map<std::int32_t, Scene> by_class;
        for (const octavo_box& box : detections) by_class[box.label].detections.push_back(box);
        for (const octavo_box& box : objects) by_class[box.label].objects.push_back(box);
        for (auto& [label, scene] : by_class) {
            std::stable_sort(scene.detections.begin(), scene.detections.end(),
                             [](const octavo_box& a, const octavo_box& b) { return a.score > b.score; });
            scenes_[label].push_back(std::move(scene));
        }
        ++samples_;
        return std::numeric_limits<double>::quiet_NaN();
    }

    Result<std::vector<Figure>> result() const override {
        if (samples_ == 0) return Error(Code::data, "no sample was evaluated");
        std::vector<Figure> means, tables;
        for (const Dialect* dialect : dialects_) {
            std::map<std::int32_t, std::vector<ClassFigure>> classes;
            for (const auto& [label, scenes] : scenes_) classes[label] = judge_class(*dialect, scenes);
            for (std::size_t cut = 0; cut < dialect->cuts.size(); ++cut)
                if (std::optional<Figure> mean = mean_of(*dialect, cut, classes)) means.push_back(std::move(*mean));
            for (const auto& [label, figures] : classes)
                if (figures[0].objects > 0) tables.push_back(row_of(*dialect, label, figures[0]));
        }
        if (means.empty())
            return Error(Code::data, "the annotations of " + std::to_string(samples_) + (samples_ == 1 ? " image" : " images") +
                                         " hold no object that counts, expected one or more that is neither difficult nor a crowd");
        means[0].principal = true;
        means.insert(means.end(), tables.begin(), tables.end());
        return means;
    }

private:
    Result<void> check_labels(std::span<const octavo_box> boxes, const std::string& what, const Error& remedy) const {
        const std::int64_t count = classes_.empty() ? std::numeric_limits<std::int32_t>::max() : std::ssize(classes_);
        for (std::size_t i = 0; i < boxes.size(); ++i)
            if (boxes[i].label < 0 || boxes[i].label >= count)
                return Error(remedy.code(), what + " " + std::to_string(i) + ": found the label " + std::to_string(boxes[i].label) +
                                                ", expected 0 to " + std::to_string(count - 1) + "; " + remedy.message());
        return {};
    }

    static Result<void> check_numbers(std::span<const octavo_box> boxes, const std::string& what, Code code) {
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            const float numbers[] = {boxes[i].left, boxes[i].top, boxes[i].right, boxes[i].bottom, boxes[i].score};
            if (!std::all_of(std::begin(numbers), std::end(numbers), [](float number) { return std::isfinite(number); }))
                return Error(code, what + " " + std::to_string(i) + ": found a side or a score that is NaN or infinite");
        }
        return {};
    }

    // Nothing where no class has an object of the cut's sizes: whether there is a figure must not depend on predictions.
    static std::optional<Figure> mean_of(const Dialect& dialect, std::size_t cut,
                                         const std::map<std::int32_t, std::vector<ClassFigure>>& classes) {
        double sum = 0;
        std::size_t averaged = 0, without_objects = 0;
        bool has_objects = false;
        for (const auto& [label, figures] : classes) {
            const ClassFigure& figure = figures[cut];
            has_objects = has_objects || figure.objects > 0;
            if (!dialect.is_averaged(figure)) continue;
            ++averaged;
            without_objects += figure.objects == 0 ? 1 : 0;
            sum += figure.precision;
        }
        if (!has_objects) return {};
        Figure mean{std::string("map_") + dialect.name + dialect.cuts[cut].suffix, 0};
        if (averaged > 0) mean.value = 100 * sum / static_cast<double>(averaged);
        if (without_objects > 0) mean.note = class_count(without_objects, "without objects: counted as 0");
        return mean;
    }

    Figure row_of(const Dialect& dialect, std::int32_t label, const ClassFigure& figure) const {
        const auto index = static_cast<std::size_t>(label);
        Figure row{index < classes_.size() ? classes_[index] : "class " + std::to_string(label), 100 * figure.precision};
        row.group = std::string("average precision, ") + dialect.name;
        const bool is_averaged = dialect.is_averaged(figure);
        if (figure.detections == 0)
            row.note = is_averaged ? "no detection: counts as 0" : "no detection: left out of the mean";
        else if (!is_averaged)
            row.note = "all detections ignored: left out of the mean";
        return row;
    }

    const std::vector<const Dialect*> dialects_;
    std::vector<std::string> classes_;                   // names; may be empty
    std::map<std::int32_t, std::vector<Scene>> scenes_;  // by label, in the order of samples
    std::int64_t samples_ = 0;
};

}  // namespace
}  // namespace octavo

OCTAVO_PLUGINS(octavo::describe<octavo::MeanAveragePrecision>("mean_average_precision", "1.0.0",
                                                              "how well boxes are found, in the dialects of several tools",
                                                              octavo::kParameters))
