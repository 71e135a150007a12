// Starts with everything in int8 and takes out what lacks a grid until nothing more does.
#include "core/formats/grids/make_plan.h"

#include "core/graph/product.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <set>

namespace octavo {
namespace {

class PlanMaker {
public:
    PlanMaker(const Graph& graph, const char* algorithm, const GridSource& source) : graph_(graph), algorithm_(algorithm), source_(source) {
        for (const Node& node : graph.nodes)
            if (is_product_row(node)) find_weight_scale(node);
    }

    std::optional<Plan> run() {
        std::map<NodeId, OperatorPlan> operators;
        std::vector<QuantizationPoint> points;
        std::size_t before = 0;
        do {
            before = floating_.size();
            operators = assign_precisions(
                graph_, [](NodeId, Precision) { return true; }, [&](const Node& node) { return floating_.contains(node.name); });
            points = quantization_points(graph_, operators);
            for (const auto& [node, decided] : operators)
                if (decided.precision == Precision::int8 && is_product_row(graph_[node]) &&
                    !weight_scale_.contains(graph_[graph_[node].inputs[1]].name))
                    floating_.insert(graph_[node].name);
            for (const QuantizationPoint& point : points)
                if (point.kind != PointKind::inner && !source_.grid(point)) refuse_readers(point, operators);
        } while (floating_.size() > before);
        return plan_of(operators, points);
    }

private:
    static bool is_product_row(const Node& node) { return ops::find(node.op)->role == ops::Role::product; }

    void find_weight_scale(const Node& node) {
        const Tensor& weight = graph_[node.inputs[1]];
        if (!weight.is_constant() || weight.type != OCTAVO_F32 || weight.shape.size() < 2) return;
        const std::span<const float> values = weight.data.as<float>();
        const bool last = channels_last(node);
        const auto channels = static_cast<std::size_t>(last ? weight.shape.back() : weight.shape.front());
        if (channels == 0 || values.empty()) return;
        const std::size_t count = values.size() / channels;
        std::vector<float> scales;
        for (std::size_t c = 0; c < channels; ++c) {
            const std::optional<float> scale = source_.weight_scale(node, values, last ? c : c * count, last ? channels : 1, count);
            if (!scale) return;
            scales.push_back(*scale);
        }
        weight_scale_[weight.name] = std::move(scales);
    }

    void refuse_readers(const QuantizationPoint& point, const std::map<NodeId, OperatorPlan>& operators) {
        const std::set<TensorId> members(point.tensors.begin(), point.tensors.end());
        bool shares = false;
        for (const bool passing : {true, false}) {  // what ties tensors together goes first: each may have a grid of its own
            for (const auto& [id, decided] : operators) {
                const Node& node = graph_[id];
                if (decided.precision != Precision::int8 || (ops::find(node.op)->role == ops::Role::passes) != passing) continue;
                if (point.kind == PointKind::depthwise && !is_depthwise(graph_, node)) continue;
                if (std::none_of(node.inputs.begin(), node.inputs.end(), [&](TensorId input) { return members.contains(input); })) continue;
                floating_.insert(node.name);
                shares = true;
            }
            if (shares) return;
        }
    }

    std::optional<Plan> plan_of(const std::map<NodeId, OperatorPlan>& operators, const std::vector<QuantizationPoint>& points) const {
        Plan plan;
        plan.graph_structure = graph_.imported.structure;
        plan.graph_constants = graph_.imported.constants;
        plan.algorithm = {algorithm_};
        plan.objective = "int8";
        bool any = false;
        for (const auto& [id, decided] : operators) {
            const Node& node = graph_[id];
            plan.operators[node.name] = decided.reason == Reason::ignored ? OperatorPlan{Precision::fp32, Reason::accuracy} : decided;
            if (decided.precision != Precision::int8) continue;
            any = true;
            if (is_product_row(node)) plan.weight_scale[graph_[node.inputs[1]].name] = weight_scale_.at(graph_[node.inputs[1]].name);
        }
        for (const QuantizationPoint& point : points) {
            const std::optional<Quantization> grid = source_.grid(point);
            if (!grid) continue;  // of an inner sum
            if (point.kind == PointKind::inner) plan.tensors[point.name].whole = *grid;
            for (const TensorId id : point.tensors)
                (point.kind == PointKind::depthwise ? plan.tensors[graph_[id].name].depthwise : plan.tensors[graph_[id].name].whole) =
                    *grid;
        }
        return any ? std::optional(std::move(plan)) : std::nullopt;
    }

    const Graph& graph_;
    const char* algorithm_;
    const GridSource& source_;
    std::map<std::string, std::vector<float>> weight_scale_;
    std::set<std::string> floating_;  // nodes
};

}  // namespace

std::optional<Plan> make_plan(const Graph& executed, const char* algorithm, const GridSource& source) {
    return PlanMaker(executed, algorithm, source).run();
}

}  // namespace octavo
