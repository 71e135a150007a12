// Boxes are kept no longer than their batch, so they are written down batch by batch.
#include "core/cli/answers.h"

#include <cstdio>

namespace octavo::cli {
namespace {

std::string row_of(const std::string& id, std::span<const std::string> classes, const octavo_box& box) {
    char numbers[256];  // a float may take 42 characters
    std::snprintf(numbers, sizeof numbers, "%.6f\t%.2f\t%.2f\t%.2f\t%.2f", static_cast<double>(box.score), static_cast<double>(box.left),
                  static_cast<double>(box.top), static_cast<double>(box.right), static_cast<double>(box.bottom));
    const bool has_name = box.label >= 0 && static_cast<std::size_t>(box.label) < classes.size();
    return id + "\t" + (has_name ? classes[static_cast<std::size_t>(box.label)] : std::to_string(box.label)) + "\t" + numbers + "\n";
}

}  // namespace

void Answers::add(const SeenBatch& seen) {
    for (std::size_t row = 0; row < seen.batch.size(); ++row) {
        const auto& boxes = seen.contender.said().answers[row].boxes;
        if (!boxes) continue;
        is_of_boxes_ = true;
        for (const octavo_box& box : *boxes) boxes_ += row_of(seen.batch.ids[row], seen.classes, box);
    }
}

std::string Answers::table(const AccuracyResult& evaluation) const {
    if (is_of_boxes_) return boxes_;
    std::string text = "id\tclass\tscore\tlabel\n";
    for (const SampleAnswer& answer : evaluation.answers)
        text += answer.id + "\t" + std::to_string(answer.best_class) + "\t" + std::to_string(answer.score) + "\t" +
                std::to_string(answer.label) + "\n";
    return text;
}

}  // namespace octavo::cli
