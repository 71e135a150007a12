// Writes a graph as a float32 ONNX model of opset 13, or of a newer one where a form needs it (opset.h), in standard operators only. Fused
// residuals and activations become nodes again, the free batch dimension is "N". Names of inputs, outputs, nodes and tensors are the
// graph's. The same graph gives the same bytes.
#pragma once

#include "core/graph/graph.h"

#include <string>

namespace octavo {

std::string write_onnx(const Graph& graph);

// Operators, or forms of them, that came from another format and that ONNX cannot say. Error: Code::model names the first.
Result<void> check_onnx_operators(const Graph& graph);

}  // namespace octavo
