// Walks the graph once; a node is computed by its row where all of its inputs are known (Shape, Size and EyeLike by what inference knows,
// unless that is only the most there can be).
#include "core/passes/evaluate.h"

#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

// More than this, one or all together, is not worth holding as constants; a damaged model cannot make us try.
constexpr std::size_t kLargestValue = std::size_t{1} << 29;
constexpr std::size_t kLargestTotal = std::size_t{1} << 30;
constexpr std::size_t kLargestOfBatch = std::size_t{1} << 24;  // of what grows with the batch

octavo_tensor view_of(const octavo_tensor_info& info, void* data) {
    octavo_tensor view{};
    view.type = info.type;
    view.rank = info.rank;
    std::copy_n(info.shape, info.rank, view.shape);
    std::int64_t stride = 1;
    for (std::size_t i = static_cast<std::size_t>(info.rank); i-- > 0;) {
        view.strides[i] = stride;
        stride *= std::max<std::int64_t>(1, info.shape[i]);
    }
    view.data = data;
    return view;
}

std::size_t size_bytes(const octavo_tensor_info& info) {
    const std::int64_t count = element_count({info.shape, static_cast<std::size_t>(info.rank)});
    return static_cast<std::size_t>(std::min<std::int64_t>(count, std::int64_t{1} << 40)) * element_bytes(info.type);
}

class Evaluator {
public:
    Evaluator(const Graph& graph, std::int64_t batch, const NodeValues* other) : graph_(graph), other_(other) {
        state_.typed.assign(graph.tensors.size(), false);
        bounded_.assign(graph.tensors.size(), false);
        state_.values.resize(graph.tensors.size());
        state_.infos.resize(graph.tensors.size());
        for (std::size_t i = 0; i < graph.tensors.size(); ++i)
            if (graph.tensors[i].is_constant()) know(i, flatten(graph.tensors[i]));
        for (const TensorId id : graph.inputs) {
            octavo_tensor_info info = flatten(graph[id]);
            if (info.rank > 0 && (graph[id].free_batch || info.shape[0] == -1)) info.shape[0] = batch;
            know(index(id), info);
        }
    }

    NodeValues run() {
        for (const Node& node : graph_.nodes) step(node);
        return std::move(state_);
    }

private:
    void know(std::size_t tensor, const octavo_tensor_info& info) {
        state_.infos[tensor] = info;
        state_.typed[tensor] = true;
    }

    void step(const Node& node) {
        for (const TensorId id : node.inputs)
            if (id != TensorId::none && !state_.typed[index(id)]) return;
        const FlatNode flat(node);
        const ops::NodeView view(flat.view(), state_.infos);
        const Result<std::vector<ops::TensorType>> types = ops::infer(view);
        if (!types) {
            state_.errors.push_back(types.error());
            return;
        }
        const bool bounded = is_bounded(node);
        for (std::size_t i = 0; i < std::min(node.outputs.size(), types->size()); ++i) {
            if (node.outputs[i] == TensorId::none) continue;
            bounded_[index(node.outputs[i])] = bounded;
            Tensor typed;
            typed.type = (*types)[i].type;
            typed.shape = (*types)[i].shape;
            octavo_tensor_info info = flatten(typed);
            info.name = graph_[node.outputs[i]].name.c_str();
            know(index(node.outputs[i]), info);
        }
        if (!bounded && is_computable(node)) compute(node, view);
    }

    bool is_bounded(const Node& node) const {
        const auto reads = [this](TensorId id) { return id != TensorId::none && bounded_[index(id)]; };
        return ops::find(node.op)->bounded || std::any_of(node.inputs.begin(), node.inputs.end(), reads);
    }

    bool grows(TensorId id) const { return other_ && other_->typed[index(id)] && other_->shape(id) != state_.shape(id); }

    bool is_computable(const Node& node) const {
        for (const TensorId id : node.outputs) {
            if (id == TensorId::none) return false;
            const std::size_t size = size_bytes(state_.infos[index(id)]);
            if (size > kLargestValue || total_bytes_ + size > kLargestTotal || (size > kLargestOfBatch && grows(id))) return false;
        }
        if (node.op == "Shape" || node.op == "Size" || node.op == "EyeLike") return true;
        return std::all_of(node.inputs.begin(), node.inputs.end(),
                           [this](TensorId id) { return id == TensorId::none || state_.infos[index(id)].data; });
    }

    void compute(const Node& node, const ops::NodeView& view) {
        std::vector<octavo_tensor> inputs, outputs;
        for (const TensorId id : node.inputs)
            inputs.push_back(id == TensorId::none ? octavo_tensor{}
                                                  : view_of(state_.infos[index(id)], const_cast<void*>(state_.infos[index(id)].data)));
        std::vector<std::vector<std::int64_t>> storage;  // 8-byte words, so that every type is aligned
        for (const TensorId id : node.outputs) {
            storage.emplace_back((size_bytes(state_.infos[index(id)]) + 7) / 8 + 1);
            outputs.push_back(view_of(state_.infos[index(id)], storage.back().data()));
        }
        if (!ops::find(node.op)->compute(view, inputs, outputs)) return;
        activate(view, outputs[0]);
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            const std::size_t tensor = index(node.outputs[i]);
            Buffer value = make_buffer(std::move(storage[i]));
            value.size_bytes = size_bytes(state_.infos[tensor]);
            total_bytes_ += value.size_bytes;
            state_.infos[tensor].data = value.data;
            state_.values[tensor] = std::move(value);
        }
    }

    static void activate(const ops::NodeView& view, const octavo_tensor& output) {
        const Activation activation = view.activation();
        if (activation.kind == ActivationKind::none || output.type != OCTAVO_F32) return;
        const std::int64_t count = element_count({output.shape, static_cast<std::size_t>(output.rank)});
        for (float& x : std::span(static_cast<float*>(output.data), static_cast<std::size_t>(count))) x = apply_activation(activation, x);
    }

    const Graph& graph_;
    const NodeValues* other_;
    NodeValues state_;
    std::vector<bool> bounded_;    // [tensor] its shape is the largest that values allow (NonMaxSuppression, and what follows it)
    std::size_t total_bytes_ = 0;  // of the values
};

}  // namespace

NodeValues evaluate(const Graph& graph, std::int64_t batch, const NodeValues* other) {
    return Evaluator(graph, batch, other).run();
}

bool has_free_batch(const Graph& graph) {
    return std::any_of(graph.inputs.begin(), graph.inputs.end(), [&graph](TensorId id) {
        const Tensor& input = graph[id];
        return input.free_batch || (!input.shape.empty() && input.shape[0] == -1);
    });
}

}  // namespace octavo
