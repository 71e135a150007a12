// The grids come from the plan, the spans from the statistics.
#include "core/pipeline/noise.h"

#include <octavo/numbers.h>

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

bool is_computed(const Graph& graph, TensorId id) {
    return id != TensorId::none && graph[id].type == OCTAVO_F32 && !graph[id].is_constant();
}

const TensorPlan* grids_of(const Plan& plan, const std::string& tensor) {
    const auto found = plan.tensors.find(tensor);
    return found == plan.tensors.end() ? nullptr : &found->second;
}

double width(const Collector::Span& span) {
    return static_cast<double>(span.high) - static_cast<double>(span.low);
}

// From the least to the greatest value of all channels; 0 where there are none.
double width(std::span<const Collector::Span> spans) {
    if (spans.empty()) return 0;
    Collector::Span all = spans.front();
    for (const Collector::Span& one : spans) all = {std::min(all.low, one.low), std::max(all.high, one.high)};
    return width(all);
}

// Noise variance of each input channel, or of all.
std::vector<double> input_variances(const Graph& graph, const Node& node, const Plan& plan) {
    const TensorPlan* grids = grids_of(plan, graph[node.inputs[0]].name);
    if (!grids) return {};
    const std::optional<Quantization>& grid = is_depthwise(graph, node) && grids->depthwise ? grids->depthwise : grids->whole;
    if (!grid) return {};
    std::vector<double> variances;
    for (const float scale : grid->scale) variances.push_back(static_cast<double>(scale) * static_cast<double>(scale) / 12);
    return variances;
}

// The greatest slope of a fused activation where it gives values of the span: noise passes a saturated one weakened.
double greatest_slope(const Node& node, const Collector::Span& span) {
    const std::string activation = attribute_or(node, "activation", std::string());
    if (activation == "hard_sigmoid") return static_cast<double>(attribute_or(node, "activation_alpha", 0.2F));
    if (activation != "sigmoid") return 1;
    const double nearest = std::clamp(0.5, static_cast<double>(span.low), static_cast<double>(span.high));
    return nearest * (1 - nearest);
}

// Of one output channel, whose weights these are.
double variance_of(std::span<const float> weights, std::size_t output, std::span<const double> input_variances) {
    double squares = 0;
    for (const float weight : weights) squares += static_cast<double>(weight) * static_cast<double>(weight);
    return squares * input_variances[input_variances.size() == 1 ? 0 : output];
}

}  // namespace

std::vector<ProductNoise> rounding_noise(const Graph& graph, const Layout& layout, const Statistics& statistics, const Plan& plan,
                                         std::span<const ProductState> products) {
    std::vector<ProductNoise> list;
    for (std::size_t i = 0; i < layout.products.size(); ++i) {
        const Node& node = graph[layout.products[i]];
        const std::vector<double> variances = input_variances(graph, node, plan);
        const std::string& output = graph[node.outputs[0]].name;
        const std::vector<Collector::Span> spans = statistics.collector.spans(statistics.entries.at(output));
        const auto channels = static_cast<std::size_t>(products[i].output_channels);
        if (variances.empty() || spans.size() != channels) continue;
        const TensorPlan* read = grids_of(plan, output);
        const double least = read && read->depthwise && !read->whole ? 0 : width(spans) / static_cast<double>(kActivationLevels);
        const std::size_t size = products[i].weights.size() / channels;
        ProductNoise worst{layout.products[i], 0, 0};
        for (std::size_t c = 0; c < channels; ++c) {
            if (width(spans[c]) <= 0) continue;
            const double span = std::max(width(spans[c]), least);
            const double noise = greatest_slope(node, spans[c]) *
                                 std::sqrt(variance_of(std::span(products[i].weights).subspan(c * size, size), c, variances));
            if (noise / span > worst.share) worst = {layout.products[i], noise / span, static_cast<std::int64_t>(c)};
        }
        list.push_back(worst);
    }
    return list;
}

std::vector<TensorId> joined_tensors(const Graph& graph) {
    std::vector<TensorId> tensors;
    for (const Node& node : graph.nodes)
        if (node.op == "Concat")
            for (const TensorId id : node.inputs)
                if (is_computed(graph, id)) tensors.push_back(id);
    return tensors;
}

std::vector<JoinedRanges> joined_ranges(const Graph& graph, const Statistics& statistics, const Plan& plan) {
    std::vector<JoinedRanges> list;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (graph.nodes[n].op != "Concat") continue;
        std::vector<std::pair<double, TensorId>> widths;
        for (const TensorId id : graph.nodes[n].inputs) {
            if (!is_computed(graph, id)) continue;
            const double range = width(statistics.collector.spans(statistics.entries.at(graph[id].name)));
            if (range > 0) widths.emplace_back(range, id);
        }
        if (widths.size() < 2) continue;
        const auto [narrow, wide] = std::minmax_element(widths.begin(), widths.end());
        const double ratio = wide->first / narrow->first;
        if (ratio > kFarApart) list.push_back({static_cast<NodeId>(n), narrow->second, wide->second, ratio, is_int8(plan, graph.nodes[n])});
    }
    return list;
}

}  // namespace octavo
