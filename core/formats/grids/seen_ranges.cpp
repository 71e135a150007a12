// See seen_ranges.h.
#include "core/formats/grids/seen_ranges.h"

#include "core/formats/grids/make_plan.h"

#include <octavo/numbers.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace octavo {
namespace {

constexpr float kLeastScale = 1e-7F;

float safe_scale(float scale) {
    return scale < kLeastScale ? 1.0F : scale;
}

SeenRange whole(const SeenRange& range) {
    return {{*std::ranges::min_element(range.low)}, {*std::ranges::max_element(range.high)}};
}

// Where one channel has negative values all are signed: they lie in one tensor.
Quantization grid_of(const SeenRange& range) {
    const bool is_signed = std::ranges::any_of(range.low, [](float low) { return low < 0; });
    Quantization grid;
    for (std::size_t c = 0; c < range.low.size(); ++c) {
        const float greatest = std::max(std::abs(range.low[c]), std::abs(range.high[c]));
        grid.scale.push_back(safe_scale(greatest / (is_signed ? kWeightLevels : kActivationLevels)));
        grid.zero_point.push_back(is_signed ? 128 : 0);
    }
    return grid;
}

// The widest of these tensors; nothing where one was not seen.
std::optional<SeenRange> range_of(const Graph& graph, const SeenRanges& seen, const std::vector<TensorId>& tensors) {
    std::optional<SeenRange> all;
    for (const TensorId id : tensors) {
        const auto found = seen.tensors.find(graph[id].name);
        if (found == seen.tensors.end()) return std::nullopt;
        const SeenRange one = whole(found->second);
        all = all ? SeenRange{{std::min(all->low[0], one.low[0])}, {std::max(all->high[0], one.high[0])}} : one;
    }
    return all;
}

std::optional<Quantization> grid_at(const Graph& graph, const SeenRanges& seen, const QuantizationPoint& point) {
    if (point.kind == PointKind::inner) return std::nullopt;
    if (point.kind == PointKind::depthwise) {
        const Tensor& tensor = graph[point.tensors.front()];
        const auto found = seen.tensors.find(tensor.name);
        if (found != seen.tensors.end() && static_cast<std::int64_t>(found->second.low.size()) == tensor.shape[1])
            return grid_of(found->second);
    }
    std::optional<SeenRange> range = range_of(graph, seen, point.seen);
    if (!range) range = range_of(graph, seen, point.roots);
    return range ? std::optional(grid_of(*range)) : std::nullopt;
}

}  // namespace

std::optional<Plan> plan_from(const Graph& executed, const SeenRanges& seen) {
    const auto grid = [&](const QuantizationPoint& point) { return grid_at(executed, seen, point); };
    const auto weight_scale = [&](const Node& node, std::span<const float> weight, std::size_t first, std::size_t stride,
                                  std::size_t count) -> std::optional<float> {
        if (!seen.products.contains(node.name)) return std::nullopt;
        float greatest = 0;
        for (std::size_t i = 0; i < count; ++i) greatest = std::max(greatest, std::abs(weight[first + i * stride]));
        if (!std::isfinite(greatest)) return std::nullopt;
        return safe_scale(greatest / kWeightLevels);
    };
    return make_plan(executed, "statistics", {grid, weight_scale});
}

}  // namespace octavo
