// Load: a model file to the two graphs of a run. `calibration` is the imported graph behind the passes, where every addition is still an
// operator; `executed` is the same with residual additions fused, the graph that plans, devices and reports speak of.
#pragma once

#include "core/passes/feed_input.h"
#include "core/pipeline/formats.h"
#include "core/plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace octavo {

// What is compared between fp32 and int8: an output of the model, or what enters the softmax at its end.
struct ComparedOutput {
    std::string output;
    std::string tensor;              // of the executed graph; the same as `output` where no softmax ends it
    bool are_probabilities = false;  // made by a softmax, not by its logarithm
};

struct Model {
    std::string path;
    Graph calibration;
    Graph executed;
    std::vector<ComparedOutput> compared;
    Weights weights = Weights::may_change;  // those of a quantized model stay on their grids
    std::optional<Plan> own_plan;           // what the file says by FakeQuantize, which the graphs are without, or by statistics
};

Result<Model> load_model(const std::string& path, const InputValues& given = {});
// Of what was read from the file, which may have been changed since. `weights` stay where grids have been taken out of the graph before.
Result<Model> load_model_of(const std::string& path, Graph graph, Weights weights = Weights::may_change);

std::vector<ComparedOutput> compared_outputs(const Graph& graph);

}  // namespace octavo
