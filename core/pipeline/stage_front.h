// Front: what accuracy a millisecond buys. From the fastest plan to fp32, in steps: the operators that gain most for their time go back
// into floating point first. Time is what the costs say; nearness to fp32 is measured on a few validation images.
#pragma once

#include "core/pipeline/noise.h"
#include "core/pipeline/picture_cache.h"
#include "core/pipeline/search_images.h"
#include "core/plan/costs.h"
#include "core/report/report.h"

#include <span>
#include <stop_token>
#include <vector>

namespace octavo {

struct FrontRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    const Costs& costs;
    const Plan& fastest;
    const Plan& chosen;  // another one where the accuracy target asked for it
    std::span<const ProductNoise> noise;
    const SearchImages& images;
    std::stop_token stop = {};
    PictureCache* pictures = nullptr;  // of the validation slices; may be null
};

// The fastest first; what is both slower and further from fp32 than another is left out, but not the chosen plan.
Result<std::vector<ReportPoint>> find_front(const FrontRequest& request);

}  // namespace octavo
