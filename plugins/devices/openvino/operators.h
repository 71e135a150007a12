// One node of the flat graph as operators of OpenVINO. What passes fused into a node (residual, activation) is the caller's, and so are
// grids and quantized weights: a row reads its inputs through the job and never asks where they come from. All shapes are static.
#pragma once

#include <octavo/result.h>
#include <ops/op.h>
#include <openvino/core/node.hpp>

#include <functional>
#include <memory>

namespace octavo::openvino {

using Value = ov::Output<ov::Node>;
using Outputs = ov::OutputVector;

struct Job {
    ops::NodeView node;
    // Input i as the node is to read it, in another shape where one is given.
    std::function<Value(std::size_t i, const ops::Shape* shape)> source;

    Value read(std::size_t i) const { return source(i, nullptr); }
    Value read_as(std::size_t i, const ops::Shape& shape) const { return source(i, &shape); }
    Outputs read_all() const;
    ops::Shape output_shape(std::size_t i = 0) const { return {node.output(i).shape, node.output(i).shape + node.output(i).rank}; }
    std::int64_t rank() const { return node.input(0).rank; }
    std::int64_t axis(const char* attribute, std::int64_t fallback) const;  // 0..rank-1
};

using BuildRow = Result<Outputs>(const Job& job);

template <class Op, class... Args>
Value make(Args&&... args) {
    return std::make_shared<Op>(std::forward<Args>(args)...)->output(0);
}

Value integers(const std::vector<std::int64_t>& values);
Value integer(std::int64_t value);  // a scalar
Value real(float value);            // a scalar

// Outputs in the order of the node's. Errors, Code::model: an operator, or a form of it, that no row builds.
Result<Outputs> build_operator(const Job& job);
// activation(x); x itself for `none`.
Value build_activation(const Activation& activation, const Value& x);

// operators_spatial.cpp: windows over an image. operators_shape.cpp: what moves or selects values.
BuildRow build_convolution, build_transposed_convolution, build_max_pool, build_average_pool, build_resize;
BuildRow build_same_bytes, build_transpose, build_concat, build_slice, build_split, build_pad, build_gather, build_tile, build_expand,
    build_top_k, build_arg_extreme, build_depth_to_space, build_space_to_depth;
// operators_newer.cpp
BuildRow build_layer_normalization, build_group_normalization, build_mean_variance, build_gather_elements, build_gather_nd,
    build_scatter_nd, build_scatter_elements, build_grid_sample;

}  // namespace octavo::openvino
