// Reads an ONNX model. Gives a graph in topological order with shapes inferred at batch 1 (where the model computes shapes itself: as far
// as that goes before passes fold them), all names unique, Constant nodes and initializers as constants that are views into the mapped
// file where they can be. Everything that no row of the operator table covers is reported in one error. The file is hostile until
// parsed: no error of it is worse than a Result.
//
// Operators whose meaning changed between opsets without changing their form (Softmax, LogSoftmax) get an int attribute "opset".
#pragma once

#include "core/graph/graph.h"

#include <string>

namespace octavo {

Result<Graph> read_onnx(const std::string& path);

// The same from memory; external data is refused. `name` stands in messages.
Result<Graph> read_onnx(Buffer bytes, const std::string& name);

}  // namespace octavo
