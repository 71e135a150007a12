// The algorithms edit ranges, weight scales and biases, in the order of the config; what they decided is then written down.
#include "core/pipeline/stage_quantize.h"

#include "core/pipeline/trial.h"
#include "core/pipeline/write_plan.h"

namespace octavo {
namespace {

Result<void> apply_algorithms(const QuantizeRequest& request, const octavo_graph& graph, CalibrationView& view, Trial& trial) {
    for (const PluginUse& use : request.config.algorithms) {
        OCTAVO_TRY(const AlgorithmHandle algorithm, AlgorithmHandle::create(*use.plugin, use.values));
        const Result<void> applied = view.edit(
            graph, trial.table(),
            [&](const octavo_calibration& calibration, const octavo_plan_editor& editor) { return algorithm.apply(calibration, editor); });
        if (!applied) {
            const bool is_named = applied.error().message().starts_with(algorithm.title());
            return is_named ? applied.error() : applied.error().within(algorithm.title());
        }
    }
    return {};
}

}  // namespace

Precision floating_precision(const DeviceHandle& device, const FlatGraph& graph, NodeId node) {
    return device.can_run(graph.view(), static_cast<std::int32_t>(node), OCTAVO_BF16) ? Precision::bf16 : Precision::fp32;
}

Result<Quantized> quantize(const QuantizeRequest& request) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(request.model.executed, 1));
    const FlatGraph flat(graph);
    OCTAVO_TRY(CalibrationView view,
               CalibrationView::create(graph, request.layout, request.statistics,
                                       request.config.objective == Objective::latency ? request.device.pair_limit() : 0));
    Trial trial(request, view);
    OCTAVO_CHECK_OK(apply_algorithms(request, flat.view(), view, trial));
    Quantized made;
    OCTAVO_TRY(made.plan, write_plan(request, graph, view));
    made.noise = rounding_noise(graph, request.layout, request.statistics, made.plan, view.products());
    std::map<NodeId, OperatorPlan> noisy;
    for (const ProductNoise& one : made.noise)
        if (100 * one.share > request.config.max_noise)
            noisy[one.node] = {floating_precision(request.device, flat, one.node), Reason::noise};
    if (!noisy.empty()) made.plan = in_floating_point(graph, made.plan, noisy);
    made.joined = joined_ranges(graph, request.statistics, made.plan);
    OCTAVO_CHECK_OK(check_plan(made.plan, graph));
    return made;
}

}  // namespace octavo
