// One node after the other; each is its operator, then its residual, then its activation.
#include "core/formats/onnx/writer.h"

#include "core/formats/onnx/detection.h"
#include "core/formats/onnx/operators.h"
#include "core/formats/onnx/opset.h"
#include "core/graph/window.h"

#include <algorithm>

namespace octavo {
namespace {

using onnx::ModelBuilder;
using onnx::Names;

// Some operators write their constants in another shape: the originals are needed only where somebody else reads them, or nobody.
bool is_needed(const Graph& graph, const Links& links, std::size_t constant) {
    const std::vector<std::int32_t>& readers = links.readers[constant];
    const auto keeps = [&](std::int32_t n) { return !onnx::spreads_constants(graph.nodes[static_cast<std::size_t>(n)]); };
    return readers.empty() || links.is_output[constant] || std::any_of(readers.begin(), readers.end(), keeps);
}

// A Resize of OpenVINO; one of opset 10 is written as two.
bool is_simple_both_ways(const Graph& graph, const Node& node) {
    if (node.op != "Resize" || attribute_or(node, "nearest_mode", std::string()) != "simple") return false;
    const SizeChanges changes = size_changes(graph, node);
    return changes.shrinks && changes.enlarges;
}

Names names_of(const Graph& graph, std::span<const TensorId> ids) {
    Names names;
    for (const TensorId id : ids) names.push_back(id == TensorId::none ? "" : graph[id].name);
    return names;
}

void write_node(ModelBuilder& model, const Graph& graph, const Node& node) {
    const Activation activation = activation_of(node);
    const TensorId residual = residual_of(node);
    Names inputs = names_of(graph, node.inputs);
    Names outputs = names_of(graph, node.outputs);
    const std::string last = outputs[0];
    const bool is_active = activation.kind != ActivationKind::none;
    const std::string sum = is_active ? model.unique(node.name + "/linear") : last;
    if (residual != TensorId::none) {
        inputs.resize(kResidualInput);
        if (inputs.back().empty()) inputs.pop_back();
        outputs[0] = model.unique(attribute_or(node, "inner", node.name + "/product"));
    } else {
        outputs[0] = sum;
    }
    onnx::write_operator(model, graph, node, inputs, outputs);
    if (residual != TensorId::none) model.add_node(node.name + "/add", "Add", {outputs[0], graph[residual].name}, {sum});
    if (is_active) onnx::write_activation(model, node.name, activation, sum, last);
}

}  // namespace

std::string write_onnx(const Graph& graph) {
    ModelBuilder model(graph.name, onnx::opset_of(graph));
    for (const Tensor& tensor : graph.tensors) model.reserve(tensor.name);
    for (const TensorId id : graph.inputs) model.add_input(graph[id], graph[id].free_batch);
    const Links links(graph);
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const Tensor& tensor = graph.tensors[i];
        if (tensor.is_constant() && is_needed(graph, links, i)) model.add_constant(tensor.name, tensor.type, tensor.shape, tensor.data);
    }
    for (const Node& node : graph.nodes) write_node(model, graph, node);
    const std::vector<bool> free = onnx::free_outputs(graph);
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) model.add_output(graph[graph.outputs[i]], free[i]);
    return model.finish();
}

Result<void> check_onnx_operators(const Graph& graph) {
    constexpr std::string_view kForeign[] = {"FakeQuantize", "PriorBox", "PriorBoxClustered"};
    for (const Node& node : graph.nodes) {
        if (node.op == "DetectionOutput") OCTAVO_CHECK_OK(onnx::check_detection_output(graph, node));
        if (is_simple_both_ways(graph, node))
            return Error(Code::model, node.op + " '" + node.name + "': it shrinks and enlarges by nearest_mode 'simple', unknown to ONNX");
        if (std::find(std::begin(kForeign), std::end(kForeign), node.op) != std::end(kForeign))
            return Error(Code::model, node.op + " '" + node.name + "': ONNX has no such operator; write an OpenVINO IR (.xml) instead");
    }
    return {};
}

}  // namespace octavo
