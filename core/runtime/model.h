// What a program loads: the executed graph of a model file with its plan and device; from the output folder of a calibration also the
// preprocessing of its run. Everything is checked against everything else, so that only compiling can fail later.
#pragma once

#include "core/graph/graph.h"
#include "core/image/preprocess.h"
#include "core/plan/plan.h"
#include "core/plugins/handles.h"

#include <optional>
#include <string>

namespace octavo {

struct RuntimeOptions {
    std::optional<std::string> plan;    // file or "none"; absent: the run's, or what the model file says
    std::optional<std::string> device;  // absent: the default
    std::string plugins;                // as in OCTAVO_PLUGIN_PATH
};

struct RuntimeModel {
    DeviceHandle device;
    Graph graph;
    std::optional<Plan> plan;
    std::optional<Preprocess> preprocess;  // of a run
};

// `path`: of a model file or a run's folder.
Result<RuntimeModel> load_runtime_model(const std::string& path, const RuntimeOptions& options);

}  // namespace octavo
