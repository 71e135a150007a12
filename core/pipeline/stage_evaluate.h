// Evaluate: the executed graph over the validation slices, with one plan or several (no plan is fp32), image by image side by side. Gives
// the metric's figures for each, what changed between the first and the second, and how far the outputs of the second are from the first.
// What is kept of an image for a later evaluation is what the request asks for.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/contender.h"
#include "core/pipeline/search_images.h"
#include "core/pipeline/stage_load.h"
#include "core/pipeline/stage_samples.h"

#include <octavo/abi/blob.h>

#include <functional>
#include <optional>
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
    double score = 0;              // the metric's, of this sample; NaN where it gives none, 0 without a metric
    std::int64_t best_class = -1;  // -1 where predictions are no class scores
    std::int64_t label = -1;       // -1 where annotations are no classes
};

// Of some of the images.
struct AccuracyPart {
    std::int64_t images = 0;
    std::vector<std::vector<MetricFigure>> figures;  // [contender]; empty lists without a metric
    // Of contender 1 against contender 0; the first two need a metric whose samples have scores, the third class scores or one output that
    // is a list.
    std::optional<std::int64_t> right_to_wrong, wrong_to_right;
    std::optional<std::int64_t> changed;
    std::vector<OutputFidelity> fidelity;
    double snr_db = 0;  // of all outputs together
};

struct AccuracyResult {
    AccuracyPart all;
    std::optional<AccuracyPart> searched, held_back;  // where the request says which are which and some are held back
    std::vector<SampleAnswer> answers;                // in the order of the images
    std::set<std::int64_t> labels;                    // that occur, where annotations are classes
    std::vector<ImageNote> unreadable, noted;
    std::vector<Said> first;  // by contender 0 of every batch, where it is to be remembered and fits into a fixed amount of memory
};

// A sample and what each contender found in it, for whoever wants to look.
struct SeenSample {
    const std::string& id;
    const octavo_sample& sample;
    std::span<const std::string> classes;            // names; empty where the data set has none
    std::vector<std::span<const octavo_box>> boxes;  // [beside, then contender]; empty where predictions are no boxes
};

// A batch as the last contender ran it.
struct SeenBatch {
    const Batch& batch;
    const Contender& contender;
    std::span<const std::string> classes;  // as of a sample
};

struct EvaluateRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    std::vector<const Plan*> contenders;                // one or two; nullptr: fp32
    std::function<void(std::int64_t images)> progress;  // may be empty
    std::stop_token stop = {};
    const SearchImages* search = nullptr;  // tells parts apart; may be null
    PictureCache* pictures = nullptr;      // of the validation slices; may be null
    // An earlier result for the same images and contender 0, which is not run again where that remembers it; may be null. The new result
    // remembers it where this is given, be it an empty one.
    const AccuracyResult* before = nullptr;
    std::function<Result<bool>(const SeenSample&)> watch = {};  // is called until it says that it wants no more; may be empty
    std::vector<const Plan*> beside = {};                       // run only while the watch wants samples; their boxes come first
    std::function<Result<void>(const SeenBatch&)> record = {};  // sees every batch; may be empty
    std::optional<std::string> outputs = {};                    // folder (array_files.h): judged for the one contender, which is not run
};

Result<AccuracyResult> evaluate(const EvaluateRequest& request);

}  // namespace octavo
