// Reads a TensorFlow Lite model (version 3, a file that starts with "TFL3" at byte 4), float, with half-float weights or quantized. Gives a
// graph as read_onnx does: topological order, unique names, shapes inferred at batch 1 as far as that goes before passes fold what the
// model computes of shapes, and as the file says them. Images are NCHW (import.h says how); half floats and quantized constants become
// float32, and a quantized activation a FakeQuantize behind what computes it, so that all values at the border are real. Everything that
// no row covers is reported in one error. The file is hostile until parsed.
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <span>
#include <string>

namespace octavo {

// `given` as for read_onnx; a model of this format leaves nothing open that it could give.
Result<Graph> read_tflite(const std::string& path, const std::map<std::string, Tensor>& given = {});
// The same from memory.
Result<Graph> read_tflite(std::span<const std::byte> bytes);

}  // namespace octavo
