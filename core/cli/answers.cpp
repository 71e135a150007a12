// Predictions of a detector come by way of the evaluation's watch, since they are kept no longer than their batch.
#include "core/cli/answers.h"

#include <octavo/blob.h>

#include <cstdio>

namespace octavo::cli {
namespace {

std::string row_of(const SeenSample& seen, const octavo_box& box) {
    char numbers[256];  // a float may take 42 characters
    std::snprintf(numbers, sizeof numbers, "%.6f\t%.2f\t%.2f\t%.2f\t%.2f", static_cast<double>(box.score), static_cast<double>(box.left),
                  static_cast<double>(box.top), static_cast<double>(box.right), static_cast<double>(box.bottom));
    const bool has_name = box.label >= 0 && static_cast<std::size_t>(box.label) < seen.classes.size();
    return seen.id + "\t" + (has_name ? seen.classes[static_cast<std::size_t>(box.label)] : std::to_string(box.label)) + "\t" + numbers +
           "\n";
}

}  // namespace

bool Answers::add(const SeenSample& seen) {
    if (!seen.gives_boxes) return false;
    is_of_boxes_ = true;
    for (const octavo_box& box : seen.boxes.back()) boxes_ += row_of(seen, box);
    return true;
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
