// What algorithms that choose ranges have in common: two parameters, the scales of weights, and the walk over all points. Such an algorithm
// itself says only which interval it wants for the histogram of a point.
#pragma once

#include <octavo/algorithm.h>
#include <octavo/histogram.h>
#include <octavo/numbers.h>
#include <octavo/parameters.h>

#include <cmath>
#include <limits>
#include <string>
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

// The scale that makes the greatest magnitude 127; 1 where the weights are zero, or so small that the scale would be no normal number.
inline float weight_scale(std::span<const float> weights) {
    float greatest = 0;
    for (const float w : weights) greatest = std::max(greatest, std::fabs(w));
    const float scale = greatest / kWeightLevels;
    return scale < std::numeric_limits<float>::min() ? 1.0F : scale;
}

inline Result<void> set_weight_scales(const octavo_calibration& calibration, std::size_t index, const RangeOptions& options,
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
    const std::size_t channels = options.weights_by_channel ? static_cast<std::size_t>(product.output_channels) : 1;
    const std::size_t each = channels > 0 ? weights.size() / channels : 0;
    std::vector<float> scales;
    for (std::size_t k = 0; k < channels; ++k) scales.push_back(weight_scale(weights.subspan(k * each, each)));
    editor.set_weight_scale(index, scales);
    return {};
}

template <class Choose>
void set_point_range(const octavo_point& point, std::span<const octavo_histogram> histograms, std::size_t index, const PlanEditor& editor,
                     Choose choose) {
    std::vector<double> minimum, maximum;
    for (const octavo_histogram& histogram : histograms) {
        const bool whole = point.is_input || histogram.count == 0;
        const Interval interval = whole ? extremes(histogram) : choose(histogram);
        minimum.push_back(interval.minimum);
        maximum.push_back(interval.maximum);
    }
    editor.set_range(index, minimum, maximum);
}

// Sets a range at each point and scales for each weight. `choose(histogram)` gives the interval of values seen, `choose_channel(histogram)`
// that of a channel where only depthwise convolutions read; an input of the model is never clipped, and an interval of a tensor without
// values is [0, 0].
template <class Choose, class ChooseChannel>
Result<void> set_ranges(const octavo_calibration& calibration, const PlanEditor& editor, const RangeOptions& options, Choose choose,
                        ChooseChannel choose_channel) {
    const std::span points(calibration.points, static_cast<std::size_t>(calibration.point_count));
    for (std::size_t i = 0; i < points.size(); ++i) {
        const octavo_point& point = points[i];
        if (point.channels > 1 && options.activations_by_channel)
            set_point_range(point, {point.by_channel, static_cast<std::size_t>(point.channels)}, i, editor, choose_channel);
        else
            set_point_range(point, {&point.whole, 1}, i, editor, choose);
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(calibration.product_count); ++i) {
        OCTAVO_CHECK_OK(set_weight_scales(calibration, i, options, editor));
    }
    return {};
}

}  // namespace octavo
