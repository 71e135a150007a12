// Search: the plan changed by a strategy of core/search until the accuracy target is met on the search images. What fp32 says of them is
// remembered, and their pictures are kept, as far as either fits into a fixed amount of memory; a trial runs the changed plan alone. Images
// run together by a fixed number whatever the config's batch, so that the batch decides nothing.
#pragma once

#include "core/pipeline/search_images.h"
#include "core/pipeline/stage_evaluate.h"
#include "core/pipeline/target.h"
#include "core/plan/costs.h"
#include "core/search/search.h"

#include <functional>
#include <stop_token>

namespace octavo {

struct SearchRequest {
    const Config& config;  // has a target
    const Model& model;
    const DeviceHandle& device;
    const Plan& plan;           // misses the target
    const AccuracyPart& plain;  // of fp32 and the plan on the search images
    const SearchImages& images;
    const Costs* costs = nullptr;                       // of the graph; may be null
    std::function<void(std::int64_t trials)> progress;  // may be empty
    std::stop_token stop = {};
    PictureCache* pictures = nullptr;  // of the validation slices; may be null
};

Result<SearchResult> search_plan(const SearchRequest& request);

}  // namespace octavo
