// Graph: operators and tensors of a model with ONNX semantics, NCHW logical shapes, and a batch size that is set by `with_batch`. Nodes are
// in topological order; ids are indices and stay valid until a pass compacts the graph; names are for people and survive passes. Constants
// are shared, immutable buffers. Quantization parameters do not live here.
#pragma once

#include <octavo/abi/model.h>
#include <octavo/result.h>
#include <octavo/tensor.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace octavo {

using Shape = std::vector<std::int64_t>;
using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

enum class TensorId : std::int32_t { none = -1 };
enum class NodeId : std::int32_t {};

constexpr std::size_t index(TensorId id) {
    return static_cast<std::size_t>(id);
}
constexpr std::size_t index(NodeId id) {
    return static_cast<std::size_t>(id);
}

// Bytes of a constant with their owner (a mapped file, or a vector).
struct Buffer {
    std::shared_ptr<const void> owner;
    const std::byte* data = nullptr;
    std::size_t size_bytes = 0;

    explicit operator bool() const { return data != nullptr; }
    template <class T>
    std::span<const T> as() const {
        return {reinterpret_cast<const T*>(data), size_bytes / sizeof(T)};
    }
};

template <class T>
Buffer make_buffer(std::vector<T> values) {
    auto owned = std::make_shared<const std::vector<T>>(std::move(values));
    const void* data = owned->empty() ? static_cast<const void*>(owned.get()) : owned->data();  // never null: a constant of no values
    return {owned, static_cast<const std::byte*>(data), owned->size() * sizeof(T)};
}

struct Tensor {
    std::string name;
    octavo_type type = OCTAVO_F32;
    Shape shape;              // for inputs -1 in dimension 0 means a free batch; filled in by `infer_shapes`
    Buffer data;              // constants only
    bool free_batch = false;  // inputs: dimension 0 is the batch, whatever it is at the moment; set by `infer_shapes` for -1

    bool is_constant() const { return static_cast<bool>(data); }
};

struct Node {
    std::string name;
    std::string op;
    std::vector<TensorId> inputs;
    std::vector<TensorId> outputs;
    Attributes attributes;
    std::vector<std::string> parts;  // names of the nodes that passes fused into this one
};

// Hash of structure, shapes and attributes, and hash of the constants: hexadecimal.
struct Fingerprint {
    std::string structure;
    std::string constants;

    bool operator==(const Fingerprint&) const = default;
};

struct Graph {
    std::string name;
    Fingerprint imported;  // of the model as it was read: `run_passes` sets it before it changes anything
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;
    std::vector<TensorId> inputs;  // without constants
    std::vector<TensorId> outputs;

    Tensor& operator[](TensorId id) { return tensors[index(id)]; }
    const Tensor& operator[](TensorId id) const { return tensors[index(id)]; }
    Node& operator[](NodeId id) { return nodes[index(id)]; }
    const Node& operator[](NodeId id) const { return nodes[index(id)]; }

    TensorId add_tensor(Tensor tensor);
    // A name that no tensor has yet: `wish`, or `wish` with a number behind it.
    std::string unused_name(const std::string& wish) const;
};

// Who makes and who reads each tensor; valid until the graph changes.
struct Links {
    explicit Links(const Graph& graph);
    std::vector<std::int32_t> producer;              // [tensor] node index or -1
    std::vector<std::vector<std::int32_t>> readers;  // [tensor] node indices, one entry a use
    std::vector<bool> is_output;                     // [tensor] output of the graph

    // The node that alone reads the tensor (once, and it is no output of the graph), or -1.
    std::int32_t only_reader(TensorId id) const;
};

// The tensor of that name, or none.
TensorId find_tensor(const Graph& graph, std::string_view name);

std::int64_t element_count(std::span<const std::int64_t> shape);

template <class T>
T attribute_or(const Node& node, std::string_view name, T fallback) {
    const auto found = node.attributes.find(name);
    if (found == node.attributes.end()) return fallback;
    const T* value = std::get_if<T>(&found->second);
    return value ? *value : fallback;
}

// Fills in every shape for the given batch size (which replaces dimension 0 of inputs that have it free). Error: Code::model with node,
// operator and reason.
Result<void> infer_shapes(Graph& graph, std::int64_t batch);

// A copy of the graph at another batch size.
Result<Graph> with_batch(const Graph& graph, std::int64_t batch);
// The batch size that the graph's shapes are of; -1 where it is free and shapes are not filled in.
std::int64_t batch_of(const Graph& graph);
// The only batch size that the graph has, or 1 where it is free.
std::int64_t own_batch(const Graph& graph);
// A copy for so many images where the batch size is free, else at the only one.
Result<Graph> with_batch_if_free(const Graph& graph, std::int64_t batch);

// Nodes first..last-1 as far as `wanted`, which they write, depends on them. Inputs are what they read from outside, in the order of ids;
// tensors keep their ids, names and shapes. Wanted tensors that no node of the part writes become inputs and outputs.
Graph slice(const Graph& graph, std::size_t first, std::size_t last, std::span<const TensorId> wanted);

// The numbered invariants that hold between passes (invariants.cpp lists them). `after` names the pass for the message.
Result<void> check_invariants(const Graph& graph, std::string_view after);

// One line a tensor and node, stable: for people, tests and bug reports (dump.cpp documents the form).
std::string dump(const Graph& graph);

// A free batch counts as 1, so the batch size that the graph was inferred for does not show.
Fingerprint fingerprint(const Graph& graph);

// The graph as plugins see it. Keeps the arrays alive; must not outlive the graph.
class FlatGraph {
public:
    explicit FlatGraph(const Graph& graph);
    FlatGraph(const FlatGraph&) = delete;
    FlatGraph& operator=(const FlatGraph&) = delete;
    const octavo_graph& view() const { return view_; }

private:
    std::vector<octavo_tensor_info> tensors_;
    std::vector<octavo_node> nodes_;
    std::vector<std::vector<std::int32_t>> ids_;
    std::vector<std::vector<octavo_attribute>> attributes_;
    std::vector<std::int32_t> inputs_, outputs_;
    octavo_graph view_{};
};

}  // namespace octavo
