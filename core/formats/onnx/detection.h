// OpenVINO's DetectionOutput in standard ONNX. Rows are those of our operator: class by class, best first, an image of -1 behind the last.
#pragma once

#include "core/formats/onnx/model_builder.h"

namespace octavo::onnx {

// What no ONNX says: priors that are computed, boxes of their own for each class, several images. Code::model with the node.
Result<void> check_detection_output(const Graph& graph, const Node& node);

void write_detection_output(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs);

}  // namespace octavo::onnx
