// assign_precisions: one walk from the outputs back, so that an operator knows whether anyone wants its result in int8.
#include "core/graph/product.h"
#include "core/plan/rules.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

bool is_float_constant(const Graph& graph, TensorId id) {
    return id != TensorId::none && graph[id].is_constant() && graph[id].type == OCTAVO_F32;
}

// Algorithms give back to a bias of one number a channel what rounding takes from the means. MatMul has no place for one, and what the pass
// give_bias leaves is computed or differs from row to row.
bool may_have_bias(const Graph& graph, const Node& node) {
    if (node.op == "MatMul") return false;
    const TensorId bias = node.inputs.size() > 2 ? node.inputs[2] : TensorId::none;
    return bias == TensorId::none || (is_float_constant(graph, bias) && graph[bias].shape.size() == 1);
}

bool is_float(const Graph& graph, TensorId id) {
    return id != TensorId::none && graph[id].type == OCTAVO_F32;
}

// Constant operands that int8 kernels do not take. The constants of these are parameters instead: ScaleShift's rows, Clip's bounds,
// Resize's scales, Pad's value, PRelu's slopes have their operator's kernel to decide.
bool has_constant_operand(const Graph& graph, const Node& node) {
    constexpr const char* kOperands[] = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Pow", "Concat"};
    if (std::find(std::begin(kOperands), std::end(kOperands), node.op) == std::end(kOperands)) return false;
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&graph](TensorId id) { return is_float_constant(graph, id); });
}

class Assignment {
public:
    Assignment(const Graph& graph, const CanRun& can_run, const IsIgnored& is_ignored)
        : graph_(graph),
          links_(graph),
          axes_(channel_axes(graph)),
          can_run_(can_run),
          is_ignored_(is_ignored),
          wanted_(graph.tensors.size(), false) {}

    std::map<NodeId, OperatorPlan> run() {
        std::map<NodeId, OperatorPlan> plans;
        for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
            const Node& node = graph_.nodes[n];
            const Reason reason = reason_of(node, static_cast<NodeId>(n));
            const bool int8 = reason == Reason::default_int8;
            plans[static_cast<NodeId>(n)] = {int8 ? Precision::int8 : Precision::fp32, reason};
            if (!int8) continue;
            for (const TensorId id : node.inputs)
                if (is_float(graph_, id) && !graph_[id].is_constant()) wanted_[index(id)] = true;
        }
        return plans;
    }

private:
    Reason reason_of(const Node& node, NodeId id) const {
        if (is_ignored_ && is_ignored_(node)) return Reason::ignored;
        const ops::Row* row = ops::find(node.op);
        if (!row || row->role == ops::Role::floating || node.inputs.empty()) return Reason::no_int8_kernel;
        if (!is_float(graph_, node.inputs[0]) || !is_float(graph_, node.outputs[0])) return Reason::no_int8_kernel;
        if (row->role == ops::Role::product) {
            const bool constant = node.inputs.size() > 1 && is_float_constant(graph_, node.inputs[1]);
            if (!constant || graph_[node.inputs[0]].is_constant()) return Reason::unsupported_weights;
            if (!may_have_bias(graph_, node) || !has_own_channels(node)) return Reason::no_int8_kernel;
        } else {
            const bool averages = row->role == ops::Role::average && is_from_product(node.inputs[0]);
            if (!is_wanted(node) && !averages) return Reason::feeds_no_int8;
            if (has_constant_operand(graph_, node)) return Reason::no_int8_kernel;
        }
        return can_run_(id, Precision::int8) ? Reason::default_int8 : Reason::no_int8_kernel;
    }

    // Statistics know one axis of channels a tensor: that of convolutions, where a Gemm shares one with them.
    bool has_own_channels(const Node& node) const {
        const auto agrees = [&](TensorId id) { return axes_[index(id)] + 1 == graph_[id].shape.size(); };
        return node.op != "Gemm" || (agrees(node.inputs[0]) && agrees(node.outputs[0]));
    }

    // An int8 product wrote the tensor, and at most moved values since.
    bool is_from_product(TensorId id) const {
        for (std::int32_t producer = links_.producer[index(id)]; producer >= 0; producer = links_.producer[index(id)]) {
            const Node& node = graph_.nodes[static_cast<std::size_t>(producer)];
            const ops::Row* row = ops::find(node.op);
            if (!row || row->role != ops::Role::passes)
                return row && row->role == ops::Role::product && reason_of(node, static_cast<NodeId>(producer)) == Reason::default_int8;
            id = node.inputs[0];
        }
        return false;
    }

    bool is_wanted(const Node& node) const {
        return std::any_of(node.outputs.begin(), node.outputs.end(),
                           [this](TensorId id) { return id != TensorId::none && wanted_[index(id)]; });
    }

    const Graph& graph_;
    const Links links_;
    const std::vector<std::size_t> axes_;  // [tensor] of channels
    const CanRun& can_run_;
    const IsIgnored& is_ignored_;
    std::vector<bool> wanted_;  // [tensor] an int8 operator reads it
};

}  // namespace

std::map<NodeId, OperatorPlan> assign_precisions(const Graph& graph, const CanRun& can_run, const IsIgnored& is_ignored) {
    return Assignment(graph, can_run, is_ignored).run();
}

}  // namespace octavo
