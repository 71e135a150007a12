// Pieces of a graph as the ABI's flat structs. They point into the node or tensor that they were made from.
#pragma once

#include "core/graph/graph.h"

namespace octavo {

octavo_tensor_info flatten(const Tensor& tensor);
std::vector<octavo_attribute> flatten(const Attributes& attributes);
std::vector<std::int32_t> flatten(std::span<const TensorId> ids);

// One node with the arrays that its flat view needs.
class FlatNode {
public:
    explicit FlatNode(const Node& node);
    FlatNode(const FlatNode&) = delete;
    FlatNode& operator=(const FlatNode&) = delete;
    const octavo_node& view() const { return view_; }

private:
    std::vector<std::int32_t> inputs_, outputs_;
    std::vector<octavo_attribute> attributes_;
    octavo_node view_{};
};

}  // namespace octavo
