// What a host hands to an algorithm, made by hand: histograms of given values, products of given weights, and an editor that writes down
// what the algorithm sets.
#pragma once

#include "core/statistics/histogram.h"
#include "tests/support/plugin.h"

#include <octavo/abi/algorithm.h>

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <map>

namespace octavo::testing {

struct Ranges {
    std::vector<double> minimum, maximum;
};

struct Edits {
    std::map<std::int32_t, Ranges> ranges;
    std::map<std::int32_t, std::vector<float>> scales;
    std::map<std::int32_t, std::vector<float>> biases;
};

struct Product {
    std::int64_t outputs = 1, inputs = 1;
    std::int32_t groups = 1;
    std::vector<float> weights, biases;
    std::vector<double> mean;
    std::vector<float> scale;  // empty: none yet
};

class Calibration {
public:
    // A point with one histogram.
    void add_point(std::span<const float> values, bool is_input = false) { points_.push_back(point(values, is_input)); }
    // A point that only depthwise convolutions read.
    void add_point(const std::vector<std::vector<float>>& channels, bool is_input = false) {
        std::vector<float> all;
        std::vector<octavo_histogram>& views = channel_views_.emplace_back();
        for (const std::vector<float>& channel : channels) {
            all.insert(all.end(), channel.begin(), channel.end());
            views.push_back(view(channel, Histogram::kChannelBins));
        }
        octavo_point added = point(all, is_input);
        added.channels = static_cast<std::int32_t>(channels.size());
        added.by_channel = views.data();
        points_.push_back(added);
    }
    void add_product(Product product) {
        const Product& kept = kept_.emplace_back(std::move(product));
        products_.push_back({static_cast<std::int32_t>(products_.size()), 0, 0, kept.groups, kept.outputs,
                             static_cast<std::int64_t>(kept.weights.size()), kept.weights.data(), kept.biases.data(), kept.inputs,
                             kept.mean.data(), kept.scale.empty() ? nullptr : kept.scale.data()});
        nodes_.push_back({"conv1", "Conv", nullptr, 0, nullptr, 0, nullptr, 0});
    }

    octavo_status apply(LoadedPlugin<octavo_algorithm_functions>& algorithm) {
        octavo_graph graph{};
        graph.size = sizeof(graph);
        graph.tensors = &tensor_;
        graph.tensor_count = 1;
        graph.nodes = nodes_.data();
        graph.node_count = static_cast<std::int32_t>(nodes_.size());
        const octavo_calibration calibration = {sizeof(octavo_calibration),
                                                &graph,
                                                points_.data(),
                                                static_cast<std::int32_t>(points_.size()),
                                                products_.data(),
                                                static_cast<std::int32_t>(products_.size()),
                                                nullptr};
        const octavo_plan_editor editor = {sizeof(octavo_plan_editor), this, &set_range, &set_weight_scale, &set_bias, &get_range};
        return algorithm.functions().apply(algorithm.self(), &calibration, &editor, &algorithm.error);
    }

    // All points are of a tensor of such maps.
    void set_map(std::int64_t height, std::int64_t width) { tensor_.shape[2] = height, tensor_.shape[3] = width; }

    void set_shape(std::array<std::int64_t, 4> shape) { std::ranges::copy(shape, tensor_.shape); }
    // A node that reads this tensor.
    void add_reader(const char* op) { nodes_.push_back({"reader", op, &kTensor, 1, nullptr, 0, nullptr, 0}); }

    const octavo_histogram& histogram(std::size_t index) const { return points_[index].whole; }

    Edits edits;

private:
    octavo_histogram view(std::span<const float> values, std::int32_t bins) {
        Histogram& histogram = histograms_.emplace_back(bins);
        BOOST_REQUIRE(histogram.add(values));
        return histogram.view();
    }
    octavo_point point(std::span<const float> values, bool is_input) {
        const double infinity = std::numeric_limits<double>::infinity();
        return {"point", 0, 1, is_input, -infinity, infinity, view(values, Histogram::kBins), nullptr};
    }
    static void set_range(void* context, std::int32_t point, std::int32_t channels, const double* minimum, const double* maximum) {
        static_cast<Calibration*>(context)->edits.ranges[point] = {{minimum, minimum + channels}, {maximum, maximum + channels}};
    }
    static std::int32_t get_range(void* context, std::int32_t point, double* minimum, double* maximum) {
        const auto& ranges = static_cast<Calibration*>(context)->edits.ranges;
        const auto found = ranges.find(point);
        if (found == ranges.end()) return 0;
        std::copy(found->second.minimum.begin(), found->second.minimum.end(), minimum);
        std::copy(found->second.maximum.begin(), found->second.maximum.end(), maximum);
        return 1;
    }
    static void set_weight_scale(void* context, std::int32_t product, std::int64_t channels, const float* scale) {
        static_cast<Calibration*>(context)->edits.scales[product] = {scale, scale + channels};
    }
    static void set_bias(void* context, std::int32_t product, const float* bias) {
        Calibration& self = *static_cast<Calibration*>(context);
        self.edits.biases[product] = {bias, bias + self.products_[static_cast<std::size_t>(product)].output_channels};
    }

    static constexpr std::int32_t kTensor = 0;

    octavo_tensor_info tensor_ = {"point", OCTAVO_F32, 4, {1, 1, 1, 1}, nullptr};
    std::deque<Histogram> histograms_;
    std::deque<std::vector<octavo_histogram>> channel_views_;
    std::deque<Product> kept_;
    std::vector<octavo_point> points_;
    std::vector<octavo_product> products_;
    std::vector<octavo_node> nodes_;
};

using AlgorithmPlugin = LoadedPlugin<octavo_algorithm_functions>;

}  // namespace octavo::testing
