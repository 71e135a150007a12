// Export: what a run leaves behind in its output folder. Every file is written under a temporary name and renamed.
#pragma once

#include "core/formats/onnx/qdq.h"
#include "core/pipeline/stage_load.h"
#include "core/plan/plan.h"

#include <string>
#include <vector>

namespace octavo {

struct Exported {
    std::vector<std::string> files;       // in the order of writing
    std::vector<FloatOperator> in_float;  // int8 operators that other runtimes compute in floating point
};

// Every file that a run may write into the folder, or remove from it as another run's.
std::vector<std::string> files_of_runs(const std::string& folder);

// Writes model.qdq.onnx or model.int8.xml and .bin, and plan.json (with plan.delta.bin where constants were replaced).
Result<Exported> export_model(const Model& model, const Plan& plan, ModelForm form, const std::string& folder);

}  // namespace octavo
