// The arrays behind octavo_calibration, and the editor that changes the state. Calls that make no sense are remembered, not obeyed.
#include "core/pipeline/calibration_view.h"

#include "core/plan/pair_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace octavo {
namespace {

// The weight as [output channel][rest]: a convolution's is stored so, a Gemm's may be stored [input][output].
std::vector<float> weights_of(const Graph& graph, const Node& node) {
    const Tensor& weight = graph[node.inputs[1]];
    const std::span<const float> values = weight.data.as<float>();
    const bool is_transposed = node.op != "Conv" && attribute_or<std::int64_t>(node, "transB", 0) == 0;
    if (!is_transposed) return {values.begin(), values.end()};
    const auto inputs = static_cast<std::size_t>(weight.shape[0]);
    const auto outputs = static_cast<std::size_t>(weight.shape[1]);
    std::vector<float> turned(values.size());
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t o = 0; o < outputs; ++o) turned[o * inputs + i] = values[i * outputs + o];
    return turned;
}

std::int64_t output_channels_of(const Graph& graph, const Node& node) {
    const Shape& weight = graph[node.inputs[1]].shape;
    if (node.op == "Conv") return weight[0];
    return attribute_or<std::int64_t>(node, "transB", 0) == 0 ? weight[1] : weight[0];
}

std::int64_t kernel_places(const Shape& weight) {
    return element_count(std::span(weight).subspan(2));
}

// What the values can be at all. Of all tensors, not of the roots alone: what passes values on may add some (the value of a Pad) or go
// beyond them (a cubic Resize).
Range known_of(const std::vector<Range>& known, const QuantizationPoint& point) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (point.tensors.empty()) return {-kInfinity, kInfinity};
    Range range{kInfinity, -kInfinity};
    for (const TensorId id : point.tensors) {
        const Range& one = known[index(id)];
        range = {std::min(range.low, one.low), std::max(range.high, one.high)};
    }
    return range;
}

bool is_input(const Graph& graph, const QuantizationPoint& point) {
    return std::any_of(point.roots.begin(), point.roots.end(),
                       [&](TensorId root) { return std::find(graph.inputs.begin(), graph.inputs.end(), root) != graph.inputs.end(); });
}

}  // namespace

Result<CalibrationView> CalibrationView::create(const Graph& graph, const Layout& layout, const Statistics& statistics,
                                                std::int32_t pair_limit) {
    CalibrationView view;
    view.pair_limit_ = pair_limit;
    const std::vector<Range> known = known_ranges(graph);
    for (const QuantizationPoint& point : layout.points) view.add_point(graph, point, known_of(known, point), statistics);
    for (const NodeId product : layout.products) OCTAVO_CHECK_OK(view.add_product(graph, product, statistics));
    view.ranges_.resize(view.points_.size());
    return view;
}

void CalibrationView::add_point(const Graph& graph, const QuantizationPoint& point, const Range& known, const Statistics& statistics) {
    Histogram whole;
    std::vector<octavo_histogram> by_channel;
    for (const std::string& name : statistics_of(graph, point)) {
        const std::size_t entry = statistics.entries.at(name);
        if (point.kind == PointKind::depthwise) {
            whole = statistics.collector.whole(entry);
            by_channel = statistics.collector.channel_views(entry);
        } else {
            whole.merge(statistics.collector.whole(entry));
        }
    }
    octavo_point flat{};
    flat.tensor = static_cast<std::int32_t>(point.node ? graph[*point.node].outputs[0] : point.tensors.front());
    flat.channels = by_channel.empty() ? 1 : static_cast<std::int32_t>(by_channel.size());
    flat.is_input = is_input(graph, point) ? 1 : 0;
    flat.known_minimum = known.low;
    flat.known_maximum = known.high;
    points_.push_back(flat);
    point_names_.push_back(point.name);
    wholes_.push_back(std::move(whole));
    by_channel_.push_back(std::move(by_channel));
}

Result<void> CalibrationView::add_product(const Graph& graph, NodeId id, const Statistics& statistics) {
    const Node& node = graph[id];
    ProductState state;
    state.output_channels = output_channels_of(graph, node);
    state.weights = weights_of(graph, node);
    if (!is_depthwise(graph, node)) state.pair_places = node.op == "Conv" ? kernel_places(graph[node.inputs[1]].shape) : 1;
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != TensorId::none && graph[node.inputs[2]].is_constant();
    if (!has_bias || element_count(graph[node.inputs[2]].shape) != state.output_channels)
        return Error(Code::internal,
                     node.op + " '" + node.name + "': has no constant bias of " + std::to_string(state.output_channels) + " values");
    const std::span<const float> biases = graph[node.inputs[2]].data.as<float>();
    state.biases.assign(biases.begin(), biases.end());
    const std::size_t entry = statistics.entries.at(graph[node.inputs[0]].name);
    means_.push_back(statistics.collector.means(entry));

    octavo_product flat{};
    flat.node = static_cast<std::int32_t>(id);
    flat.weight = static_cast<std::int32_t>(node.inputs[1]);
    flat.bias = static_cast<std::int32_t>(node.inputs[2]);
    flat.groups = static_cast<std::int32_t>(attribute_or<std::int64_t>(node, "group", 1));
    flat.output_channels = state.output_channels;
    flat.weight_size = static_cast<std::int64_t>(state.weights.size());
    flat.input_channels = static_cast<std::int64_t>(means_.back().size());
    products_.push_back(flat);
    states_.push_back(std::move(state));
    return {};
}

void CalibrationView::refresh() {
    for (std::size_t i = 0; i < points_.size(); ++i) {
        points_[i].name = point_names_[i].c_str();
        points_[i].whole = wholes_[i].view();
        points_[i].by_channel = by_channel_[i].empty() ? nullptr : by_channel_[i].data();
    }
    for (std::size_t i = 0; i < products_.size(); ++i) {
        products_[i].weights = states_[i].weights.data();
        products_[i].biases = states_[i].biases.data();
        products_[i].input_mean = means_[i].data();
        products_[i].weight_scale = states_[i].weight_scale.empty() ? nullptr : states_[i].weight_scale.data();
    }
}

octavo_calibration CalibrationView::view(const octavo_graph& graph, const octavo_trial* trial) const {
    octavo_calibration calibration{};
    calibration.size = sizeof calibration;
    calibration.graph = &graph;
    calibration.points = points_.data();
    calibration.point_count = static_cast<std::int32_t>(points_.size());
    calibration.products = products_.data();
    calibration.product_count = static_cast<std::int32_t>(products_.size());
    calibration.trial = trial;
    return calibration;
}

octavo_plan_editor CalibrationView::make_editor() {
    octavo_plan_editor editor{};
    editor.size = sizeof editor;
    editor.context = this;
    editor.set_range = [](void* self, std::int32_t point, std::int32_t channels, const double* minimum, const double* maximum) {
        static_cast<CalibrationView*>(self)->set_range(point, channels, minimum, maximum);
    };
    editor.set_weight_scale = [](void* self, std::int32_t product, std::int64_t channels, const float* scale) {
        static_cast<CalibrationView*>(self)->set_weight_scale(product, channels, scale);
    };
    editor.set_bias = [](void* self, std::int32_t product, const float* bias) {
        static_cast<CalibrationView*>(self)->set_bias(product, bias);
    };
    editor.get_range = [](void* self, std::int32_t point, double* minimum, double* maximum) {
        return static_cast<const CalibrationView*>(self)->get_range(point, minimum, maximum) ? 1 : 0;
    };
    return editor;
}

void CalibrationView::complain(const std::string& what) {
    if (!fault_) fault_ = what;
}

void CalibrationView::set_range(std::int32_t point, std::int32_t channels, const double* minimum, const double* maximum) {
    const auto i = static_cast<std::size_t>(point);
    if (point < 0 || i >= points_.size()) return complain("set a range of point " + std::to_string(point) + ", which is not there");
    if (channels != 1 && channels != points_[i].channels)
        return complain("set " + std::to_string(channels) + " ranges of '" + point_names_[i] + "', expected 1 or " +
                        std::to_string(points_[i].channels));
    PointRange range;
    for (std::int32_t c = 0; c < points_[i].channels; ++c) {
        const std::int32_t from = channels == 1 ? 0 : c;
        if (!std::isfinite(minimum[from]) || !std::isfinite(maximum[from]) || minimum[from] > maximum[from])
            return complain("set a range of '" + point_names_[i] + "' that is none: " + std::to_string(minimum[from]) + " to " +
                            std::to_string(maximum[from]));
        range.low.push_back(std::clamp(minimum[from], points_[i].known_minimum, points_[i].known_maximum));
        range.high.push_back(std::clamp(maximum[from], points_[i].known_minimum, points_[i].known_maximum));
    }
    ranges_[i] = std::move(range);
}

bool CalibrationView::get_range(std::int32_t point, double* minimum, double* maximum) const {
    const auto i = static_cast<std::size_t>(point);
    if (point < 0 || i >= ranges_.size() || ranges_[i].low.empty()) return false;
    std::copy(ranges_[i].low.begin(), ranges_[i].low.end(), minimum);
    std::copy(ranges_[i].high.begin(), ranges_[i].high.end(), maximum);
    return true;
}

void CalibrationView::set_weight_scale(std::int32_t product, std::int64_t channels, const float* scale) {
    const auto i = static_cast<std::size_t>(product);
    if (product < 0 || i >= states_.size()) return complain("set scales of product " + std::to_string(product) + ", which is not there");
    ProductState& state = states_[i];
    if (channels != 1 && channels != state.output_channels)
        return complain("set " + std::to_string(channels) + " weight scales, expected 1 or " + std::to_string(state.output_channels));
    std::vector<float> scales;
    for (std::int64_t c = 0; c < state.output_channels; ++c) {
        scales.push_back(scale[channels == 1 ? 0 : c]);
        if (!std::isfinite(scales.back()) || scales.back() <= 0) return complain("set a weight scale that is not finite and positive");
    }
    if (pair_limit_ > 0 && state.pair_places > 0) {
        const std::size_t each = state.weights.size() / scales.size();
        for (std::size_t c = 0; c < scales.size(); ++c)
            scales[c] = fitting_scale(std::span(state.weights).subspan(c * each, each), state.pair_places, scales[c], pair_limit_);
    }
    state.weight_scale = std::move(scales);
    products_[i].weight_scale = state.weight_scale.data();
}

void CalibrationView::set_bias(std::int32_t product, const float* bias) {
    const auto i = static_cast<std::size_t>(product);
    if (product < 0 || i >= states_.size()) return complain("set a bias of product " + std::to_string(product) + ", which is not there");
    ProductState& state = states_[i];
    for (std::int64_t c = 0; c < state.output_channels; ++c)
        if (!std::isfinite(bias[c])) return complain("set a bias that is not finite");
    std::copy_n(bias, state.output_channels, state.biases.begin());
    state.bias_changed = true;
}

}  // namespace octavo
