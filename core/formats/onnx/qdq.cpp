// Tensors, plain nodes, and the frame of the file.
#include "core/formats/onnx/qdq.h"

#include "core/formats/onnx/opset.h"
#include "core/formats/onnx/qdq_writer.h"
#include "core/formats/onnx/writer.h"
#include "core/graph/flat.h"
#include "core/graph/window.h"
#include "sdk/ops/average.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace onnx {
namespace {

bool contains(const std::vector<TensorId>& ids, TensorId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Error misfit(const Tensor& tensor, const std::string& what) {
    return {Code::config, "plan: tensor '" + tensor.name + "' " + what};
}

// The numbers that the writer indexes by; check_plan looks at everything else.
Result<void> check_sizes(const Graph& graph, const Plan& plan) {
    for (const Tensor& tensor : graph.tensors) {
        const auto found = plan.tensors.find(tensor.name);
        if (found == plan.tensors.end()) continue;
        const auto& [whole, depthwise] = found->second;
        if (whole && (whole->scale.size() != 1 || whole->zero_point.size() != 1))
            return misfit(tensor, "has no single scale and zero point");
        if (!depthwise) continue;
        const std::size_t count = depthwise->scale.size();
        const bool fits = tensor.shape.size() >= 2 && (count == 1 || static_cast<std::int64_t>(count) == tensor.shape[1]);
        if (!fits || depthwise->zero_point.size() != count)
            return misfit(tensor, "has " + std::to_string(count) + " scales, expected one a channel");
    }
    return {};
}

// ONNX Runtime's average of codes divides by the whole window where ceil_mode reaches beyond padding that counts.
bool counts_beyond_padding(const Graph& graph, const Node& node) {
    const auto flag = [&](const char* name) { return attribute_or(node, name, std::int64_t{0}) != 0; };
    if (node.op != "AveragePool" || !flag("ceil_mode") || !flag("count_include_pad")) return false;
    const WindowLists window = window_lists(graph, node).value();
    return window.has_pads() && window.end_for_floor() != window.end;
}

}  // namespace

QdqWriter::QdqWriter(const Graph& graph, const Plan& plan)
    : graph_(graph), plan_(plan), forms_(graph, plan), fronts_(front_grids(graph, forms_)), model_(graph.name, opset_of(graph)) {
    for (const Tensor& tensor : graph.tensors) {
        model_.reserve(tensor.name);
        infos_.push_back(flatten(tensor));
    }
}

std::span<const float> QdqWriter::constant_values(TensorId id) const {
    const auto replaced = plan_.replaced.find(graph_[id].name);
    return replaced == plan_.replaced.end() ? graph_[id].data.as<float>() : std::span<const float>(replaced->second);
}

// A graph output keeps its name for what readers of the model get; a folded tensor is not what its name says.
std::string QdqWriter::value_name(TensorId id) {
    const auto found = values_.find(id);
    if (found != values_.end()) return found->second;
    const std::string& name = graph_[id].name;
    const std::optional<ChannelForm>& form = forms_.channels(id);
    const bool is_read_otherwise = forms_.links().is_output[index(id)] && (form || forms_.whole(id)) && !contains(graph_.inputs, id);
    std::string value = name;
    if (is_read_otherwise) value = model_.unique(name + "_float");
    if (form && form->is_folded) value = model_.unique(name + "_scaled");
    return values_.emplace(id, value).first->second;
}

std::string QdqWriter::read_constant(TensorId id) {
    const Tensor& tensor = graph_[id];
    const auto replaced = plan_.replaced.find(tensor.name);
    model_.add_constant(tensor.name, tensor.type, tensor.shape,
                        replaced == plan_.replaced.end() ? tensor.data : make_buffer(replaced->second));
    return tensor.name;
}

std::string QdqWriter::read(TensorId id) {
    if (id == TensorId::none) return "";
    const auto found = reads_.find(id);
    if (found != reads_.end()) return found->second;
    const Tensor& tensor = graph_[id];
    std::string name;
    if (tensor.is_constant()) {
        name = read_constant(id);
    } else if (forms_.channels(id)) {
        name = real_from_channels(id, tensor.name + "_real");
    } else {
        name = value_name(id);
    }
    return reads_.emplace(id, name).first->second;
}

std::string QdqWriter::by_channel(TensorId id, const char* what, std::vector<float> values) {
    Shape shape(graph_[id].shape.size(), 1);
    shape[1] = static_cast<std::int64_t>(values.size());
    return model_.constant<float>(graph_[id].name + what, OCTAVO_F32, shape, std::move(values));
}

std::string QdqWriter::read_channels(TensorId id, const Pads& pads) {
    const std::string& name = graph_[id].name;
    const ChannelForm& form = *forms_.channels(id);
    const std::pair key(id, form.is_shifted ? pads : Pads{});
    const auto found = channel_reads_.find(key);
    if (found != channel_reads_.end()) return found->second;
    std::string x = value_name(id);
    const auto step = [&](const char* op, const char* what, const std::string& operand) {
        const std::string result = model_.unique(name + what);
        model_.add_node(name + what, op, {x, operand}, {result});
        x = result;
    };
    if (!key.second.empty()) {
        std::vector<std::int64_t> all(2 * graph_[id].shape.size(), 0);
        const std::size_t half = key.second.size() / 2;
        std::copy_n(key.second.begin(), half, all.begin() + 2);
        std::copy_n(key.second.begin() + static_cast<std::ptrdiff_t>(half), half, all.end() - static_cast<std::ptrdiff_t>(half));
        step("Pad", "_padded", model_.integers(name + "_pads", all));
    }
    if (form.scales()) step("Mul", "_scaled", by_channel(id, "_factor", form.factor));
    if (form.is_shifted) {
        std::vector<float> offset;
        for (const std::int32_t zero_point : form.zero_point) offset.push_back(static_cast<float>(zero_point) * form.grid.scale);
        step("Add", "_shifted", by_channel(id, "_offset", std::move(offset)));
    }
    return channel_reads_[key] = quantized(name + "_channels", x, form.grid, "");
}

// Back to reals, for readers that know nothing of channels and have no `whole` of their own.
std::string QdqWriter::real_from_channels(TensorId id, const std::string& wish) {
    const std::string& name = graph_[id].name;
    const ChannelForm& form = *forms_.channels(id);
    std::vector<float> ratio, excess;
    for (std::size_t c = 0; c < form.scale.size(); ++c) {
        ratio.push_back(form.ratio(c));
        excess.push_back(form.excess(c));
    }
    const std::string result = wish == name ? name : model_.unique(wish);
    const std::string scaled = form.is_shifted ? model_.unique(name + "_unscaled") : result;
    model_.add_node(name + "_unscale", "Mul", {read_channels(id, {}), by_channel(id, "_ratio", ratio)}, {scaled});
    if (form.is_shifted) model_.add_node(name + "_unshift", "Sub", {scaled, by_channel(id, "_excess", excess)}, {result});
    return result;
}

std::string QdqWriter::quantized(const std::string& base, const std::string& from, const Grid& grid, const std::string& to) {
    const Quantizer by = quantize(base, from, grid);
    const std::string result = to.empty() ? model_.unique(base + "_dequantized") : to;
    dequantize(base, by, result);
    codes_[result] = {by.codes, grid, ""};
    return result;
}

QdqWriter::Quantizer QdqWriter::quantize(const std::string& base, const std::string& from, const Grid& grid) {
    const std::string scale = model_.scalar(base + "_scale", grid.scale);
    const std::string zero_point =
        model_.constant<std::uint8_t>(base + "_zero_point", OCTAVO_U8, {}, {static_cast<std::uint8_t>(grid.zero_point)});
    const std::string codes = model_.unique(base + "_quantized");
    model_.add_node(base + "_QuantizeLinear", "QuantizeLinear", {from, scale, zero_point}, {codes});
    return {codes, scale, zero_point};
}

void QdqWriter::dequantize(const std::string& base, const Quantizer& by, const std::string& to) {
    model_.add_node(base + "_DequantizeLinear", "DequantizeLinear", {by.codes, by.scale, by.zero_point}, {to});
}

// ONNX Runtime (WeightBiasQuantization, at every level) rounds float weights to 8 bits with one scale where their product reads a
// DequantizeLinear of one scale. Of a scale for each channel, all equal, it leaves them alone.
std::string QdqWriter::read_for_float(const Node& node, const std::string& dequantized) {
    const bool is_product = node.op == "Conv" || node.op == "ConvTranspose" || (node.op == "Gemm" && !is_mat_mul(graph_, node));
    const auto codes = codes_.find(dequantized);
    if (!is_product || codes == codes_.end() || !graph_[node.inputs[1]].is_constant()) return dequantized;
    std::string& name = codes->second.for_float;
    if (!name.empty()) return name;
    const Shape& shape = graph_[node.inputs[0]].shape;
    const auto axis = std::find_if(shape.begin() + 1, shape.end(), [](std::int64_t length) { return length > 1; });
    if (axis == shape.end()) return dequantized;
    const auto count = static_cast<std::size_t>(*axis);
    const std::string base = dequantized + "_for_float";
    const std::string scale =
        model_.constant<float>(base + "_scale", OCTAVO_F32, {*axis}, std::vector<float>(count, codes->second.grid.scale));
    const std::string zero_point =
        model_.constant<std::uint8_t>(base + "_zero_point", OCTAVO_U8, {*axis},
                                      std::vector<std::uint8_t>(count, static_cast<std::uint8_t>(codes->second.grid.zero_point)));
    name = model_.unique(base);
    model_.add_node(base, "DequantizeLinear", {codes->second.name, scale, zero_point}, {name},
                    {{"axis", std::int64_t{axis - shape.begin()}}});
    return name;
}

void QdqWriter::settle(TensorId id) {
    if (id == TensorId::none) return;
    const std::string& name = graph_[id].name;
    const bool is_result = forms_.links().is_output[index(id)] && !contains(graph_.inputs, id);
    const std::optional<ChannelForm>& form = forms_.channels(id);
    if (form && form->is_folded) channel_reads_[{id, {}}] = quantized(name, value_name(id), form->grid, "");
    if (const std::optional<Grid> grid = forms_.whole(id)) {
        reads_[id] = quantized(name, value_name(id), *grid, is_result ? name : "");
    } else if (form && is_result) {
        reads_[id] = real_from_channels(id, name);
    }
}

Activation QdqWriter::activation_left(const Node& node) const {
    const Activation activation = activation_of(node);
    const std::optional<Grid> grid = forms_.grid_behind(node.outputs[0]);
    return (grid && is_implied(activation, *grid)) || folds_gate(node) ? Activation{} : activation;
}

QdqWriter::Tail QdqWriter::plan_tail(const Node& node) {
    Tail tail;
    tail.activation = activation_left(node);
    tail.front = fronts_[index(node.outputs[0])];
    tail.value = value_name(node.outputs[0]);
    tail.sum = tail.activation.kind == ActivationKind::none ? tail.value : model_.unique(node.name + "/linear");
    const bool adds = residual_of(node) != TensorId::none;
    tail.core = adds ? model_.unique(attribute_or(node, "inner", node.name + "/product")) : tail.sum;
    return tail;
}

void QdqWriter::write_tail(const Node& node, const Tail& tail) {
    const TensorId residual = residual_of(node);
    if (residual != TensorId::none) {
        const std::optional<Grid> grid = forms_.whole(attribute_or(node, "inner", std::string()));
        const std::string addend = grid && forms_.is_int8(node) ? quantized(tail.core, tail.core, *grid, "") : tail.core;
        model_.add_node(node.name + "/add", "Add", {addend, read(residual)}, {tail.sum});
    }
    if (tail.front)
        write_on_grids(node, tail);
    else
        write_activation(model_, node.name, tail.activation, tail.sum, tail.value);
}

void QdqWriter::write_on_grids(const Node& node, const Tail& tail) {
    const std::string x = quantized(tail.sum, tail.sum, *tail.front, "");
    const std::string gate = model_.unique(node.name + "/gate");
    std::string factor;
    if (tail.activation.kind == ActivationKind::silu) {
        write_activation(model_, node.name, {ActivationKind::sigmoid, 0, 0}, x, gate);
        factor = quantized(gate, gate, {1.0F / kActivationLevels, 0}, "");
    } else if (tail.activation.kind == ActivationKind::hard_swish) {
        factor = hard_gate(node, x, gate);
    } else {
        return write_activation(model_, node.name, tail.activation, x, tail.value);
    }
    model_.add_node(node.name + "/product", "Mul", {x, factor}, {tail.value});
}

// min(max(x + 3, 0), 6) / 6: the ends of a grid from 0 to 6 are the clip, and its codes are read as a sixth of what they are.
std::string QdqWriter::hard_gate(const Node& node, const std::string& x, const std::string& sum) {
    const std::string base = node.name + "/three", three = model_.unique(base), factor = model_.unique(sum + "_sixth");
    const std::string zero = model_.constant<std::uint8_t>(base + "_zero_point", OCTAVO_U8, {}, {0});
    dequantize(base, {model_.constant<std::uint8_t>(base + "_quantized", OCTAVO_U8, {}, {1}), model_.scalar(base + "_scale", 3), zero},
               three);
    model_.add_node(node.name + "/shift", "Add", {x, three}, {sum});
    Quantizer by = quantize(sum, sum, {6.0F / kActivationLevels, 0});
    by.scale = model_.scalar(factor + "_scale", 1.0F / kActivationLevels);
    dequantize(sum, by, factor);
    return factor;
}

// The average of what lies inside of the image, times the share of the window that does: no average between two pairs.
void QdqWriter::write_average_of_inside(const Node& node, const std::string& x, const std::string& y) {
    const FlatNode flat(node);
    std::vector<float> shares = ops::shares_inside(ops::window_of(ops::NodeView(flat.view(), infos_)).value());
    Shape shape = graph_[node.outputs[0]].shape;
    shape[0] = shape[1] = 1;
    Node written = node;
    written.attributes.erase("count_include_pad");
    const std::string inside = model_.unique(node.name + "/inside");
    write_operator(model_, graph_, written, {x}, {inside});
    const std::string share = model_.constant<float>(node.name + "/share", OCTAVO_F32, shape, std::move(shares));
    model_.add_node(node.name + "/mul", "Mul", {inside, share}, {y});
    if (forms_.is_int8(node)) in_float_.push_back({node.name, "its windows reach beyond padding that counts"});
}

void QdqWriter::write_plain(const Node& node) {
    Names inputs, outputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const bool is_separate = spreads_constants(node) && node.inputs[i] != TensorId::none && graph_[node.inputs[i]].is_constant();
        inputs.push_back(is_separate ? "" : read(node.inputs[i]));
    }
    if (residual_of(node) != TensorId::none) inputs.resize(kResidualInput);
    while (!inputs.empty() && inputs.back().empty() && !spreads_constants(node)) inputs.pop_back();
    for (const TensorId id : node.outputs) outputs.push_back(id == TensorId::none ? "" : value_name(id));
    if (!inputs.empty()) inputs[0] = read_for_float(node, inputs[0]);
    const Tail tail = plan_tail(node);
    outputs[0] = tail.core;
    if (counts_beyond_padding(graph_, node))
        write_average_of_inside(node, inputs[0], outputs[0]);
    else
        write_operator(model_, graph_, node, inputs, outputs);
    write_tail(node, tail);
}

Result<void> QdqWriter::write_node(const Node& node) {
    if (is_product(node)) {
        OCTAVO_CHECK_OK(write_product(node));
    } else if (node.op != "ScaleShift" || !write_scale_shift(node)) {
        write_plain(node);
    }
    for (const TensorId id : node.outputs) settle(id);
    return {};
}

Result<QdqModel> QdqWriter::run() {
    for (const TensorId id : graph_.inputs) {
        model_.add_input(graph_[id], graph_[id].free_batch);
        settle(id);
    }
    for (const Node& node : graph_.nodes) OCTAVO_CHECK_OK(write_node(node));
    const std::vector<bool> free = free_outputs(graph_);
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
        const TensorId id = graph_.outputs[i];
        if (graph_[id].is_constant()) read(id);
        model_.add_output(graph_[id], free[i]);
    }
    return QdqModel{model_.finish(), std::move(in_float_)};
}

}  // namespace onnx

Result<QdqModel> write_onnx_qdq(const Graph& graph, const Plan& plan) {
    OCTAVO_CHECK_OK(check_onnx_operators(graph));
    OCTAVO_CHECK_OK(onnx::check_sizes(graph, plan));
    return onnx::QdqWriter(graph, plan).run();
}

}  // namespace octavo
