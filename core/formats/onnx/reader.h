// Reads an ONNX model. Gives a graph in topological order with shapes inferred at batch 1 (where the model computes shapes itself: as far
// as that goes before passes fold them), all names unique, Constant nodes and initializers as constants that are views into the mapped
// file where they can be. Everything that no row of the operator table covers is reported in one error. The file is hostile until
// parsed: no error of it is worse than a Result. Functions of the model, and branches of If that are chosen whatever the input, become part
// of the graph.
//
// Operators whose meaning changed between opsets without changing their form (Softmax, LogSoftmax) get an int attribute "opset".
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <string>
#include <vector>

namespace octavo {

// Constants for graph inputs, by name. They give what the model leaves open: free dimensions, and the values of inputs that decide shapes
// (Reshape's target, pads, axes), which become constants and are inputs no more.
using InputValues = std::map<std::string, Tensor>;

Result<Graph> read_onnx(const std::string& path, const InputValues& given = {});

// What stands at the border of the model, as the file says it: names, and types before they are widened ("float16").
struct BorderTensor {
    std::string name;
    std::string type;
};
struct Border {
    std::vector<BorderTensor> inputs, outputs;
};
Result<Border> read_onnx_border(const std::string& path);

// Whether the file can be taken apart as such a model, whatever is in it.
bool is_onnx(const std::string& path);

// The same from memory; external data is refused. `name` stands in messages.
Result<Graph> read_onnx(Buffer bytes, const std::string& name);

}  // namespace octavo
