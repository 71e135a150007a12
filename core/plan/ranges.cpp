// Ranges to u8 parameters, and what activations say about ranges.
#include "core/base/check.h"
#include "core/plan/rules.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <limits>

namespace octavo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct ActivationRow {
    const char* name;
    const char* op;  // the operator of its own
    double low, high;
    bool bends;  // other runtimes compute it in floating point, between two grids
};
// Least values: x * sigmoid(x) at x = -1.2785 is -0.27846454 (a little less here: rounding must not pass it); hard-swish at -1.5 is -3/8;
// Gelu at -0.7518 is -0.16997 (by tanh -0.17004).
constexpr std::array<ActivationRow, 7> kActivations = {{{"relu", "Relu", 0, kInfinity, false},
                                                        {"leaky_relu", "LeakyRelu", -kInfinity, kInfinity, true},
                                                        {"hard_sigmoid", "HardSigmoid", 0, 1, true},
                                                        {"hard_swish", "HardSwish", -0.375001, kInfinity, true},
                                                        {"sigmoid", "Sigmoid", 0, 1, true},
                                                        {"silu", "Silu", -0.278465, kInfinity, true},
                                                        {"gelu", "Gelu", -0.169972, kInfinity, true}}};

const ActivationRow* activation_of(const Node& node) {
    const std::string fused = attribute_or(node, "activation", std::string());
    for (const ActivationRow& row : kActivations)
        if (fused == row.name || (fused.empty() && node.op == row.op)) return &row;
    return nullptr;
}

Range clip_range(const Graph& graph, const Node& node) {
    Range range = {-kInfinity, kInfinity};
    const auto tighten = [&range](double low, double high) {
        if (low > -static_cast<double>(FLT_MAX)) range.low = low;
        if (high < static_cast<double>(FLT_MAX)) range.high = high;
    };
    if (attribute_or(node, "activation", std::string()) == "clip") {
        tighten(static_cast<double>(attribute_or(node, "activation_alpha", 0.0F)),
                static_cast<double>(attribute_or(node, "activation_beta", 0.0F)));
        return range;
    }
    const auto bound = [&](std::size_t i, const char* name, float fallback) {
        if (i >= node.inputs.size() || node.inputs[i] == TensorId::none) return static_cast<double>(attribute_or(node, name, fallback));
        const Tensor& tensor = graph[node.inputs[i]];
        const bool known = tensor.is_constant() && tensor.type == OCTAVO_F32 && tensor.data.as<float>().size() == 1;
        return static_cast<double>(known ? tensor.data.as<float>()[0] : fallback);
    };
    const double low = bound(1, "min", -FLT_MAX);
    const double high = bound(2, "max", FLT_MAX);
    if (low <= high) tighten(low, high);
    return range;
}

constexpr Range kUnknown = {-kInfinity, kInfinity};

Range joined(const Range& a, const Range& b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

Range range_of_constant(const Tensor& tensor) {
    Range range = {kInfinity, -kInfinity};
    for (const float value : tensor.data.as<float>()) range = joined(range, std::isnan(value) ? kUnknown : Range{value, value});
    return range;
}

// Of all float inputs, and of what the operator may put in (padding).
Range hull(const Graph& graph, const std::vector<Range>& ranges, const Node& node) {
    Range range = {kInfinity, -kInfinity};
    for (const TensorId id : node.inputs) {
        if (id == TensorId::none || graph[id].type != OCTAVO_F32) continue;
        if (graph[id].is_constant() && (node.op == "Resize" || node.op == "Upsample")) continue;  // scales
        range = joined(range, graph[id].is_constant() ? range_of_constant(graph[id]) : ranges[index(id)]);
    }
    const auto padding = static_cast<double>(attribute_or(node, "value", 0.0F));  // an attribute of Pad before opset 11
    if (node.op == "Pad" || node.op == "AveragePool") range = joined(range, {padding, padding});
    return range.low <= range.high ? range : kUnknown;
}

Range range_behind(const Graph& graph, const std::vector<Range>& ranges, const Node& node) {
    if (const ActivationRow* row = activation_of(node)) return {row->low, row->high};
    const std::string fused = attribute_or(node, "activation", std::string());
    if (fused == "clip" || (fused.empty() && node.op == "Clip")) return clip_range(graph, node);
    if (node.op == "Softmax") return {0, 1};
    const bool overshoots = attribute_or(node, "mode", std::string()) == "cubic" ||
                            attribute_or(node, "coordinate_transformation_mode", std::string()) == "tf_crop_and_resize";
    if (node.op == "Resize" && overshoots) return kUnknown;
    const ops::Row* row = ops::find(node.op);
    const bool keeps = row && (row->role == ops::Role::passes || row->role == ops::Role::average);
    return keeps ? hull(graph, ranges, node) : kUnknown;
}

// float32, never so small that its reciprocal is infinite, never infinite itself.
float safe_scale(double scale) {
    return static_cast<float>(std::clamp(scale, static_cast<double>(FLT_MIN), static_cast<double>(FLT_MAX)));
}

void append(Quantization& quantization, double scale, std::int32_t zero_point) {
    quantization.scale.push_back(safe_scale(scale));
    quantization.zero_point.push_back(zero_point);
}

// Where nothing but zero was seen, grids are those of values up to 1: biases lie on steps of input scale times weight scale.
void append_free(Quantization& quantization, double low, double high) {
    if (low == 0 && high == 0) return append(quantization, 1.0 / 255, 0);
    if (low == 0) return append(quantization, high / 255, 0);
    const double ideal = -low / ((high - low) / 255);
    const double zero_point = std::clamp(std::nearbyint(ideal), 1.0, 254.0);
    append(quantization, std::max(high / (255 - zero_point), -low / zero_point), static_cast<std::int32_t>(zero_point));
}

void append_symmetric(Quantization& quantization, double low, double high) {
    const double scale = std::max(high / 127, -low / 128);
    append(quantization, scale > 0 ? scale : 1.0 / 127, 128);
}

}  // namespace

std::vector<Range> known_ranges(const Graph& graph) {
    std::vector<Range> ranges(graph.tensors.size(), kUnknown);
    for (const Node& node : graph.nodes) {
        const Range range = range_behind(graph, ranges, node);
        for (const TensorId id : node.outputs)
            if (id != TensorId::none) ranges[index(id)] = range;
    }
    return ranges;
}

Quantization make_quantization(double low, double high) {
    return make_quantization(std::span(&low, 1), std::span(&high, 1), ChannelZeroPoints::free);
}

Quantization make_quantization(std::span<const double> low, std::span<const double> high, ChannelZeroPoints zero_points) {
    OCTAVO_CHECK(low.size() == high.size());
    Quantization quantization;
    for (std::size_t c = 0; c < low.size(); ++c) {
        OCTAVO_CHECK(std::isfinite(low[c]) && std::isfinite(high[c]));
        const double below = std::min(low[c], 0.0);
        const double above = std::max(high[c], 0.0);
        if (zero_points == ChannelZeroPoints::zero) append_free(quantization, 0, above);
        if (zero_points == ChannelZeroPoints::symmetric) append_symmetric(quantization, below, above);
        if (zero_points == ChannelZeroPoints::free) append_free(quantization, below, above);
    }
    return quantization;
}

ChannelZeroPoints channel_zero_points(const Graph& graph, TensorId id) {
    const std::vector<Range> ranges = known_ranges(graph);
    if (ranges[index(id)].low >= 0) return ChannelZeroPoints::zero;
    const std::int32_t producer = Links(graph).producer[index(id)];
    const ActivationRow* row = producer < 0 ? nullptr : activation_of(graph.nodes[static_cast<std::size_t>(producer)]);
    return row && row->bends ? ChannelZeroPoints::free : ChannelZeroPoints::symmetric;
}

}  // namespace octavo
