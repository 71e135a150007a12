// The two hashes that tie a plan to a graph. Structure: names, types and shapes of inputs and constants, operators with their tensors and
// attributes; what inference computes follows from those. Constants: their bytes with their names.
#include "core/base/hash.h"
#include "core/graph/graph.h"

#include <bit>

namespace octavo {
namespace {

struct HashValue {
    Hasher& hasher;

    void operator()(std::int64_t value) const { hasher.update(value); }
    void operator()(float value) const { hasher.update(static_cast<std::int64_t>(std::bit_cast<std::uint32_t>(value))); }
    void operator()(const std::string& value) const { hasher.update_field(value); }
    template <class T>
    void operator()(const std::vector<T>& values) const {
        hasher.update(static_cast<std::int64_t>(values.size()));
        for (const T value : values) (*this)(value);
    }
};

void hash_tensor(Hasher& hasher, const Tensor& tensor) {
    hasher.update_field(tensor.name);
    hasher.update(static_cast<std::int64_t>(tensor.type));
    Shape shape = tensor.shape;
    if (!shape.empty() && (tensor.free_batch || shape[0] == -1)) shape[0] = 1;
    HashValue{hasher}(shape);
}

void hash_ids(Hasher& hasher, const Graph& graph, const std::vector<TensorId>& ids) {
    hasher.update(static_cast<std::int64_t>(ids.size()));
    for (const TensorId id : ids) hasher.update_field(id == TensorId::none ? std::string() : graph[id].name);
}

void hash_node(Hasher& hasher, const Graph& graph, const Node& node) {
    hasher.update_field(node.name);
    hasher.update_field(node.op);
    hash_ids(hasher, graph, node.inputs);
    hash_ids(hasher, graph, node.outputs);
    hasher.update(static_cast<std::int64_t>(node.attributes.size()));
    for (const auto& [name, value] : node.attributes) {
        hasher.update_field(name);
        hasher.update(static_cast<std::int64_t>(value.index()));
        std::visit(HashValue{hasher}, value);
    }
}

}  // namespace

Fingerprint fingerprint(const Graph& graph) {
    Hasher structure;
    Hasher constants;
    for (const TensorId id : graph.inputs) hash_tensor(structure, graph[id]);
    for (const Tensor& tensor : graph.tensors) {
        if (!tensor.is_constant()) continue;
        hash_tensor(structure, tensor);
        constants.update_field(tensor.name);
        constants.update(std::span(tensor.data.data, tensor.data.size_bytes));
    }
    for (const Node& node : graph.nodes) hash_node(structure, graph, node);
    hash_ids(structure, graph, graph.outputs);
    return {structure.hex(), constants.hex()};
}

}  // namespace octavo
