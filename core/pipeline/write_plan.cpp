// Points to parameters of tensors, products to scales and replaced biases.
#include "core/pipeline/write_plan.h"

namespace octavo {
namespace {

void write_point(const Graph& graph, const QuantizationPoint& point, const PointRange& range, Plan& plan) {
    switch (point.kind) {
        case PointKind::whole:
            for (const TensorId tensor : point.tensors)
                plan.tensors[graph[tensor].name].whole = make_quantization(range.low[0], range.high[0]);
            return;
        case PointKind::depthwise:
            plan.tensors[graph[point.roots[0]].name].depthwise =
                make_quantization(range.low, range.high, channel_zero_points(graph, point.roots[0]));
            return;
        case PointKind::inner:
            plan.tensors[point.name].whole = make_quantization(range.low[0], range.high[0]);
            return;
    }
}

Result<void> write_points(const Graph& graph, const Layout& layout, const CalibrationView& view, Plan& plan) {
    for (std::size_t i = 0; i < layout.points.size(); ++i) {
        if (view.ranges()[i].low.empty())
            return Error(Code::config, "/algorithm: no algorithm set a range for '" + layout.points[i].name +
                                           "', expected one that chooses ranges at the head of the list");
        write_point(graph, layout.points[i], view.ranges()[i], plan);
    }
    return {};
}

Result<void> write_products(const Graph& graph, const Layout& layout, const CalibrationView& view, Plan& plan) {
    for (std::size_t i = 0; i < layout.products.size(); ++i) {
        const Node& node = graph[layout.products[i]];
        const ProductState& state = view.products()[i];
        if (state.weight_scale.empty())
            return Error(Code::config, "/algorithm: no algorithm set weight scales for '" + node.name +
                                           "', expected one that chooses ranges at the head of the list");
        plan.weight_scale[graph[node.inputs[1]].name] = state.weight_scale;
        if (state.bias_changed) plan.replaced[graph[node.inputs[2]].name] = state.biases;
    }
    return {};
}

}  // namespace

Result<Plan> write_plan(const QuantizeRequest& request, const Graph& graph, const CalibrationView& view) {
    Plan plan;
    plan.graph_structure = graph.imported.structure;
    plan.graph_constants = graph.imported.constants;
    for (const PluginUse& use : request.config.algorithms) plan.algorithm.emplace_back(use.plugin->name());
    plan.objective = request.config.objective == Objective::latency ? "latency" : "int8";
    plan.isa = request.device.isa();
    plan.residual_sums = residual_sums_in(request.config.export_as);
    for (const auto& [node, decided] : request.layout.precisions) plan.operators[graph[node].name] = decided;
    OCTAVO_CHECK_OK(write_points(graph, request.layout, view, plan));
    OCTAVO_CHECK_OK(write_products(graph, request.layout, view, plan));
    snap_biases(graph, plan);
    return plan;
}

}  // namespace octavo
