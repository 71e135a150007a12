// One list of nodes of a model that has nodes within nodes: calls of its own functions, and branches of If.
#pragma once

#include "core/formats/onnx/proto.h"

#include <functional>

namespace octavo::onnx {

// Every call becomes the nodes of its function. Error, Code::model: functions that call themselves, or that make more of the model than any
// network has.
Result<void> inline_functions(ModelProto& model);

// The value of a boolean of the model where it is the same for every input; nothing where it is not, or cannot be known.
using Decide = std::function<std::optional<bool>(const ModelProto& model, std::string_view tensor)>;

// Every If whose condition is known becomes the nodes of the branch that it chooses; others stay.
void inline_branches(ModelProto& model, const Decide& decide);

// The model with the nodes that this tensor needs, which is its only output.
ModelProto part_of(const ModelProto& model, std::string_view tensor);

}  // namespace octavo::onnx
