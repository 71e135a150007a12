// Writes a graph as an OpenVINO IR of version 11 with float32 weights, or, with a plan, as the same network with FakeQuantize behind the
// activations that the plan gives a grid and weights of int8 products as i8 -> Convert -> Multiply: the forms that OpenVINO's CPU plugin
// runs in int8. docs/openvino.md says which. Names of inputs, outputs and nodes are the graph's, a free batch stays free. The same graph
// and plan give the same bytes.
#pragma once

#include "core/plan/plan.h"

#include <string>

namespace octavo {

struct IrModel {
    std::string xml;
    std::string binary;
};

// How weights of floating products lie in the file: float16 those that are exactly that (half_weights.h rounds them), with a Convert.
enum class StoredWeights { float32, float16 };

// `made_by` goes into rt_info. The plan must fit the graph. Error: Code::model names node and operator that OpenVINO has no layer for.
Result<IrModel> write_ir(const Graph& graph, const Plan* plan, const std::string& made_by, StoredWeights stored = StoredWeights::float32);

}  // namespace octavo
