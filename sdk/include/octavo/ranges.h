// What algorithms that choose ranges have in common: two parameters, the scales of weights, and the walk over all points. Such an algorithm
// itself says only which interval it wants for the histogram of a point.
#pragma once

#include <octavo/algorithm.h>
#include <octavo/histogram.h>
#include <octavo/numbers.h>
#include <octavo/parameters.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

constexpr octavo_parameter weights_parameter() {
    return string("weights", "\"channel\"", "channel|tensor", "one scale for each output channel of a weight, or one for all of it");
}

constexpr octavo_parameter activations_parameter() {
    return string("activations", "\"channel\"", "channel|tensor",
                  "where only depthwise convolutions read: one range for each channel, or one for the tensor");
}

struct RangeOptions {
    bool weights_by_channel = true;
    bool activations_by_channel = true;

    static RangeOptions from(const Values& values) {
        return {values.text("weights") == "channel", values.text("activations") == "channel"};
    }
};

inline std::string operator_name(const octavo_calibration& calibration, const octavo_product& product) {
    const octavo_graph* const graph = calibration.graph;
    if (!graph || product.node < 0 || product.node >= graph->node_count) return "#" + std::to_string(product.node);
    return graph->nodes[product.node].name;
}

// The scale that makes the greatest magnitude 127; that of weights up to 1 where they are zero, or so small that the scale would be no
// normal number: biases, which lie on its steps, stay fine.
inline float weight_scale(std::span<const float> weights) {
    float greatest = 0;
    for (const float w : weights) greatest = std::max(greatest, std::fabs(w));
    const float scale = greatest / kWeightLevels;
    return scale < std::numeric_limits<float>::min() ? 1.0F / kWeightLevels : scale;
}

// What rounding to steps of the scale does to a channel whose kernels, one an input channel, have `places` weights: neighbours in a picture
// are alike, so errors of a kernel that add up count beside the errors themselves (Guo et al. 2022, "SQuant: on-the-fly data-free
// quantization via diagonal Hessian approximation").
inline float rounding_cost(std::span<const float> weights, std::size_t places, float scale) {
    float cost = 0;
    for (std::size_t first = 0; first < weights.size(); first += places) {
        float sum = 0;
        for (const float w : weights.subspan(first, places)) {
            const float error = w - std::nearbyint(w / scale) * scale;
            sum += error;
            cost += error * error;
        }
        cost += sum * sum;
    }
    return cost;
}

// A few weights can be met better by steps that are a little coarser than those that make the greatest magnitude 127: the scale of least
// cost, down to a greatest magnitude of 64. Many weights average such chances out.
inline float fitted_scale(std::span<const float> weights, std::size_t places) {
    constexpr std::size_t kFewWeights = 64;
    constexpr float kClearlyLess = 0.98F;
    const float widest = weight_scale(weights);
    if (weights.size() > kFewWeights) return widest;
    float best = widest, least = rounding_cost(weights, places, widest);
    for (float greatest = kWeightLevels - 0.25F; greatest >= 64; greatest -= 0.25F) {
        const float scale = widest * (kWeightLevels / greatest);
        const float cost = rounding_cost(weights, places, scale);
        if (cost >= kClearlyLess * least) continue;
        best = scale;
        least = cost;
    }
    return best;
}

inline Result<void> set_weight_scale(const octavo_calibration& calibration, std::size_t index, const RangeOptions& options,
                                     const PlanEditor& editor) {
    const octavo_product& product = calibration.products[index];
    const std::span<const float> weights(product.weights, static_cast<std::size_t>(product.weight_size));
    for (const float w : weights) {
        if (!std::isfinite(w)) {
            return Error(Code::model, "operator '" + operator_name(calibration, product) +
                                          "': its weights hold NaN or infinity, expected "
                                          "finite numbers");
        }
    }
    std::vector<float> scales;
    if (!options.weights_by_channel) scales.push_back(weight_scale(weights));
    const auto channels = static_cast<std::size_t>(options.weights_by_channel ? product.output_channels : 0);
    const std::size_t each = channels > 0 ? weights.size() / channels : 0;
    const auto inputs = static_cast<std::size_t>(product.input_channels / std::max(product.groups, 1));
    const std::size_t places = inputs > 0 && each % inputs == 0 ? each / inputs : each;
    for (std::size_t k = 0; k < channels; ++k) scales.push_back(fitted_scale(weights.subspan(k * each, each), places));
    editor.set_weight_scale(index, scales);
    return {};
}

// Scales for each weight.
inline Result<void> set_weight_scales(const octavo_calibration& calibration, const RangeOptions& options, const PlanEditor& editor) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.product_count); ++i) {
        OCTAVO_CHECK_OK(set_weight_scale(calibration, i, options, editor));
    }
    return {};
}

// Whether the tensor's channels are its last axis, [batch, ..., channels], instead of its second: it lies between products of rows.
inline bool has_channels_last(const octavo_graph& graph, std::int32_t tensor) {
    bool rows = false;
    for (std::int32_t n = 0; n < graph.node_count; ++n) {
        const octavo_node& node = graph.nodes[n];
        const bool touches = (node.input_count > 0 && node.inputs[0] == tensor) || (node.output_count > 0 && node.outputs[0] == tensor);
        if (touches && node.op == std::string_view("Conv")) return false;
        rows = rows || (touches && node.op == std::string_view("Gemm"));
    }
    return rows;
}

// Pixels that a channel of the point's tensor has; 1 where there is no more.
inline std::int64_t pixels(const octavo_calibration& calibration, const octavo_point& point) {
    const octavo_tensor_info& tensor = calibration.graph->tensors[point.tensor];
    const std::int32_t channel_axis = has_channels_last(*calibration.graph, point.tensor) ? tensor.rank - 1 : 1;
    std::int64_t count = 1;
    for (std::int32_t axis = 1; axis < tensor.rank; ++axis)
        if (axis != channel_axis) count *= tensor.shape[axis];
    return count;
}

// Sets the range of a point. `choose(histogram)` gives the interval of values seen, `choose_channel(histogram)` that of a channel where
// only depthwise convolutions read; an input of the model is never clipped, and an interval of a tensor without values is [0, 0].
template <class Choose, class ChooseChannel>
void set_point_range(const octavo_calibration& calibration, std::size_t index, const RangeOptions& options, const PlanEditor& editor,
                     Choose choose, ChooseChannel choose_channel) {
    const octavo_point& point = calibration.points[index];
    const bool by_channel = point.channels > 1 && options.activations_by_channel;
    const octavo_histogram* const first = by_channel ? point.by_channel : &point.whole;
    std::vector<double> minimum, maximum;
    for (const octavo_histogram& histogram : std::span(first, static_cast<std::size_t>(by_channel ? point.channels : 1))) {
        const bool whole = point.is_input || histogram.count == 0;
        const Interval interval = whole ? extremes(histogram) : by_channel ? choose_channel(histogram) : choose(histogram);
        minimum.push_back(interval.minimum);
        maximum.push_back(interval.maximum);
    }
    editor.set_range(index, minimum, maximum);
}

// Ranges at all points, by set_point_range, and scales for each weight.
template <class Choose, class ChooseChannel>
Result<void> set_ranges(const octavo_calibration& calibration, const PlanEditor& editor, const RangeOptions& options, Choose choose,
                        ChooseChannel choose_channel) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.point_count); ++i)
        set_point_range(calibration, i, options, editor, choose, choose_channel);
    return set_weight_scales(calibration, options, editor);
}

}  // namespace octavo
