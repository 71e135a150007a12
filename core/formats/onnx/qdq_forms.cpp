// See qdq_forms.h.
#include "core/formats/onnx/qdq_forms.h"

#include "core/formats/onnx/operators.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

// A scale that is a bound divided by 255 in float32, times 255, may lie a rounding beyond the bound.
constexpr float kSlack = 1e-6F;

// Below this share of the greatest scale a channel holds nothing, and its factor might overflow.
constexpr float kLeastShare = 0x1p-40F;

bool all_equal(const std::vector<std::int32_t>& values) {
    return std::all_of(values.begin(), values.end(), [&](std::int32_t value) { return value == values.front(); });
}

template <class T>
std::vector<T> spread(const std::vector<T>& values, std::size_t count) {
    return values.size() == 1 ? std::vector<T>(count, values.front()) : values;
}

}  // namespace

bool is_implied(const Activation& activation, const Grid& grid) {
    if (activation.kind != ActivationKind::clip) return false;
    const float least = grid.scale * static_cast<float>(-grid.zero_point);
    const float greatest = grid.scale * (kActivationLevels - static_cast<float>(grid.zero_point));
    const float slack = kSlack * (greatest - least);
    return activation.alpha <= least + slack && greatest <= activation.beta + slack;
}

bool ChannelForm::scales() const {
    return std::any_of(factor.begin(), factor.end(), [](float value) { return value != 1.0F; });
}

Forms::Forms(const Graph& graph, const Plan& plan) : graph_(graph), plan_(plan), links_(graph), channels_(graph.tensors.size()) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        const auto found = plan.tensors.find(graph.tensors[i].name);
        if (found != plan.tensors.end() && found->second.depthwise) channels_[i] = form_of(static_cast<TensorId>(i), found->second);
    }
}

std::optional<Grid> Forms::whole(const std::string& tensor) const {
    const auto found = plan_.tensors.find(tensor);
    if (found == plan_.tensors.end() || !found->second.whole) return std::nullopt;
    return Grid{found->second.whole->scale.front(), found->second.whole->zero_point.front()};
}

bool Forms::is_int8(const Node& node) const {
    return octavo::is_int8(plan_, node);
}

bool Forms::reads_channels(const Node& node) const {
    return is_depthwise(graph_, node) && channels(node.inputs[0]).has_value();
}

std::optional<Grid> Forms::grid_behind(TensorId id) const {
    const std::optional<ChannelForm>& form = channels(id);
    if (!form) return whole(id);
    return form->is_folded ? std::optional(form->grid) : std::nullopt;
}

// The producer must be a convolution with nothing behind it that bends: a factor above zero passes through Relu.
bool Forms::is_foldable(TensorId id, const TensorPlan& plan) const {
    const std::int32_t producer = links_.producer[index(id)];
    if (producer < 0 || plan.whole || !all_equal(plan.depthwise->zero_point)) return false;
    const Node& node = graph_.nodes[static_cast<std::size_t>(producer)];
    if (node.op != "Conv" || residual_of(node) != TensorId::none || !graph_[node.inputs[1]].is_constant()) return false;
    const Activation activation = activation_of(node);
    if (activation.kind == ActivationKind::none || activation.kind == ActivationKind::relu) return true;
    // Channels that never rise above zero have a scale of their own choosing; form_of brings it below the bound.
    return activation.kind == ActivationKind::clip && activation.alpha == 0 && activation.beta > 0 &&
           plan.depthwise->zero_point.front() == 0;
}

ChannelForm Forms::form_of(TensorId id, const TensorPlan& plan) const {
    const auto channel_count = static_cast<std::size_t>(graph_[id].shape.at(1));
    ChannelForm form;
    form.is_folded = is_foldable(id, plan);
    form.scale = spread(plan.depthwise->scale, channel_count);
    form.zero_point = spread(plan.depthwise->zero_point, channel_count);
    form.is_shifted = !all_equal(form.zero_point);
    if (!form.is_shifted) form.grid.zero_point = form.zero_point.front();
    for (std::int32_t& zero_point : form.zero_point) zero_point -= form.grid.zero_point;
    if (form.is_folded) {
        const Activation activation = activation_of(graph_.nodes[static_cast<std::size_t>(links_.producer[index(id)])]);
        const float bound = activation.beta / kActivationLevels;
        for (float& scale : form.scale) {
            if (activation.kind == ActivationKind::clip && !is_implied(activation, {scale, 0})) scale = bound;
        }
    }
    form.grid.scale = *std::max_element(form.scale.begin(), form.scale.end());
    for (float& scale : form.scale) {
        scale = std::max(scale, form.grid.scale * kLeastShare);
        form.factor.push_back(form.grid.scale / scale);
    }
    return form;
}

}  // namespace octavo::onnx
