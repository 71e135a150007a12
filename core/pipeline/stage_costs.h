// Costs: what each operator and each conversion takes at each precision on the device, measured in whole runs of the network; and the plan
// whose operators are in floating point where that is faster.
#pragma once

#include "core/pipeline/config.h"
#include "core/pipeline/stage_load.h"
#include "core/plan/costs.h"
#include "core/plugins/handles.h"

#include <stop_token>

namespace octavo {

struct CostsRequest {
    const Config& config;
    const Model& model;
    const DeviceHandle& device;
    const Plan& plan;  // everything that can be int8 is
    std::string cpu;
    std::stop_token stop = {};
};

struct FastestPlan {
    Plan plan;
    Costs costs;
    bool measured = false;  // else the costs were those beside the plan of an earlier run
};

// The output folder's costs.json is taken where it is of this graph, device, CPU, and number of threads; else costs are measured anew. The
// plan stays as it is where floating point gains less than a hundredth.
Result<FastestPlan> choose_by_speed(const CostsRequest& request);

}  // namespace octavo
