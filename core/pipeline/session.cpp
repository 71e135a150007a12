// Compiling through the C ABI, and the views that a run is given.
#include "core/pipeline/session.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/graph/flat.h"

#include <octavo/tensor.h>

#include <algorithm>
#include <optional>

namespace octavo {

namespace {

// Who names an operator means what it gives.
std::string missing_tensor(const Graph& graph, const std::string& name) {
    std::string text = "tensor '" + name + "' is not in the graph of this run";
    for (const Node& node : graph.nodes) {
        if (node.name != name && std::find(node.parts.begin(), node.parts.end(), name) == node.parts.end()) continue;
        const auto output = std::find_if(node.outputs.begin(), node.outputs.end(), [](TensorId id) { return id != TensorId::none; });
        return text + ", the operator of this name gives '" + graph[*output].name + "'";
    }
    std::vector<std::string> names;
    for (const Tensor& tensor : graph.tensors)
        if (!tensor.is_constant()) names.push_back(tensor.name);
    return text + did_you_mean(name, names);
}

}  // namespace

std::size_t Port::size_bytes() const {
    return static_cast<std::size_t>(element_count(shape)) * element_bytes(type);
}

std::vector<Port> ports_of(const Graph& graph, std::span<const TensorId> tensors) {
    std::vector<Port> ports;
    for (const TensorId id : tensors) ports.push_back({graph[id].name, graph[id].type, graph[id].shape});
    return ports;
}

void copy_rows(const octavo_tensor& view, std::int64_t rows, std::vector<float>& out) {
    const float* data = static_cast<const float*>(view.data);
    const auto rank = static_cast<std::size_t>(view.rank);
    std::int64_t per_row = 1;
    for (std::size_t i = 1; i < rank; ++i) per_row *= view.shape[i];
    const std::int64_t present = rank > 0 ? std::min(rows, view.shape[0]) : rows;
    out.assign(static_cast<std::size_t>(rows * per_row), 0.0F);
    std::int64_t place[OCTAVO_MAX_RANK] = {};
    std::int64_t offset = 0;
    for (float& value : std::span(out).first(static_cast<std::size_t>(present * per_row))) {
        value = data[offset];
        for (std::size_t i = rank; i-- > 0;) {  // the next place, last axis fastest
            offset += view.strides[i];
            if (++place[i] < view.shape[i] || i == 0) break;
            offset -= view.strides[i] * view.shape[i];
            place[i] = 0;
        }
    }
}

Result<Session> Session::compile(const DeviceHandle& device, const Graph& graph, const Plan* plan, CompileOptions options,
                                 std::span<const std::string> taps) {
    Session session;
    for (const std::string& name : taps) {
        std::size_t id = 0;
        while (id < graph.tensors.size() && graph.tensors[id].name != name) ++id;
        if (id == graph.tensors.size()) return Error(Code::config, missing_tensor(graph, name));
        if (graph.tensors[id].type != OCTAVO_F32)
            return Error(Code::config, "tensor '" + name + "' holds no real numbers, which are all that a tap shows");
        session.taps_.push_back(static_cast<std::int32_t>(id));
    }
    options.taps = session.taps_;
    const FlatGraph flat(graph);
    std::optional<FlatPlan> flat_plan;
    if (plan) flat_plan.emplace(*plan, graph);
    OCTAVO_TRY(session.executable_, device.compile(flat.view(), flat_plan ? &flat_plan->view() : nullptr, options));
    session.inputs_ = ports_of(graph, graph.inputs);
    session.outputs_ = ports_of(graph, graph.outputs);
    for (const Port& port : session.outputs_) {
        session.buffers_.emplace_back(port.size_bytes());
        session.output_views_.push_back(dense_tensor(port.type, port.shape, session.buffers_.back().data()));
    }
    return session;
}

Result<void> Session::run(std::span<const std::vector<std::byte>> inputs, const ExecutableHandle::Tap& tap) {
    OCTAVO_CHECK(inputs.size() == inputs_.size());
    std::vector<octavo_tensor> views;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i].size() != inputs_[i].size_bytes())
            return Error(Code::internal, "input '" + inputs_[i].name + "' has " + std::to_string(inputs[i].size()) + " bytes, expected " +
                                             std::to_string(inputs_[i].size_bytes()));
        views.push_back(dense_tensor(inputs_[i].type, inputs_[i].shape, inputs[i].data()));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i)  // the last run may have made less than there can be
        output_views_[i] = dense_tensor(outputs_[i].type, outputs_[i].shape, output_views_[i].data);
    return executable_.run(views, output_views_, tap);
}

std::vector<octavo_output> Session::named_outputs() const {
    std::vector<octavo_output> named;
    for (std::size_t i = 0; i < outputs_.size(); ++i) named.push_back({outputs_[i].name.c_str(), output_views_[i]});
    return named;
}

}  // namespace octavo
