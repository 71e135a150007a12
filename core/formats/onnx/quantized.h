// Models that were quantized elsewhere: QuantizeLinear and DequantizeLinear pairs (QDQ), the operators on integers of the standard
// (QLinearConv, QLinearMatMul) and those of ONNX Runtime (QLinearAdd, QGemm, ...). `say_reals` rewrites them into operators on real
// numbers: a quantized tensor holds the numbers that its codes stand for, weights and biases are dequantized, and FakeQuantize says each
// grid, as core/formats/grids reads it. So the graph computes what the file computes, up to what integer kernels of other runtimes round.
#pragma once

#include "core/graph/graph.h"

#include <string_view>

namespace octavo::onnx {

bool is_quantized_operator(std::string_view op, bool is_standard);

// For a graph in topological order, shapes not inferred. Errors, Code::model: parameters that are not constant, grids of other than 8 bits,
// quantized tensors that other operators than those that move values read, or that the model gives out.
Result<void> say_reals(Graph& graph);

}  // namespace octavo::onnx
