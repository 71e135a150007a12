// Graph to flat arrays. Nothing is copied but ids and descriptors; a rank that the ABI cannot hold is our mistake, since inference and
// invariants refuse it before.
#include "core/graph/flat.h"

#include "core/base/check.h"

#include <algorithm>

namespace octavo {
namespace {

struct FlattenValue {
    octavo_attribute& out;

    void operator()(const std::int64_t& value) const {
        out.type = OCTAVO_ATTRIBUTE_INT;
        out.count = 1;
        out.ints = &value;
    }
    void operator()(const float& value) const {
        out.type = OCTAVO_ATTRIBUTE_FLOAT;
        out.count = 1;
        out.floats = &value;
    }
    void operator()(const std::string& value) const {
        out.type = OCTAVO_ATTRIBUTE_STRING;
        out.count = 1;
        out.string = value.c_str();
    }
    void operator()(const std::vector<std::int64_t>& values) const {
        out.type = OCTAVO_ATTRIBUTE_INTS;
        out.count = static_cast<std::int64_t>(values.size());
        out.ints = values.data();
    }
    void operator()(const std::vector<float>& values) const {
        out.type = OCTAVO_ATTRIBUTE_FLOATS;
        out.count = static_cast<std::int64_t>(values.size());
        out.floats = values.data();
    }
};

octavo_node node_view(const Node& node, const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs,
                      const std::vector<octavo_attribute>& attributes) {
    return {node.name.c_str(), node.op.c_str(),
            inputs.data(),     static_cast<std::int32_t>(inputs.size()),
            outputs.data(),    static_cast<std::int32_t>(outputs.size()),
            attributes.data(), static_cast<std::int32_t>(attributes.size())};
}

}  // namespace

octavo_tensor_info flatten(const Tensor& tensor) {
    OCTAVO_CHECK(tensor.shape.size() <= OCTAVO_MAX_RANK);
    octavo_tensor_info info{};
    info.name = tensor.name.c_str();
    info.type = tensor.type;
    info.rank = static_cast<std::int32_t>(tensor.shape.size());
    std::copy(tensor.shape.begin(), tensor.shape.end(), info.shape);
    info.data = tensor.data.data;
    return info;
}

std::vector<octavo_attribute> flatten(const Attributes& attributes) {
    std::vector<octavo_attribute> flat;
    flat.reserve(attributes.size());
    for (const auto& [name, value] : attributes) {
        octavo_attribute out{};
        out.name = name.c_str();
        std::visit(FlattenValue{out}, value);
        flat.push_back(out);
    }
    return flat;
}

std::vector<std::int32_t> flatten(std::span<const TensorId> ids) {
    std::vector<std::int32_t> flat;
    flat.reserve(ids.size());
    for (const TensorId id : ids) flat.push_back(static_cast<std::int32_t>(id));
    return flat;
}

FlatNode::FlatNode(const Node& node)
    : inputs_(flatten(node.inputs)), outputs_(flatten(node.outputs)), attributes_(flatten(node.attributes)) {
    view_ = node_view(node, inputs_, outputs_, attributes_);
}

FlatGraph::FlatGraph(const Graph& graph) : inputs_(flatten(graph.inputs)), outputs_(flatten(graph.outputs)) {
    tensors_.reserve(graph.tensors.size());
    for (const Tensor& tensor : graph.tensors) tensors_.push_back(flatten(tensor));
    ids_.reserve(2 * graph.nodes.size());
    attributes_.reserve(graph.nodes.size());
    nodes_.reserve(graph.nodes.size());
    for (const Node& node : graph.nodes) {
        const std::vector<std::int32_t>& inputs = ids_.emplace_back(flatten(node.inputs));
        const std::vector<std::int32_t>& outputs = ids_.emplace_back(flatten(node.outputs));
        nodes_.push_back(node_view(node, inputs, outputs, attributes_.emplace_back(flatten(node.attributes))));
    }
    view_ = {sizeof(octavo_graph),
             tensors_.data(),
             static_cast<std::int32_t>(tensors_.size()),
             nodes_.data(),
             static_cast<std::int32_t>(nodes_.size()),
             inputs_.data(),
             static_cast<std::int32_t>(inputs_.size()),
             outputs_.data(),
             static_cast<std::int32_t>(outputs_.size())};
}

}  // namespace octavo
