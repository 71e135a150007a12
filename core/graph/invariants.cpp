// What holds for every graph between passes, numbered so that messages and bug reports can point at a line of this table. After "import" a
// violation is the model's fault (Code::model), after a pass it is ours (Code::internal).
#include "core/graph/flat.h"
#include "sdk/ops/op.h"

#include <array>
#include <set>

namespace octavo {
namespace {

// Each check returns "" or what it found. Later checks rely on earlier ones.
struct Invariant {
    const char* text;
    std::string (*violation)(const Graph& graph);
};

std::string title(const Node& node) {
    return node.op + " '" + node.name + "'";
}
std::string title(const Tensor& tensor) {
    return "tensor '" + tensor.name + "'";
}

bool in_range(const Graph& graph, TensorId id) {
    return static_cast<std::int32_t>(id) >= 0 && index(id) < graph.tensors.size();
}

std::string ids_in_range(const Graph& graph) {
    for (const Node& node : graph.nodes) {
        for (const TensorId id : node.inputs)
            if (id != TensorId::none && !in_range(graph, id)) return title(node);
        for (const TensorId id : node.outputs)
            if (id != TensorId::none && !in_range(graph, id)) return title(node);
        if (node.outputs.empty() || node.outputs[0] == TensorId::none) return title(node) + " without a first output";
    }
    for (const TensorId id : graph.inputs)
        if (!in_range(graph, id)) return "a graph input";
    for (const TensorId id : graph.outputs)
        if (!in_range(graph, id)) return "a graph output";
    return "";
}

std::string one_source(const Graph& graph) {
    std::vector<bool> known(graph.tensors.size(), false);
    for (std::size_t i = 0; i < known.size(); ++i) known[i] = graph.tensors[i].is_constant();
    for (const TensorId id : graph.inputs) {
        if (known[index(id)]) return title(graph[id]) + ", a graph input";
        known[index(id)] = true;
    }
    for (const Node& node : graph.nodes)
        for (const TensorId id : node.outputs) {
            if (id == TensorId::none) continue;
            if (known[index(id)]) return title(graph[id]) + ", written by " + title(node);
            known[index(id)] = true;
        }
    return "";
}

std::string topological_order(const Graph& graph) {
    std::vector<bool> known(graph.tensors.size(), false);
    for (std::size_t i = 0; i < known.size(); ++i) known[i] = graph.tensors[i].is_constant();
    for (const TensorId id : graph.inputs) known[index(id)] = true;
    for (const Node& node : graph.nodes) {
        for (const TensorId id : node.inputs)
            if (id != TensorId::none && !known[index(id)]) return title(node) + " reads " + title(graph[id]);
        for (const TensorId id : node.outputs)
            if (id != TensorId::none) known[index(id)] = true;
    }
    for (const TensorId id : graph.outputs)
        if (!known[index(id)]) return "graph output '" + graph[id].name + "'";
    return "";
}

std::string unique_tensor_names(const Graph& graph) {
    std::set<std::string_view> names;
    for (const Tensor& tensor : graph.tensors)
        if (tensor.name.empty() || !names.insert(tensor.name).second) return title(tensor);
    return "";
}

std::string unique_node_names(const Graph& graph) {
    std::set<std::string_view> names;
    for (const Node& node : graph.nodes)
        if (node.name.empty() || !names.insert(node.name).second) return title(node);
    return "";
}

std::string known_operators(const Graph& graph) {
    for (const Node& node : graph.nodes) {
        const ops::Row* row = ops::find(node.op);
        if (!row) return title(node);
        const auto count = static_cast<int>(node.inputs.size());
        if (count < row->min_inputs || (row->max_inputs >= 0 && count > row->max_inputs))
            return title(node) + " with " + std::to_string(count) + " inputs";
    }
    return "";
}

std::string attribute_types(const Graph& graph) {
    for (const Node& node : graph.nodes) {
        const std::vector<octavo_attribute> attributes = flatten(node.attributes);
        for (const ops::AttributeRow& row : ops::find(node.op)->attributes)
            for (const octavo_attribute& attribute : attributes)
                if (std::string_view(row.name) == attribute.name && row.type != attribute.type)
                    return title(node) + ", attribute '" + row.name + "'";
    }
    return "";
}

std::string possible_shapes(const Graph& graph) {
    const std::set<TensorId> inputs(graph.inputs.begin(), graph.inputs.end());
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Tensor& tensor = graph.tensors[i];
        if (tensor.shape.size() > OCTAVO_MAX_RANK || element_bytes(tensor.type) == 0) return title(tensor);
        std::int64_t count = 1;
        for (std::size_t d = 0; d < tensor.shape.size(); ++d) {
            const bool free = d == 0 && tensor.shape[0] == -1 && inputs.contains(static_cast<TensorId>(i));
            if (tensor.shape[d] < 0 && !free) return title(tensor);
            if (!free && __builtin_mul_overflow(count, tensor.shape[d], &count)) return title(tensor);
        }
        if (count > (std::int64_t{1} << 40)) return title(tensor);
    }
    return "";
}

std::string constant_sizes(const Graph& graph) {
    for (const Tensor& tensor : graph.tensors) {
        if (!tensor.is_constant()) continue;
        const auto count = static_cast<std::size_t>(element_count(tensor.shape));
        if (count * element_bytes(tensor.type) != tensor.data.size_bytes) return title(tensor);
        if (reinterpret_cast<std::uintptr_t>(tensor.data.data) % element_bytes(tensor.type) != 0) return title(tensor) + ", not aligned";
    }
    return "";
}

std::string distinct_outputs(const Graph& graph) {
    std::set<TensorId> seen;
    for (const TensorId id : graph.outputs)
        if (!seen.insert(id).second) return title(graph[id]);
    return graph.outputs.empty() ? "no output" : "";
}

constexpr std::array<Invariant, 10> kInvariants = {{
    {"ids are in range and each node has a first output", &ids_in_range},
    {"a tensor is a constant, a graph input or written by one node, never two of these", &one_source},
    {"nodes stand behind those they read, and graph outputs are written", &topological_order},
    {"tensor names are unique and not empty", &unique_tensor_names},
    {"node names are unique and not empty", &unique_node_names},
    {"operators are known and have as many inputs as they take", &known_operators},
    {"attributes that an operator declares have the declared type", &attribute_types},
    {"types are known, ranks at most 8, dimensions not negative and sizes below 2^40 elements", &possible_shapes},
    {"a constant has as many bytes as its type and shape say, aligned to its type", &constant_sizes},
    {"a graph has outputs, each listed once", &distinct_outputs},
}};

}  // namespace

Result<void> check_invariants(const Graph& graph, std::string_view after) {
    const Code code = after == "import" ? Code::model : Code::internal;
    for (std::size_t i = 0; i < kInvariants.size(); ++i) {
        const std::string found = kInvariants[i].violation(graph);
        if (!found.empty())
            return Error(code, "after " + std::string(after) + ": " + found + " breaks invariant " + std::to_string(i + 1) + ": " +
                                   kInvariants[i].text);
    }
    return {};
}

}  // namespace octavo
