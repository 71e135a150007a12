// One node of a graph as layers of OpenVINO's opsets. What passes fused into a node (residual, activation) is not written here but by the
// caller, and so are the weights of products.
#pragma once

#include "core/formats/openvino/ir_builder.h"

#include <octavo/numbers.h>

#include <functional>

namespace octavo::openvino {

// Types of a graph's tensors with -1 for every dimension that moves with the batch.
std::vector<PortType> port_types(const Graph& graph);

// What a row of the table has to hand.
struct Job {
    IrBuilder& ir;
    const Graph& graph;
    const Node& node;
    bool is_int8;                               // by the plan
    const std::vector<PortType>& types;         // [tensor]
    std::span<const octavo_tensor_info> infos;  // [tensor]
    // Input i as the operator is to read it, in another shape where one is given; written when it is asked for.
    std::function<Value(std::size_t i, const Shape* shape)> source;

    bool has(std::size_t i) const { return i < node.inputs.size() && node.inputs[i] != TensorId::none; }
    Value read(std::size_t i) const { return has(i) ? source(i, nullptr) : Value{}; }
    Value read_as(std::size_t i, const Shape& shape) const { return source(i, &shape); }
    Values read_all() const;
    const PortType& input(std::size_t i) const { return types[index(node.inputs[i])]; }
    const PortType& output(std::size_t i = 0) const { return types[index(node.outputs[i])]; }
    std::int64_t rank() const { return static_cast<std::int64_t>(input(0).shape.size()); }
    std::string part(const char* what) const { return node.name + "/" + what; }
    // The values of a constant input; none where there is no such input.
    std::vector<std::int64_t> integers(std::size_t i) const;
    std::span<const float> reals(std::size_t i) const;
    // From constant input i, or from the attribute that older opsets have.
    std::vector<std::int64_t> integers(std::size_t i, const char* attribute) const;
    std::int64_t axis(const char* attribute, std::int64_t fallback) const;  // 0..rank-1
    Error refusal(const std::string& why) const;
};

// Outputs in the order of the node's. Error, Code::model: an operator, or a form of it, that no layer says.
Result<Values> write_operator(Job& job);

// y = activation(x); x itself for `none`.
Value write_activation(IrBuilder& ir, const std::string& name, const Activation& activation, Value x, const PortType& type);

}  // namespace octavo::openvino
