// A copy of a flat graph that outlives the host's: nodes, tensors, and constants with the plan's replacements in place.
#pragma once

#include <octavo/abi/model.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace octavo::ops {

class GraphCopy {
public:
    GraphCopy(const octavo_graph& graph, const octavo_plan* plan);
    GraphCopy(const GraphCopy&) = delete;
    GraphCopy& operator=(const GraphCopy&) = delete;

    std::span<const octavo_tensor_info> tensors() const { return tensors_; }
    // For a tensor whose shape is known only when it has been computed.
    void set_shape(std::size_t tensor, std::span<const std::int64_t> shape);
    std::span<const octavo_node> nodes() const { return nodes_; }
    std::span<const std::int32_t> inputs() const { return inputs_; }
    std::span<const std::int32_t> outputs() const { return outputs_; }
    std::int64_t constant_bytes() const { return constant_bytes_; }

private:
    void copy_tensor(const octavo_tensor_info& tensor, const void* data);
    void copy_node(const octavo_node& node);
    octavo_attribute copy_attribute(const octavo_attribute& attribute);
    const char* keep(const char* text) { return strings_.emplace_back(text).c_str(); }

    // Deques, since what they hold is pointed at.
    std::deque<std::string> strings_;
    std::deque<std::vector<std::int32_t>> ids_;
    std::deque<std::vector<std::int64_t>> ints_;
    std::deque<std::vector<float>> floats_;
    std::deque<std::vector<octavo_attribute>> attributes_;
    std::deque<std::vector<std::byte>> data_;
    std::vector<octavo_tensor_info> tensors_;
    std::vector<octavo_node> nodes_;
    std::vector<std::int32_t> inputs_, outputs_;
    std::int64_t constant_bytes_ = 0;
};

}  // namespace octavo::ops
