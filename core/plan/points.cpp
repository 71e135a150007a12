// quantization_points: disjoint sets of the tensors that int8 operators of role `passes` connect, then one walk over tensors.
#include "core/base/disjoint_sets.h"
#include "core/plan/rules.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

struct Use {
    bool whole = false;      // an int8 operator other than a depthwise convolution reads it, or a passes operator writes it
    bool depthwise = false;  // a depthwise convolution reads it as its image
    bool passed = false;     // an int8 operator of role passes writes it
    bool computed = false;   // an int8 operator that computes reads it (`whole`)
};

class Collector {
public:
    Collector(const Graph& graph, const std::map<NodeId, OperatorPlan>& precisions)
        : graph_(graph), precisions_(precisions), uses_(graph.tensors.size()), groups_(graph.tensors.size()) {}

    std::vector<QuantizationPoint> run() {
        for (std::size_t n = 0; n < graph_.nodes.size(); ++n)
            if (is_int8(n)) visit(graph_.nodes[n]);
        // Depthwise alone where nothing forces a shared grid; behind a shared grid there is nothing to gain.
        for (Use& use : uses_) {
            if (!use.passed) continue;
            use.whole = true;
            use.depthwise = false;
        }
        std::vector<QuantizationPoint> points = tensor_points();
        for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
            const std::string inner = attribute_or(graph_.nodes[n], "inner", std::string());
            if (is_int8(n) && !inner.empty()) points.push_back({PointKind::inner, inner, {}, {}, {}, static_cast<NodeId>(n)});
        }
        return points;
    }

private:
    bool is_int8(std::size_t n) const {
        const auto found = precisions_.find(static_cast<NodeId>(n));
        return found != precisions_.end() && found->second.precision == Precision::int8;
    }

    bool has_values(TensorId id) const { return id != TensorId::none && graph_[id].type == OCTAVO_F32 && !graph_[id].is_constant(); }

    void visit(const Node& node) {
        const bool depthwise = is_depthwise(graph_, node), passes = ops::find(node.op)->role == ops::Role::passes;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            if (!has_values(node.inputs[i])) continue;
            Use& use = uses_[index(node.inputs[i])];
            (depthwise && i == 0 ? use.depthwise : use.whole) = true;
            use.computed = use.computed || !passes;
        }
        if (passes) connect(node);
    }

    void connect(const Node& node) {
        std::vector<TensorId> members;
        for (const TensorId id : node.inputs)
            if (has_values(id)) members.push_back(id);
        for (const TensorId id : node.outputs) {
            if (!has_values(id)) continue;
            uses_[index(id)].passed = true;
            members.push_back(id);
        }
        for (const TensorId id : members) groups_.join(index(members.front()), index(id));
    }

    std::vector<QuantizationPoint> tensor_points() {
        std::map<std::size_t, QuantizationPoint> wholes;  // by representative
        std::vector<std::pair<std::pair<TensorId, PointKind>, QuantizationPoint>> sorted;
        for (std::size_t i = 0; i < uses_.size(); ++i) {
            const auto id = static_cast<TensorId>(i);
            if (uses_[i].whole) add_member(wholes[groups_.find(i)], id);
            if (uses_[i].depthwise)
                sorted.push_back({{id, PointKind::depthwise}, {PointKind::depthwise, graph_[id].name, {id}, {id}, {id}, {}}});
        }
        for (auto& [representative, point] : wholes) {
            point.name = graph_[point.roots.front()].name;
            if (point.seen.empty()) point.seen = point.roots;
            std::stable_partition(point.tensors.begin(), point.tensors.end(), [this](TensorId id) { return !uses_[index(id)].passed; });
            sorted.push_back({{point.roots.front(), PointKind::whole}, std::move(point)});
        }
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<QuantizationPoint> points;
        for (auto& entry : sorted) points.push_back(std::move(entry.second));
        return points;
    }

    void add_member(QuantizationPoint& point, TensorId id) const {
        point.tensors.push_back(id);
        if (!uses_[index(id)].passed) point.roots.push_back(id);
        if (uses_[index(id)].computed) point.seen.push_back(id);
    }

    const Graph& graph_;
    const std::map<NodeId, OperatorPlan>& precisions_;
    std::vector<Use> uses_;
    DisjointSets groups_;
};

}  // namespace

std::vector<QuantizationPoint> quantization_points(const Graph& graph, const std::map<NodeId, OperatorPlan>& precisions) {
    return Collector(graph, precisions).run();
}

}  // namespace octavo
