// The table of octavo evaluate --answers: a line a sample, or of a detector a line a box.
#pragma once

#include "core/pipeline/stage_evaluate.h"

#include <string>

namespace octavo::cli {

class Answers {
public:
    // Keeps the boxes of those samples whose predictions are boxes.
    void add(const SeenBatch& seen);
    std::string table(const AccuracyResult& evaluation) const;

private:
    bool is_of_boxes_ = false;
    std::string boxes_ = "id\tclass\tscore\tleft\ttop\tright\tbottom\n";
};

}  // namespace octavo::cli
