// snap_biases: integer runtimes store a bias as s32 in steps of input scale times weight scale. A plan whose biases lie on those steps says
// the same there and here, so that an export parts from our own kernels at ties only. Moves each bias of an int8 product by at most half a
// step; where the step is coarse beside the grid of the result (a channel whose input hardly ever moves), the bias stays as it is.
#include "core/plan/rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace octavo {
namespace {

constexpr float kFineStep = 2.0F;        // of the result's own: half of it is what an export is off by at most
constexpr double kMostCode = 8388608.0;  // 2^23: the product with the step is then off by one rounding only

const Quantization* parameters_of(const Plan& plan, const Graph& graph, TensorId id, bool depthwise) {
    const auto found = plan.tensors.find(graph[id].name);
    if (found == plan.tensors.end()) return nullptr;
    const TensorPlan& tensor = found->second;
    if (depthwise && tensor.depthwise) return &*tensor.depthwise;
    return tensor.whole ? &*tensor.whole : nullptr;
}

float at(const std::vector<float>& values, std::size_t i) {
    return values.size() == 1 ? values[0] : values[i];
}

// The finest grid that the result is put on; nothing where it stays real.
std::optional<float> result_step(const Plan& plan, const Graph& graph, const Node& node, std::size_t channel) {
    const auto found = plan.tensors.find(graph[node.outputs[0]].name);
    if (found == plan.tensors.end()) return {};
    std::optional<float> step;
    for (const auto* grid : {&found->second.whole, &found->second.depthwise})
        if (*grid) step = step ? std::min(*step, at((*grid)->scale, channel)) : at((*grid)->scale, channel);
    return step;
}

void snap(const Graph& graph, const Node& node, Plan& plan) {
    const bool depthwise = is_depthwise(graph, node);
    const Quantization* input = parameters_of(plan, graph, node.inputs[0], depthwise);
    const auto weight = plan.weight_scale.find(graph[node.inputs[1]].name);
    const Tensor& bias = graph[node.inputs[2]];
    if (!input || weight == plan.weight_scale.end()) return;
    const auto replaced = plan.replaced.find(bias.name);
    const std::span<const float> original = bias.data.as<float>();
    std::vector<float> values = replaced != plan.replaced.end() ? replaced->second : std::vector<float>(original.begin(), original.end());
    const std::size_t outputs_an_input = input->scale.size() > 1 ? values.size() / input->scale.size() : 1;
    for (std::size_t c = 0; c < values.size(); ++c) {
        const float step = at(input->scale, c / outputs_an_input) * at(weight->second, c);
        const std::optional<float> result = result_step(plan, graph, node, c);
        const double code = std::nearbyint(static_cast<double>(values[c]) / static_cast<double>(step));
        if ((result && step > kFineStep * *result) || !(std::abs(code) < kMostCode)) continue;
        values[c] = static_cast<float>(code) * step;
    }
    plan.replaced[bias.name] = std::move(values);
}

}  // namespace

void snap_biases(const Graph& graph, Plan& plan) {
    for (const Node& node : graph.nodes) {
        const bool is_product = node.op == "Conv" || node.op == "Gemm";
        if (!is_product || !is_int8(plan, node) || node.inputs.size() < 3 || node.inputs[2] == TensorId::none) continue;
        if (graph[node.inputs[2]].is_constant()) snap(graph, node, plan);
    }
}

}  // namespace octavo
