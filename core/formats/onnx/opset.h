// Which opset a graph is written in: 13, which every runtime of today reads, or the first that can say all forms of its operators.
#pragma once

#include "core/graph/graph.h"

namespace octavo::onnx {

inline constexpr std::int64_t kLeastOpset = 13;

std::int64_t opset_of(const Graph& graph);

// A window whose taps lie apart.
bool has_gaps(const Node& node);
// A Resize that takes its sizes for bounds.
bool keeps_aspect_ratio(const Node& node);

}  // namespace octavo::onnx
