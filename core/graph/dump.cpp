// A graph as text, stable from run to run:
//
//     graph NAME
//     input NAME f32 *x3x224x224            (*: free batch)
//     constant NAME f32 8x3x3x3
//     node NAME Conv (x, w, -) -> (y f32 1x8x112x112) {group=1, strides=[2, 2]} parts (bn, relu)
//     output NAME
//
// Inputs, then constants in the order of their ids, nodes in order, outputs. An absent optional input is "-".
#include "core/graph/flat.h"

#include <array>
#include <charconv>

namespace octavo {
namespace {

std::string shape_text(const Tensor& tensor) {
    if (tensor.shape.empty()) return "scalar";
    std::string text;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        if (i > 0) text += 'x';
        const bool free = i == 0 && (tensor.free_batch || tensor.shape[0] == -1);
        text += free ? "*" : std::to_string(tensor.shape[i]);
    }
    return text;
}

std::string typed(const Tensor& tensor) {
    return tensor.name + " " + type_name(tensor.type) + " " + shape_text(tensor);
}

template <class T>
std::string number_text(T value) {
    std::array<char, 32> text{};
    const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), result.ptr};
}

struct AttributeText {
    std::string operator()(std::int64_t value) const { return number_text(value); }
    std::string operator()(float value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return '"' + value + '"'; }
    template <class T>
    std::string operator()(const std::vector<T>& values) const {
        std::string text = "[";
        for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? ", " : "") + number_text(values[i]);
        return text + "]";
    }
};

std::string node_line(const Graph& graph, const Node& node) {
    std::string line = "node " + node.name + " " + node.op + " (";
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        line += (i > 0 ? ", " : "") + (node.inputs[i] == TensorId::none ? "-" : graph[node.inputs[i]].name);
    line += ") -> (";
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
        line += (i > 0 ? ", " : "") + (node.outputs[i] == TensorId::none ? "-" : typed(graph[node.outputs[i]]));
    line += ')';
    const char* separator = " {";
    for (const auto& [name, value] : node.attributes) {
        line += separator + name + "=" + std::visit(AttributeText{}, value);
        separator = ", ";
    }
    if (!node.attributes.empty()) line += '}';
    for (std::size_t i = 0; i < node.parts.size(); ++i) line += (i > 0 ? ", " : " parts (") + node.parts[i];
    return node.parts.empty() ? line : line + ')';
}

}  // namespace

std::string dump(const Graph& graph) {
    std::string text = "graph " + graph.name + "\n";
    for (const TensorId id : graph.inputs) text += "input " + typed(graph[id]) + "\n";
    for (const Tensor& tensor : graph.tensors)
        if (tensor.is_constant()) text += "constant " + typed(tensor) + "\n";
    for (const Node& node : graph.nodes) text += node_line(graph, node) + "\n";
    for (const TensorId id : graph.outputs) text += "output " + graph[id].name + "\n";
    return text;
}

}  // namespace octavo
