// Grids in front of activations. ONNX Runtime has integer operators for SiLU (QLinearSigmoid, QLinearMul), hard-swish (QLinearAdd,
// QLinearMul) and leaky ReLU (QLinearLeakyRelu), but none that computes them inside of a convolution: with a second grid, between the two,
// the convolution is integer as well. The plan's devices know no such grid. It rounds once more, which costs the outputs little but in the
// layers next to the image, whose errors all others inherit: those keep their floating point (docs/onnx.md has figures).
#pragma once

#include "core/formats/onnx/qdq_forms.h"

#include <optional>
#include <vector>

namespace octavo::onnx {

// [tensor] what stands between a node and its fused activation; nothing where none is to.
std::vector<std::optional<Grid>> front_grids(const Graph& graph, const Forms& forms);

bool has_integer_operators(ActivationKind kind);

// All that makes a difference on the grid behind the activation; nothing where the activation has no integer operator, or where values
// next to zero would be told apart too badly.
std::optional<Grid> grid_in_front(const Activation& activation, const Grid& behind);

}  // namespace octavo::onnx
