// Operators that came after opset 13, and forms of older ones that did, in operators of that opset.
#pragma once

#include "core/formats/onnx/model_builder.h"

namespace octavo::onnx {

// A form that opset 13 cannot say. Code::model with the node.
Result<void> check_newer_operator(const Graph& graph, const Node& node);

// False where the node is none of these; nothing is written then. Inputs and outputs as in write_operator.
bool write_newer_operator(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs);

}  // namespace octavo::onnx
