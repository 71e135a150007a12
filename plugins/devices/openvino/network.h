// An ov::Model out of a flat graph and what a plan says of it. Grids become FakeQuantize of 256 levels behind what computes a tensor, int8
// weights an i8 constant, Convert and Multiply, as OpenVINO's own quantizers write them; its CPU plugin makes int8 kernels of that.
// The model reads the constants of `graph`, which must outlive whatever is compiled from it.
#pragma once

#include "operators.h"

#include <ops/graph_copy.h>
#include <openvino/core/model.hpp>

#include <map>
#include <memory>

namespace octavo::openvino {

struct Network {
    std::shared_ptr<ov::Model> model;          // results: the graph's outputs, then the taps
    std::map<std::string, std::size_t> owner;  // of an operator of OpenVINO by its name: the node that it is a part of
};

// Nothing if the node can be built, else the reason.
Result<void> check_node(const octavo_graph& graph, std::int32_t node);
Result<Network> build_network(const ops::GraphCopy& graph, const octavo_plan* plan, std::span<const std::int32_t> taps);

ov::element::Type element_type(octavo_type type);
ov::Shape shape_of(const octavo_tensor_info& tensor);

}  // namespace octavo::openvino
