// Reads an OpenVINO IR of version 10 or 11, or 2 to 7 of the years before: FILE.xml with its FILE.bin. Gives a graph as read_onnx does:
// topological order, unique names, shapes inferred at batch 1 as far as that goes before passes fold what the model computes of shapes.
// Half floats and compressed weights (i8 or u8, Convert, Subtract, Multiply) become float32. Everything that no row covers is reported in
// one error. The files are hostile until parsed.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <string>
#include <string_view>

namespace octavo {

// `given` as for read_onnx.
Result<Graph> read_ir(const std::string& path, const std::map<std::string, Tensor>& given = {});
// The same from memory.
Result<Graph> read_ir(std::string_view xml, const Buffer& binary, const std::map<std::string, Tensor>& given = {});

}  // namespace octavo
