// Conv, Gemm and MatMul with constant weights: quantized ones behind DequantizeLinear, and float ones next to tensors with parameters by
// channel, whose factors they carry.
#include "core/formats/onnx/qdq_writer.h"

#include "core/graph/window.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

std::string title(const Node& node) {
    return node.op + " '" + node.name + "'";
}

bool has_input(const Node& node, std::size_t i) {
    return i < node.inputs.size() && node.inputs[i] != TensorId::none;
}

std::size_t output_channels(const Graph& graph, const Node& node) {
    const Shape& weight = graph[node.inputs[1]].shape;
    return static_cast<std::size_t>(channels_last(node) ? weight.back() : weight.front());
}

// MatMul takes none.
constexpr float kNoBias = -1;

}  // namespace

// Everything else is written as it stands.
bool QdqWriter::is_product(const Node& node) const {
    const bool known = node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul";
    if (!known || !graph_[node.inputs[1]].is_constant() || graph_[node.inputs[1]].shape.size() < 2) return false;
    if (graph_[node.inputs[1]].type != OCTAVO_F32 || output_channels(graph_, node) == 0) return false;
    if (attribute_or(node, "transA", std::int64_t{0}) != 0 || attribute_or(node, "alpha", 1.0F) <= 0) return false;
    if (has_input(node, 2)) {
        const Tensor& bias = graph_[node.inputs[2]];
        const auto count = static_cast<std::size_t>(element_count(bias.shape));
        if (!bias.is_constant() || (count != 1 && count != output_channels(graph_, node))) return false;
    }
    const std::optional<ChannelForm>& out = forms_.channels(node.outputs[0]);
    return forms_.is_int8(node) || forms_.reads_channels(node) || (out && out->is_folded);
}

Result<void> QdqWriter::check_product(const Node& node) const {
    if (!forms_.is_int8(node)) return {};
    const std::string& weight = graph_[node.inputs[1]].name;
    const auto scales = plan_.weight_scale.find(weight);
    if (scales == plan_.weight_scale.end())
        return Error(Code::config, "plan: " + title(node) + " is int8, but its weight '" + weight + "' has no scale");
    const std::size_t expected = output_channels(graph_, node);
    if (scales->second.size() != 1 && scales->second.size() != expected) {
        return Error(Code::config, "plan: weight '" + weight + "' has " + std::to_string(scales->second.size()) +
                                       " scales, expected 1 or " + std::to_string(expected));
    }
    if (!forms_.reads_channels(node) && !forms_.whole(node.inputs[0])) {
        return Error(Code::config,
                     "plan: " + title(node) + " is int8, but its input '" + graph_[node.inputs[0]].name + "' has no parameters");
    }
    return {};
}

// With ONNX Gemm's alpha in the output's factor, so that alpha * A * B + beta * C = alpha * (A * B + beta / alpha * C).
std::vector<float> QdqWriter::bias_of(const Node& node, std::size_t channels) const {
    if (!has_input(node, 2)) return {};
    const std::span<const float> values = constant_values(node.inputs[2]);
    std::vector<float> bias(values.begin(), values.end());
    if (bias.size() == 1) bias.resize(channels, bias.front());
    const float share = attribute_or(node, "beta", 1.0F) / attribute_or(node, "alpha", 1.0F);
    for (float& value : bias) value *= share;
    return bias;
}

ProductTerms QdqWriter::terms_of(const Node& node) const {
    ProductTerms terms;
    const std::size_t channels = output_channels(graph_, node);
    terms.weight = constant_values(node.inputs[1]);
    terms.channels_last = channels_last(node);
    const auto scales = plan_.weight_scale.find(graph_[node.inputs[1]].name);
    terms.scale = scales == plan_.weight_scale.end() ? std::vector<float>{1} : scales->second;
    if (terms.scale.size() == 1) terms.scale.resize(channels, terms.scale.front());
    terms.bias = bias_of(node, channels);
    const float alpha = attribute_or(node, "alpha", 1.0F);
    if (alpha != 1.0F) terms.out_factor.assign(channels, alpha);
    const std::optional<ChannelForm>& out = forms_.channels(node.outputs[0]);
    if (out && out->is_folded) terms.out_factor = out->factor;
    if (forms_.reads_channels(node)) {
        const ChannelForm& in = *forms_.channels(node.inputs[0]);
        const std::size_t outputs_an_input = channels / in.scale.size();
        for (std::size_t k = 0; k < channels; ++k) {
            terms.in_ratio.push_back(in.ratio(k / outputs_an_input));
            terms.excess.push_back(in.excess(k / outputs_an_input));
        }
        terms.input_scale = in.grid.scale;
    } else if (const std::optional<Grid> grid = forms_.whole(node.inputs[0])) {
        terms.input_scale = grid->scale;
    }
    terms.out_step = output_steps(node, channels);
    if (folds_gate(node)) fold_gate(activation_of(node), channels, terms);
    return terms;
}

// A hard sigmoid on a grid that ends at 1 or below is a scaled and shifted result that saturates: weights and bias take its slope and
// offset, and the grid is the clip.
bool QdqWriter::folds_gate(const Node& node) const {
    const Activation activation = activation_of(node);
    if (activation.kind != ActivationKind::hard_sigmoid || !(activation.alpha > 0.0F) || !is_product(node) || !forms_.is_int8(node))
        return false;
    if (residual_of(node) != TensorId::none || forms_.channels(node.outputs[0])) return false;
    const std::optional<Grid> grid = forms_.whole(node.outputs[0]);
    return grid && grid->zero_point == 0 && 255.0F * grid->scale <= 1.0F + 1e-6F;
}

void QdqWriter::fold_gate(const Activation& gate, std::size_t channels, ProductTerms& terms) {
    terms.bias.resize(channels, 0.0F);
    terms.out_factor.resize(channels, 1.0F);
    for (std::size_t c = 0; c < channels; ++c) {
        terms.bias[c] += gate.beta / (gate.alpha * terms.out_factor[c]);
        terms.out_factor[c] *= gate.alpha;
    }
    for (float& step : terms.out_step) step /= gate.alpha;
}

// The finest grid that the result is put on, in reals.
std::vector<float> QdqWriter::output_steps(const Node& node, std::size_t channels) const {
    const TensorId output = node.outputs[0];
    std::optional<Grid> whole = forms_.whole(output);
    if (residual_of(node) != TensorId::none) whole = forms_.whole(attribute_or(node, "inner", std::string()));
    std::vector<float> steps;
    if (whole) steps.assign(channels, whole->scale);
    const std::optional<ChannelForm>& form = forms_.channels(output);
    if (!form) return steps;
    if (steps.empty()) return form->scale;
    for (std::size_t c = 0; c < channels; ++c) steps[c] = std::min(steps[c], form->scale[c]);
    return steps;
}

void QdqWriter::add_float_product(const Node& node, const ProductTerms& terms, Names& inputs) {
    FloatProduct product = float_product(terms);
    const Tensor& weight = graph_[node.inputs[1]];
    inputs.push_back(model_.constant<float>(weight.name + "_scaled", OCTAVO_F32, weight.shape, std::move(product.weight)));
    const auto channels = static_cast<std::int64_t>(product.bias.size());
    inputs.push_back(model_.constant<float>(node.name + "/bias", OCTAVO_F32, {channels}, std::move(product.bias)));
}

// The weights' codes are cast and scaled, which ONNX Runtime does once, as it loads the model, where it would dequantize them in every run.
void QdqWriter::add_rounded_product(const Node& node, QuantizedProduct product, Names& inputs) {
    const Tensor& weight = graph_[node.inputs[1]];
    const std::size_t count = product.scale.size();
    Shape each(weight.shape.size(), 1);
    each.front() = static_cast<std::int64_t>(count);
    if (!product.bias.empty() && product.worst_bias_error <= kCoarseBias)
        for (std::size_t c = 0; c < count; ++c) product.real_bias[c] = static_cast<float>(product.bias[c]) * product.bias_scale[c];
    const std::string codes = model_.constant<std::int8_t>(weight.name + "_quantized", OCTAVO_S8, weight.shape, std::move(product.weight));
    const std::string scale = model_.constant<float>(weight.name + "_scale", OCTAVO_F32, each, std::move(product.scale));
    const std::string cast = model_.unique(weight.name + "_cast"), real = model_.unique(weight.name + "_rounded");
    model_.add_node(weight.name + "_Cast", "Cast", {codes}, {cast}, {{"to", std::int64_t{1}}});
    model_.add_node(weight.name + "_Mul", "Mul", {cast, scale}, {real});
    inputs.push_back(real);
    if (product.real_bias.empty()) return;
    const std::string base = has_input(node, 2) ? graph_[node.inputs[2]].name : node.name + "/bias";
    inputs.push_back(model_.constant<float>(base + "_rounded", OCTAVO_F32, {each.front()}, std::move(product.real_bias)));
}

std::vector<float> QdqWriter::add_quantized_product(const Node& node, const ProductTerms& terms, QuantizedProduct product,
                                                    const Shape& shape, float coarse, Names& inputs) {
    const Tensor& weight = graph_[node.inputs[1]];
    const std::size_t count = product.scale.size();
    const Shape channels = {static_cast<std::int64_t>(count)};
    const auto dequantized = [&](const std::string& base, const Names& codes_and_zero_point, std::vector<float> scale, std::int64_t axis) {
        const std::string result = model_.unique(base + "_dequantized");
        const std::string scale_name = model_.constant<float>(base + "_scale", OCTAVO_F32, channels, std::move(scale));
        model_.add_node(base + "_DequantizeLinear", "DequantizeLinear", {codes_and_zero_point[0], scale_name, codes_and_zero_point[1]},
                        {result}, {{"axis", axis}});
        inputs.push_back(result);
    };
    const std::string codes = model_.constant<std::int8_t>(weight.name + "_quantized", OCTAVO_S8, shape, std::move(product.weight));
    const std::string zeros =
        model_.constant<std::int8_t>(weight.name + "_zero_point", OCTAVO_S8, channels, std::vector<std::int8_t>(count, 0));
    dequantized(weight.name, {codes, zeros}, std::move(product.scale),
                terms.channels_last ? static_cast<std::int64_t>(shape.size()) - 1 : 0);
    if (terms.bias.empty() && terms.excess.empty()) return {};
    if (product.worst_bias_error > coarse) return product.real_bias;
    const std::string base = has_input(node, 2) ? graph_[node.inputs[2]].name : node.name + "/bias";
    const std::string bias = model_.constant<std::int32_t>(base + "_quantized", OCTAVO_S32, channels, std::move(product.bias));
    const std::string bias_zeros =
        model_.constant<std::int32_t>(base + "_zero_point", OCTAVO_S32, channels, std::vector<std::int32_t>(count, 0));
    dequantized(base, {bias, bias_zeros}, std::move(product.bias_scale), 0);
    return {};
}

QdqWriter::Pads QdqWriter::explicit_pads(const Node& node) const {
    const WindowLists window = window_lists(graph_, node).value();
    return window.has_pads() ? window.pads() : Pads{};
}

// Where zero points differ by channel, the border has been padded before the tensor was quantized: `written` then pads no more.
std::string QdqWriter::read_product_input(const Node& node, Node& written) {
    if (!forms_.reads_channels(node)) return read(node.inputs[0]);
    const Pads pads = explicit_pads(node);
    if (forms_.channels(node.inputs[0])->is_shifted && !pads.empty()) {
        written.attributes.erase("auto_pad");
        written.attributes["pads"] = std::vector<std::int64_t>(pads.size(), 0);
    }
    return read_channels(node.inputs[0], pads);
}

// A 1x1 convolution of a single pixel whose result stays real, as classifiers end in: ONNX Runtime leaves such a convolution in floating
// point, but has an integer Gemm with a real result.
bool QdqWriter::is_pixel_classifier(const Node& node) const {
    const auto is_pixel = [&](TensorId id) { return graph_[id].shape.size() == 4 && graph_[id].shape[2] == 1 && graph_[id].shape[3] == 1; };
    return node.op == "Conv" && forms_.is_int8(node) && is_pixel(node.inputs[0]) && is_pixel(node.inputs[1]) &&
           attribute_or<std::int64_t>(node, "group", 1) == 1 && explicit_pads(node).empty() && residual_of(node) == TensorId::none &&
           !forms_.channels(node.outputs[0]) && !forms_.grid_behind(node.outputs[0]) && forms_.whole(node.inputs[0]);
}

Result<void> QdqWriter::write_pixel_classifier(const Node& node) {
    const Tail tail = plan_tail(node);
    const Tensor& weight = graph_[node.inputs[1]];
    const std::string rows = model_.unique(node.name + "/rows");
    model_.add_node(node.name + "/flatten", "Flatten", {read(node.inputs[0])}, {rows}, {{"axis", std::int64_t{1}}});
    Names inputs = {quantized(node.name + "/rows", rows, *forms_.whole(node.inputs[0]), "")};
    const ProductTerms terms = terms_of(node);
    const Shape shape = {weight.shape[0], weight.shape[1]};
    std::vector<float> bias = add_quantized_product(node, terms, quantize_product(terms), shape, kCoarseBias, inputs);
    const std::string result = model_.unique(node.name + "/gemm"), core = bias.empty() ? tail.core : model_.unique(node.name + "/unbiased");
    model_.add_node(node.name, "Gemm", inputs, {result}, {{"transB", std::int64_t{1}}});
    model_.add_node(node.name + "/unsqueeze", "Unsqueeze", {result, model_.integers(node.name + "/axes", {2, 3})}, {core});
    if (!bias.empty()) write_bias_behind(node, std::move(bias), core, tail.core);
    write_tail(node, tail);
    return {};
}

Result<void> QdqWriter::write_product(const Node& node) {
    OCTAVO_CHECK_OK(check_product(node));
    if (is_pixel_classifier(node)) return write_pixel_classifier(node);
    const ProductTerms terms = terms_of(node);
    Node written = node;
    for (const char* name : {"alpha", "beta"}) written.attributes.erase(name);
    Names inputs = {read_product_input(node, written)};
    Tail tail = plan_tail(node);
    std::vector<float> bias_behind;
    if (forms_.is_int8(node)) {
        QuantizedProduct product = quantize_product(terms);
        const std::string reason = reason_unfused(node, tail, product);
        if (!reason.empty() && node.op == "Conv") {
            in_float_.push_back({node.name, reason});
            tail.front.reset();
            inputs[0] = read_for_float(node, inputs[0]);
            add_rounded_product(node, std::move(product), inputs);
        } else {
            const float coarse = is_mat_mul(graph_, node) ? kNoBias : reason.empty() ? kCoarseBiasFused : kCoarseBias;
            bias_behind = add_quantized_product(node, terms, std::move(product), graph_[node.inputs[1]].shape, coarse, inputs);
        }
    } else {
        inputs[0] = read_for_float(node, inputs[0]);
        add_float_product(node, terms, inputs);
    }
    const std::string result = bias_behind.empty() ? tail.core : model_.unique(node.name + "/unbiased");
    write_operator(model_, graph_, written, inputs, {result});
    if (!bias_behind.empty()) write_bias_behind(node, std::move(bias_behind), result, tail.core);
    write_tail(node, tail);
    return {};
}

// With all axes of the result: of a list ONNX Runtime would first make a Gemm in floating point.
void QdqWriter::write_bias_behind(const Node& node, std::vector<float> bias, const std::string& from, const std::string& to) {
    Shape shape(graph_[node.outputs[0]].shape.size(), 1);
    (node.op == "Conv" ? shape[1] : shape.back()) = static_cast<std::int64_t>(bias.size());
    const std::string operand = model_.constant<float>(node.name + "/bias", OCTAVO_F32, shape, std::move(bias));
    model_.add_node(node.name + "/add_bias", "Add", {from, operand}, {to});
}

std::string QdqWriter::reason_unfused(const Node& node, const Tail& tail, const QuantizedProduct& product) const {
    std::string reason;
    if (residual_of(node) == TensorId::none)
        reason = reason_not_on_grid(node, tail.front ? Activation{} : tail.activation);
    else if (!forms_.whole(attribute_or(node, "inner", std::string())))
        reason = "the sum that its residual is added to has no parameters";
    if (reason.empty() && product.worst_bias_error > kCoarseBiasFused)
        reason = "its bias lies between the steps of input scale times weight scale";
    return reason;
}

std::string QdqWriter::reason_not_on_grid(const Node& node, const Activation& activation) const {
    const TensorId output = node.outputs[0];
    const std::optional<ChannelForm>& form = forms_.channels(output);
    const ActivationKind left = activation.kind;
    const bool bends = left != ActivationKind::none && left != ActivationKind::relu && left != ActivationKind::clip;
    if (bends && !has_integer_operators(left))
        return "its activation " + attribute_or(node, "activation", std::string()) + " has no integer form";
    if (form && !form->is_folded)
        return forms_.whole(output) ? "its output is read both by channel and whole" : "its output is rescaled by channel";
    const std::optional<Grid> grid = forms_.grid_behind(output);
    if (!grid) return "its output has no parameters";
    if (bends) {
        return grid_in_front(activation, *grid) ? "it is one of the first, where a grid in front of the activation costs most"
                                                : "a grid in front of its activation would be too coarse";
    }
    if (left == ActivationKind::clip) return "the grid of its output reaches beyond its clip";
    if (left == ActivationKind::relu && grid->zero_point != 0) return "its output has a zero point behind a relu";
    return "";
}

}  // namespace octavo::onnx
