// See graph_copy.h.
#include "ops/graph_copy.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::ops {

GraphCopy::GraphCopy(const octavo_graph& graph, const octavo_plan* plan)
    : inputs_(graph.inputs, graph.inputs + graph.input_count), outputs_(graph.outputs, graph.outputs + graph.output_count) {
    for (std::int32_t i = 0; i < graph.tensor_count; ++i) {
        const void* replaced = plan && plan->replaced ? plan->replaced[i] : nullptr;
        copy_tensor(graph.tensors[i], replaced ? replaced : graph.tensors[i].data);
    }
    for (std::int32_t i = 0; i < graph.node_count; ++i) copy_node(graph.nodes[i]);
}

void GraphCopy::copy_tensor(const octavo_tensor_info& tensor, const void* data) {
    octavo_tensor_info copy = tensor;
    copy.name = keep(tensor.name);
    if (data) {
        const std::int64_t count = element_count({tensor.shape, static_cast<std::size_t>(tensor.rank)});
        const std::size_t bytes = static_cast<std::size_t>(count) * element_bytes(tensor.type);
        const auto* first = static_cast<const std::byte*>(data);
        // One byte at least: an empty constant is a constant all the same.
        std::vector<std::byte>& kept = data_.emplace_back(first, first + bytes);
        if (kept.empty()) kept.resize(1);
        copy.data = kept.data();
        constant_bytes_ += static_cast<std::int64_t>(bytes);
    }
    tensors_.push_back(copy);
}

void GraphCopy::copy_node(const octavo_node& node) {
    octavo_node copy = node;
    copy.name = keep(node.name);
    copy.op = keep(node.op);
    copy.inputs = ids_.emplace_back(node.inputs, node.inputs + node.input_count).data();
    copy.outputs = ids_.emplace_back(node.outputs, node.outputs + node.output_count).data();
    std::vector<octavo_attribute>& attributes = attributes_.emplace_back();
    for (std::int32_t i = 0; i < node.attribute_count; ++i) attributes.push_back(copy_attribute(node.attributes[i]));
    copy.attributes = attributes.data();
    nodes_.push_back(copy);
}

octavo_attribute GraphCopy::copy_attribute(const octavo_attribute& attribute) {
    octavo_attribute copy = attribute;
    copy.name = keep(attribute.name);
    if (attribute.ints) copy.ints = ints_.emplace_back(attribute.ints, attribute.ints + attribute.count).data();
    if (attribute.floats) copy.floats = floats_.emplace_back(attribute.floats, attribute.floats + attribute.count).data();
    if (attribute.string) copy.string = keep(attribute.string);
    return copy;
}

void GraphCopy::set_shape(std::size_t tensor, std::span<const std::int64_t> shape) {
    tensors_[tensor].rank = static_cast<std::int32_t>(shape.size());
    std::copy(shape.begin(), shape.end(), tensors_[tensor].shape);
}

}  // namespace octavo::ops
