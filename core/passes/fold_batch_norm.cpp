// fold_batch_norm: an affine step (y = factor[c] * x + summand[c]: BatchNormalization, or Mul, Div, Add, Sub with a constant scalar or one
// number a channel, or ScaleShift) goes into the weight and bias of the product before it, or into scale and bias of the ScaleShift, the
// InstanceNormalization or GroupNormalization before it, where nothing else reads between them; computed in double, stored as float. Where
// nothing takes it in, it becomes a ScaleShift if the tensor is NC or NCHW. Expects biases in place (give_bias). Steps whose numbers are
// not finite stay as they are.
#include "core/graph/product.h"
#include "core/passes/passes.h"
#include "core/passes/rewrite.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace octavo {
namespace {

struct Affine {
    TensorId x = TensorId::none;
    std::vector<double> factor, summand;  // [channel]
    std::size_t axis = 1;                 // of the channels
};

constexpr std::size_t kMostChannels = 1 << 20;  // a file may claim more than anyone has memory for

// A constant operand as one number a channel; nothing where it varies along other axes or would change the shape.
std::optional<std::vector<double>> by_channel(const Graph& graph, TensorId id, const Shape& shape, std::size_t axis = 1) {
    if (!is_float_constant(graph, id)) return std::nullopt;
    const Shape& own = graph[id].shape;
    const std::span<const float> values = graph[id].data.as<float>();
    const auto channels = static_cast<std::size_t>(shape[axis]);
    if (own.size() > shape.size()) return std::nullopt;
    if (channels > kMostChannels) return std::nullopt;
    if (values.size() == 1) return std::vector<double>(channels, static_cast<double>(values[0]));
    const std::size_t added = shape.size() - own.size();
    if (values.size() != channels || added > axis || own[axis - added] != shape[axis]) return std::nullopt;
    return std::vector<double>(values.begin(), values.end());
}

std::optional<Affine> of_batch_norm(const Graph& graph, const Node& node) {
    std::array<std::vector<double>, 4> rows;  // scale, bias, mean, variance
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::optional<std::vector<double>> row = by_channel(graph, node.inputs[i + 1], {1, graph[node.inputs[0]].shape[1]});
        if (!row) return std::nullopt;
        rows[i] = *row;
    }
    const auto epsilon = static_cast<double>(attribute_or(node, "epsilon", 1e-5F));
    Affine affine{node.inputs[0], rows[0], rows[1]};
    for (std::size_t c = 0; c < affine.factor.size(); ++c) {
        affine.factor[c] /= std::sqrt(rows[3][c] + epsilon);
        affine.summand[c] -= rows[2][c] * affine.factor[c];
    }
    return affine;
}

std::optional<Affine> of_scale_shift(const Graph& graph, const Node& node) {
    const Shape shape = {1, graph[node.inputs[0]].shape[1]};
    const auto factor = by_channel(graph, node.inputs[1], shape);
    const auto summand = by_channel(graph, node.inputs[2], shape);
    if (!factor || !summand) return std::nullopt;
    return Affine{node.inputs[0], *factor, *summand};
}

// y = a * x + b of an arithmetic operator, by the constant k: what becomes of x and whether the constant may stand first.
struct ArithmeticRow {
    const char* op;
    bool constant_first;
    double (*factor)(double k);
    double (*summand)(double k);
};
constexpr std::array<ArithmeticRow, 7> kArithmetic = {{
    {"Mul", false, [](double k) { return k; }, [](double) { return 0.0; }},
    {"Mul", true, [](double k) { return k; }, [](double) { return 0.0; }},
    {"Add", false, [](double) { return 1.0; }, [](double k) { return k; }},
    {"Add", true, [](double) { return 1.0; }, [](double k) { return k; }},
    {"Sub", false, [](double) { return 1.0; }, [](double k) { return -k; }},
    {"Sub", true, [](double) { return -1.0; }, [](double k) { return k; }},
    {"Div", false, [](double k) { return 1.0 / k; }, [](double) { return 0.0; }},
}};

std::optional<Affine> of_arithmetic(const Graph& graph, const Links& links, const Node& node) {
    for (const ArithmeticRow& row : kArithmetic) {
        if (node.op != row.op || node.inputs.size() != 2) continue;
        const TensorId x = node.inputs[row.constant_first ? 1 : 0];
        const TensorId constant = node.inputs[row.constant_first ? 0 : 1];
        if (graph[x].shape.size() < 2 || graph[x].is_constant()) continue;
        const std::int32_t producer = links.producer[index(x)];
        std::size_t axis = producer < 0 ? 1 : channel_axis(graph.nodes[static_cast<std::size_t>(producer)], graph[x].shape);
        std::optional<std::vector<double>> k = by_channel(graph, constant, graph[x].shape, axis);
        if (!k) k = by_channel(graph, constant, graph[x].shape, axis = 1);
        if (!k) continue;
        Affine affine{x, {}, {}, axis};
        std::transform(k->begin(), k->end(), std::back_inserter(affine.factor), row.factor);
        std::transform(k->begin(), k->end(), std::back_inserter(affine.summand), row.summand);
        return affine;
    }
    return std::nullopt;
}

bool is_finite(const Affine& affine) {
    const auto fits = [](double value) { return std::isfinite(static_cast<float>(value)); };
    return std::all_of(affine.factor.begin(), affine.factor.end(), fits) && std::all_of(affine.summand.begin(), affine.summand.end(), fits);
}

std::optional<Affine> affine_of(const Graph& graph, const Links& links, const Node& node) {
    if (has_activation(node) || graph[node.outputs[0]].type != OCTAVO_F32 || graph[node.outputs[0]].shape.size() < 2) return std::nullopt;
    std::optional<Affine> affine;
    if (node.op == "BatchNormalization" && node.outputs.size() == 1) affine = of_batch_norm(graph, node);
    if (node.op == "ScaleShift") affine = of_scale_shift(graph, node);
    if (!affine) affine = of_arithmetic(graph, links, node);
    return affine && is_finite(*affine) ? affine : std::nullopt;
}

std::vector<float> to_floats(const std::vector<double>& values) {
    std::vector<float> floats;
    for (const double value : values) floats.push_back(static_cast<float>(value));
    return floats;
}

// The weight, or scale, with each output channel scaled: channels are rows, or columns of a Gemm that is not transposed.
std::vector<float> scaled_weight(const Graph& graph, const Node& node, const std::vector<double>& factor) {
    const Tensor& weight = graph[node.inputs[1]];
    const std::span<const float> values = weight.data.as<float>();
    const bool columns = node.op == "Gemm" && attribute_or(node, "transB", std::int64_t{0}) == 0;
    const std::size_t row = values.size() / static_cast<std::size_t>(weight.shape[0]);
    std::vector<float> scaled(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        scaled[i] = static_cast<float>(static_cast<double>(values[i]) * factor[columns ? i % row : i / row]);
    return scaled;
}

std::vector<float> moved_bias(const Graph& graph, const Node& node, const Affine& affine) {
    std::vector<float> bias;
    for (const float value : graph[node.inputs[2]].data.as<float>()) {
        const std::size_t c = bias.size();
        bias.push_back(static_cast<float>(static_cast<double>(value) * affine.factor[c] + affine.summand[c]));
    }
    return bias;
}

bool all_ones(const std::vector<double>& factor) {
    return std::all_of(factor.begin(), factor.end(), [](double value) { return value == 1.0; });
}

bool scales_channels(const Graph& graph, const Node& node, std::size_t channels) {
    if (node.op == "ScaleShift") return true;
    const bool is_norm = node.op == "InstanceNormalization" || node.op == "GroupNormalization";
    return is_norm && is_float_constant(graph, node.inputs[1]) && graph[node.inputs[1]].data.as<float>().size() == channels;
}

// Input 1 and the bias or shift behind it (input 2) are what all kinds of taker have in common.
bool takes_in(const Graph& graph, const Node& node, const Affine& affine) {
    if (has_activation(node) || has_residual(node)) return false;
    const bool product = is_product(graph, node) && input_or_none(node, 2) != TensorId::none;
    if ((!product && !scales_channels(graph, node, affine.factor.size())) || affine.axis != channel_axis(node, graph[affine.x].shape))
        return false;
    if (graph[node.outputs[0]].shape != graph[affine.x].shape) return false;
    return is_float_constant(graph, node.inputs[2]) && graph[node.inputs[2]].data.as<float>().size() == affine.factor.size();
}

void take_in(Graph& graph, const Links& links, Node& producer, Node& node, const Affine& affine) {
    const auto channels = static_cast<std::int64_t>(affine.factor.size());
    std::vector<float> bias = moved_bias(graph, producer, affine);
    if (!all_ones(affine.factor))
        set_constant(graph, links, producer, 1, producer.name + ".weight", graph[producer.inputs[1]].shape,
                     scaled_weight(graph, producer, affine.factor));
    set_constant(graph, links, producer, 2, producer.name + ".bias", {channels}, std::move(bias));
    producer.outputs[0] = node.outputs[0];
    absorb(producer, node);
    erase(node);
}

bool become_scale_shift(Graph& graph, Node& node, const Affine& affine) {
    const std::size_t rank = graph[affine.x].shape.size();
    if (node.op == "ScaleShift" || affine.axis != 1 || (rank != 2 && rank != 4)) return false;
    const auto channels = static_cast<std::int64_t>(affine.factor.size());
    const TensorId scale = add_constant(graph, node.name + ".scale", {channels}, to_floats(affine.factor));
    const TensorId shift = add_constant(graph, node.name + ".shift", {channels}, to_floats(affine.summand));
    node.op = "ScaleShift";
    node.inputs = {affine.x, scale, shift};
    node.attributes.clear();
    return true;
}

bool fold(Graph& graph, const Links& links, std::size_t n) {
    Node& node = graph.nodes[n];
    const std::optional<Affine> affine = affine_of(graph, links, node);
    if (!affine) return false;
    Node* producer = producer_of(graph, links, affine->x);
    if (!producer || links.only_reader(affine->x) < 0 || !takes_in(graph, *producer, *affine))
        return become_scale_shift(graph, node, *affine);
    take_in(graph, links, *producer, node, *affine);
    return true;
}

}  // namespace

Result<void> fold_batch_norm(Graph& graph) {
    rewrite_nodes(graph, [&graph](const Links& links, std::size_t n) { return fold(graph, links, n); });
    return {};
}

}  // namespace octavo
