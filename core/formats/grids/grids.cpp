// See grids.h.
#include "core/formats/grids/grids.h"

#include "core/formats/grids/make_plan.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <octavo/numbers.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace octavo {
namespace {

constexpr std::int64_t kLevels = 256;
constexpr float kMostOffGrid = 0.01F;  // of a step: ends are rounded to float32

Error refusal(const Node& node, const std::string& why) {
    return {Code::model, "FakeQuantize '" + node.name + "': " + why};
}

// The values of one end, one or one a channel.
Result<std::vector<float>> end_of(const Graph& graph, const Node& node, std::size_t i) {
    const Tensor& tensor = graph[node.inputs[i]];
    if (!tensor.is_constant()) return refusal(node, "its ends are not constant");
    const std::span<const float> values = tensor.data.as<float>();
    if (values.size() == 1) return std::vector<float>{values[0]};
    Shape full = tensor.shape;
    const std::size_t rank = graph[node.inputs[0]].shape.size();
    if (full.size() < rank) full.insert(full.begin(), rank - full.size(), 1);
    if (full.size() < 2 || static_cast<std::int64_t>(values.size()) != full[1])
        return refusal(node, "its ends differ along another axis than 1");
    return std::vector<float>(values.begin(), values.end());
}

Result<Quantization> grid_of(const Graph& graph, const Node& node) {
    const std::int64_t levels = attribute_or(node, "levels", kLevels);
    if (levels != kLevels) return refusal(node, "it has " + std::to_string(levels) + " levels, expected 256");
    OCTAVO_TRY(std::vector<float> low, end_of(graph, node, 1));
    OCTAVO_TRY(std::vector<float> high, end_of(graph, node, 2));
    OCTAVO_TRY(const std::vector<float> to_low, end_of(graph, node, 3));
    OCTAVO_TRY(const std::vector<float> to_high, end_of(graph, node, 4));
    if (low != to_low || high != to_high) return refusal(node, "its output's ends differ from its input's");
    const std::size_t count = std::max(low.size(), high.size());
    low.resize(count, low.front());
    high.resize(count, high.front());
    Quantization grid;
    for (std::size_t c = 0; c < count; ++c) {
        const float scale = (high[c] - low[c]) / kActivationLevels;
        const float zero = -low[c] / scale;
        if (!(scale > 0) || !std::isfinite(scale) || !(zero > -kMostOffGrid) || !(zero < kActivationLevels + kMostOffGrid) ||
            std::abs(zero - std::nearbyint(zero)) > kMostOffGrid)
            return refusal(node, "zero does not lie on the grid from " + std::to_string(low[c]) + " to " + std::to_string(high[c]));
        grid.scale.push_back(scale);
        grid.zero_point.push_back(static_cast<std::int32_t>(std::nearbyint(zero)));
    }
    return grid;
}

bool all_lie_on(float scale, std::span<const float> weights) {
    constexpr float kRounding = 2e-3F;
    const auto lies = [&](float w) { return std::abs(w / scale - std::nearbyint(w / scale)) < kRounding; };
    return std::isfinite(1.0F / scale) && std::all_of(weights.begin(), weights.end(), lies);
}

// Of the scales with which the weights fit into 127 steps and next to fill them, the one that changes them least when they are rounded to
// it, and their sum: inputs behind an activation have a mean about as large as they vary, so an error of the sum shifts the output.
float coarser_scale(float greatest, std::span<const float> weights) {
    constexpr int kTried = 64;
    constexpr double kMostSpare = 0.25;
    float best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < kTried; ++i) {
        const float scale = greatest / kWeightLevels * static_cast<float>(1 + kMostSpare * i / kTried);
        double sum = 0, squares = 0;
        for (const float w : weights) {
            const double error = static_cast<double>(std::nearbyint(w / scale)) * scale - w;
            sum += error;
            squares += error * error;
        }
        if (squares + sum * sum >= least) continue;
        least = squares + sum * sum;
        best = scale;
    }
    return best;
}

// That of the largest number of steps up to 127 on which all weights of a channel lie. Codes of 8 bits around a zero point of their own
// reach up to 255 steps from zero: where only that many will do, the channel's weights are rounded anew to a coarser scale. None where no
// number will do.
std::optional<float> scale_of(std::span<const float> weights) {
    float greatest = 0;
    for (const float w : weights) greatest = std::max(greatest, std::abs(w));
    if (greatest == 0) return 1.0F;
    for (float steps = kWeightLevels; steps >= 1; --steps)
        if (all_lie_on(greatest / steps, weights)) return greatest / steps;
    for (float steps = kWeightLevels + 1; steps <= kActivationLevels; ++steps)
        if (all_lie_on(greatest / steps, weights)) return coarser_scale(greatest, weights);
    return std::nullopt;
}

// Of the weights `first`, `first + stride` and so on.
std::optional<float> scale_of_channel(std::span<const float> weight, std::size_t first, std::size_t stride, std::size_t count) {
    std::vector<float> weights(count);
    for (std::size_t i = 0; i < count; ++i) weights[i] = weight[first + i * stride];
    return scale_of(weights);
}

const Quantization* grid_named(const Grids& grids, const std::string& name, PointKind kind) {
    const auto found = grids.find(name);
    if (found == grids.end()) return nullptr;
    if (kind == PointKind::depthwise && found->second.depthwise) return &*found->second.depthwise;
    return found->second.whole ? &*found->second.whole : nullptr;
}

// That of all its members that have one; nullptr where none has, or two differ. What passes write needs none of its own. An inner sum
// without one stays real.
const Quantization* grid_at(const Graph& graph, const Grids& grids, const QuantizationPoint& point) {
    if (point.kind == PointKind::inner) return grid_named(grids, point.name, point.kind);
    const Quantization* common = nullptr;
    for (const TensorId id : point.tensors) {
        const Quantization* grid = grid_named(grids, graph[id].name, point.kind);
        const bool is_root = std::find(point.roots.begin(), point.roots.end(), id) != point.roots.end();
        if (!grid && !is_root) continue;
        if (!grid || (common && *grid != *common)) return nullptr;
        common = grid;
    }
    return common;
}

bool is_sum(const Node& node) {
    constexpr std::string_view kSums[] = {"Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "Add", "Sub"};
    return std::find(std::begin(kSums), std::end(kSums), node.op) != std::end(kSums);
}

// Other quantizers leave a Relu or Clip out where the grid's ends do its work. In floating point nothing else would.
void clip_like(Graph& graph, TensorId id, std::size_t maker, const Quantization& grid) {
    const std::string name = graph[id].name;
    Tensor sum = graph[id];
    sum.name = graph.unused_name(name + "/sum");
    const TensorId before = graph.add_tensor(std::move(sum));
    const TensorId low = add_constant(graph, name + "/low", {}, std::vector{0.0F});
    const TensorId high = add_constant(graph, name + "/high", {}, std::vector{kActivationLevels * grid.scale[0]});
    graph.nodes[maker].outputs[0] = before;
    Node clip{name + "/clip", "Clip", {before, low, high}, {id}, {}, {}};
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(maker) + 1, std::move(clip));
}

// Where a sum lies on a grid without negative numbers.
void say_implied_clips(Graph& graph, const Grids& grids) {
    for (std::size_t n = graph.nodes.size(); n-- > 0;) {  // backwards: what is put in moves only what was seen
        if (!is_sum(graph.nodes[n])) continue;
        const TensorId id = graph.nodes[n].outputs[0];
        const auto found = grids.find(graph[id].name);
        if (found == grids.end() || !found->second.whole || found->second.whole->zero_point[0] != 0) continue;
        clip_like(graph, id, n, *found->second.whole);
    }
}

}  // namespace

Result<Grids> take_grids(Graph& graph) {
    Grids grids;
    const auto is_fake = [](const Node& node) { return node.op == "FakeQuantize"; };
    if (std::none_of(graph.nodes.begin(), graph.nodes.end(), is_fake)) return grids;
    OCTAVO_CHECK_OK(fold_constants(graph));
    OCTAVO_CHECK_OK(free_batch(graph));
    OCTAVO_CHECK_OK(infer_shapes(graph, 1));
    for (Node& node : graph.nodes) {
        if (!is_fake(node)) continue;
        OCTAVO_TRY(const Quantization grid, grid_of(graph, node));
        const TensorId from = node.inputs[0], to = node.outputs[0];
        const auto is_listed = [&](const std::vector<TensorId>& ids, TensorId id) {
            return std::find(ids.begin(), ids.end(), id) != ids.end();
        };
        const bool keeps_name = is_listed(graph.inputs, from) || is_listed(graph.outputs, from);
        if (is_listed(graph.outputs, to) && !keeps_name) std::swap(graph[from].name, graph[to].name);
        TensorPlan& known = grids[graph[from].name];
        std::optional<Quantization>& place = grid.scale.size() == 1 ? known.whole : known.depthwise;
        if (place && *place != grid) return refusal(node, "another FakeQuantize puts '" + graph[from].name + "' on another grid");
        place = grid;
        replace_reads(graph, Links(graph), to, from);
        std::replace(graph.outputs.begin(), graph.outputs.end(), to, from);
        erase(node);
    }
    compact(graph);
    say_implied_clips(graph, grids);
    return grids;
}

std::optional<Plan> plan_from(const Graph& executed, const Grids& grids) {
    const auto grid = [&](const QuantizationPoint& point) {
        const Quantization* found = grid_at(executed, grids, point);
        return found ? std::optional(*found) : std::nullopt;
    };
    return make_plan(executed, "FakeQuantize", {grid, [](const Node&, auto... channel) { return scale_of_channel(channel...); }});
}

}  // namespace octavo
