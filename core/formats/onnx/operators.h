// One node of a graph in standard ONNX of the model's opset: operators of our own in their parts, forms of other opsets in the form of this
// one.
// What passes fused into a node (residual, activation) is not written here but by the caller, in nodes of its own.
#pragma once

#include "core/formats/onnx/model_builder.h"
#include "core/graph/product.h"

#include <octavo/numbers.h>

namespace octavo::onnx {

// Inputs and outputs by the names that they have in the model; "" where absent.
void write_operator(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs);

// Whether a product of rows is a MatMul in ONNX, whose Gemm takes matrices only.
bool is_mat_mul(const Graph& graph, const Node& node);

// y = activation(x). `name` is what the nodes' and tensors' names start with. Writes nothing for `none`.
void write_activation(ModelBuilder& model, const std::string& name, const Activation& activation, const std::string& x,
                      const std::string& y);

// Whether write_operator takes the node's constants from the graph instead of by name.
bool spreads_constants(const Node& node);

// Which outputs of the graph have the free batch in dimension 0, in the order of graph.outputs.
std::vector<bool> free_outputs(const Graph& graph);

}  // namespace octavo::onnx
