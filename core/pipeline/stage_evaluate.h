// Evaluate: the executed graph over the validation slices, with one plan or several (no plan is fp32), image by image side by side, so that
// nothing of an image is kept. Gives the metric's figures for each, what changed between the first and the second, and how far the outputs
// of the second are from the first.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace octavo {

struct OutputFidelity {
    std::string name;  // of the output
    double snr_db = 0;
};

// What the last contender said of one sample.
struct SampleAnswer {
    std::string id;
    double score = 0;              // the metric's, of this sample; 0 without one
    std::int64_t best_class = -1;  // -1 where predictions are no class scores
};

struct AccuracyResult {
    std::int64_t images = 0;
    std::vector<SampleAnswer> answers;               // in the order of the images
    std::vector<std::vector<MetricFigure>> figures;  // [contender]; empty lists without a metric
    // Of contender 1 against contender 0; the first two need a metric, the third class scores.
    std::int64_t right_to_wrong = 0, wrong_to_right = 0, changed = 0;
    std::vector<OutputFidelity> fidelity;
    double snr_db = 0;              // of all outputs together
    std::set<std::int64_t> labels;  // that occur, where annotations are classes
    std::vector<UnreadableImage> unreadable;
};

struct EvaluateRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    std::vector<const Plan*> contenders;                // one or two; nullptr: fp32
    std::function<void(std::int64_t images)> progress;  // may be empty
    std::stop_token stop = {};
};

Result<AccuracyResult> evaluate(const EvaluateRequest& request);

// Images of all validation slices together.
Result<std::int64_t> validation_size(const Config& config);

}  // namespace octavo
