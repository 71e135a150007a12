// See qdq_fronts.h.
#include "core/formats/onnx/qdq_fronts.h"

#include "core/graph/product.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octavo::onnx {
namespace {

// Convolutions between the model's inputs and the first that may have a grid in front.
constexpr int kFirstLayers = 2;

// Most steps of the grid behind that one of the grid in front may have.
constexpr float kCoarsest = 4;

// Where SiLU is least, and how far it stays below x where x is above zero.
constexpr float kLeastSilu = -0.27846454F, kSiluAt = -1.2784645F, kSiluBelow = 0.27846454F;

// Hard-swish is 0 on the left of minus this, and x on the right of this.
constexpr float kHardSwishReach = 3;

// The x left of its least value where SiLU(x) is `value`.
float inverse_silu_left(float value) {
    float left = -30.0F, right = kSiluAt;
    for (int i = 0; i < 40; ++i) {
        const float middle = 0.5F * (left + right);
        (apply_activation({ActivationKind::silu, 0, 0}, middle) < value ? right : left) = middle;
    }
    return left;
}

Grid grid_over(float least, float greatest) {
    const float scale = (greatest - least) / kActivationLevels;
    return {scale, static_cast<std::int32_t>(std::nearbyintf(-least / scale))};
}

// [tensor] the fewest convolutions between it and the model's inputs.
std::vector<int> layers_before(const Graph& graph) {
    std::vector<int> layers(graph.tensors.size(), std::numeric_limits<int>::max());
    for (const TensorId id : graph.inputs) layers[index(id)] = 0;
    for (const Node& node : graph.nodes) {
        int least = std::numeric_limits<int>::max();
        for (const TensorId id : node.inputs)
            if (id != TensorId::none) least = std::min(least, layers[index(id)]);
        if (least < kFirstLayers && node.op == "Conv") ++least;
        for (const TensorId id : node.outputs)
            if (id != TensorId::none) layers[index(id)] = least;
    }
    return layers;
}

}  // namespace

bool has_integer_operators(ActivationKind kind) {
    return kind == ActivationKind::silu || kind == ActivationKind::hard_swish || kind == ActivationKind::leaky_relu;
}

std::optional<Grid> grid_in_front(const Activation& activation, const Grid& behind) {
    const float least = behind.scale * static_cast<float>(-behind.zero_point);
    const float greatest = behind.scale * (kActivationLevels - static_cast<float>(behind.zero_point));
    std::optional<Grid> grid;
    if (activation.kind == ActivationKind::silu && greatest > 0)
        grid = grid_over(inverse_silu_left(std::max(kLeastSilu, -0.5F * behind.scale)), greatest + kSiluBelow);
    if (activation.kind == ActivationKind::hard_swish) grid = grid_over(-kHardSwishReach, std::max(kHardSwishReach, greatest));
    if (activation.kind == ActivationKind::leaky_relu && activation.alpha > 0) grid = grid_over(least / activation.alpha, greatest);
    if (grid && grid->scale > kCoarsest * behind.scale) grid.reset();
    return grid;
}

std::vector<std::optional<Grid>> front_grids(const Graph& graph, const Forms& forms) {
    const std::vector<int> layers = layers_before(graph);
    std::vector<std::optional<Grid>> fronts(graph.tensors.size());
    for (const Node& node : graph.nodes) {
        if (node.op != "Conv" || !forms.is_int8(node) || layers[index(node.inputs[0])] < kFirstLayers) continue;
        const TensorId output = node.outputs[0];
        if (const std::optional<Grid> behind = forms.grid_behind(output))
            fronts[index(output)] = grid_in_front(activation_of(node), *behind);
    }
    return fronts;
}

}  // namespace octavo::onnx
