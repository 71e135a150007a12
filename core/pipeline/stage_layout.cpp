// The rules of core/plan, asked with what the device says it can do.
#include "core/pipeline/stage_layout.h"

#include "sdk/ops/op.h"

namespace octavo {

Result<Layout> lay_out(const Model& model, const DeviceHandle& device, const IsIgnored& is_ignored) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(model.executed, 1));
    const FlatGraph flat(graph);
    const auto can_run = [&](NodeId node, Precision precision) {
        return static_cast<bool>(device.can_run(flat.view(), static_cast<std::int32_t>(node), static_cast<octavo_precision>(precision)));
    };
    Layout layout;
    layout.precisions = assign_precisions(graph, can_run, is_ignored);
    layout.points = quantization_points(graph, layout.precisions);
    for (const auto& [node, decided] : layout.precisions)
        if (decided.precision == Precision::int8 && ops::find(graph[node].op)->role == ops::Role::product) layout.products.push_back(node);
    return layout;
}

std::vector<std::string> statistics_of(const Graph& graph, const QuantizationPoint& point) {
    if (point.kind == PointKind::inner) return {point.name};
    std::vector<std::string> names;
    for (const TensorId seen : point.seen) names.push_back(graph[seen].name);
    return names;
}

}  // namespace octavo
