// From parsed messages to a graph: checks names, types and order, and turns nodes and attributes into ours.
#pragma once

#include "core/formats/onnx/constants.h"
#include "core/formats/onnx/reader.h"

namespace octavo::onnx {

// The graph in topological order, before shape inference.
Result<Graph> import_graph(const ModelProto& model, ConstantReader& constants, const InputValues& given);

}  // namespace octavo::onnx
