// What is asked of one node by everyone who writes or plans it: what passes fused into it, and where a product has its channels.
#pragma once

#include "core/graph/graph.h"

#include <octavo/numbers.h>

namespace octavo {

// The activation fused into a node.
Activation activation_of(const Node& node);

inline constexpr std::size_t kResidualInput = 3;

// The residual fused into a Conv or Gemm, or none.
TensorId residual_of(const Node& node);

// Whether the weight of a Conv, Gemm or MatMul has output channels as its last dimension instead of its first.
bool channels_last(const Node& node);

// Of what a product reads and writes, the axis of the channels: the last one of a Gemm's rows, the second one of pictures.
std::size_t channel_axis(const Node& product, const Shape& shape);

// Of each tensor, the axis of its channels: the last one where Gemms read and write it and no convolution does, else 1.
std::vector<std::size_t> channel_axes(const Graph& graph);

}  // namespace octavo
