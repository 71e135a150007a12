// Reads a Caffe model: MODEL.prototxt with MODEL.caffemodel beside it, given by either name. Gives a graph as read_onnx does, shapes
// inferred at batch 1. Outputs are the blobs that nothing reads; a blob that layers write in place keeps its name for the last of them.
// Everything that no row covers is reported in one error. The files are hostile until parsed.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <string>
#include <string_view>

namespace octavo {

// `given` as for read_onnx.
Result<Graph> read_caffe(const std::string& path, const std::map<std::string, Tensor>& given = {});
// The same from memory.
Result<Graph> read_caffe(std::string_view prototxt, const Buffer& caffemodel, const std::map<std::string, Tensor>& given = {});

}  // namespace octavo
