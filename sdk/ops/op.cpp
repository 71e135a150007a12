// NodeView, the look-up of rows, and `infer`: a node's arity, attribute types and outputs are checked here, once for all operators.
#include "ops/op.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include "ops/support.h"

namespace octavo::ops {

namespace {

// Beyond this (256 GB of floats) a shape is a damaged file. Rows compute sizes and strides without looking out for overflow.
constexpr std::int64_t kMaxElements = std::int64_t{1} << 36;

bool is_too_large(const Shape& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        // An empty tensor may have large dimensions, too.
        if (__builtin_mul_overflow(count, std::max<std::int64_t>(size, 1), &count) || count > kMaxElements) return true;
    }
    return false;
}

constexpr std::array<std::pair<std::string_view, ActivationKind>, 8> kActivations = {{{"relu", ActivationKind::relu},
                                                                                      {"clip", ActivationKind::clip},
                                                                                      {"leaky_relu", ActivationKind::leaky_relu},
                                                                                      {"hard_sigmoid", ActivationKind::hard_sigmoid},
                                                                                      {"hard_swish", ActivationKind::hard_swish},
                                                                                      {"sigmoid", ActivationKind::sigmoid},
                                                                                      {"silu", ActivationKind::silu},
                                                                                      {"gelu", ActivationKind::gelu}}};

constexpr std::array<const char*, 6> kAttributeTypeNames = {"nothing", "an integer", "a float", "a string", "integers", "floats"};

Result<void> check_arity(const NodeView& node, const Row& row) {
    const auto count = static_cast<int>(node.input_count());
    if (count < row.min_inputs || (row.max_inputs >= 0 && count > row.max_inputs)) {
        std::string expected = std::to_string(row.min_inputs);
        if (row.max_inputs < 0) expected += " or more";
        if (row.max_inputs > row.min_inputs) expected += " to " + std::to_string(row.max_inputs);
        return refusal(node, "has " + std::to_string(count) + " inputs, expected " + expected);
    }
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        if (!node.has_input(i)) {
            if (i < static_cast<std::size_t>(row.min_inputs)) return refusal(node, "input " + std::to_string(i) + " is absent");
            continue;
        }
        const Shape shape = node.input_shape(i);
        if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 0; }))
            return refusal(node, "the shape of input " + std::to_string(i) + " is not known: " + shape_text(shape));
        if (is_too_large(shape)) return refusal(node, "input " + shape_text(shape) + " is too large");
    }
    return {};
}

Result<void> check_attributes(const NodeView& node, const Row& row) {
    for (const AttributeRow& expected : row.attributes) {
        const octavo_attribute* found = node.attribute(expected.name);
        if (!found) {
            if (std::string_view(expected.fallback) == "required")
                return refusal(node, std::string("attribute '") + expected.name + "' is missing");
            continue;
        }
        if (found->type != expected.type)
            return refusal(node, std::string("attribute '") + expected.name + "' is " +
                                     kAttributeTypeNames[static_cast<std::size_t>(found->type)] + ", expected " +
                                     kAttributeTypeNames[static_cast<std::size_t>(expected.type)]);
    }
    const std::string_view activation = node.text("activation", "");
    if (!activation.empty() && node.activation().kind == ActivationKind::none)
        return refusal(node, "activation '" + std::string(activation) + "' is not known");
    return {};
}

Result<void> check_outputs(const NodeView& node, const std::vector<TensorType>& outputs) {
    if (outputs.size() != node.output_count())
        return refusal(node, "has " + std::to_string(node.output_count()) + " outputs, expected " + std::to_string(outputs.size()));
    for (const TensorType& output : outputs) {
        if (output.shape.size() > OCTAVO_MAX_RANK)
            return refusal(node, "output has rank " + std::to_string(output.shape.size()) + ", at most " + std::to_string(OCTAVO_MAX_RANK) +
                                     " is supported");
        if (is_too_large(output.shape)) return refusal(node, "output " + shape_text(output.shape) + " is too large");
    }
    return {};
}

}  // namespace

const octavo_attribute* NodeView::attribute(std::string_view name) const {
    for (std::int32_t i = 0; i < node_->attribute_count; ++i)
        if (node_->attributes[i].name == name) return &node_->attributes[i];
    return nullptr;
}

std::int64_t NodeView::integer(std::string_view name, std::int64_t fallback) const {
    const octavo_attribute* found = attribute(name);
    return found && found->type == OCTAVO_ATTRIBUTE_INT ? found->ints[0] : fallback;
}

float NodeView::real(std::string_view name, float fallback) const {
    const octavo_attribute* found = attribute(name);
    return found && found->type == OCTAVO_ATTRIBUTE_FLOAT ? found->floats[0] : fallback;
}

std::string_view NodeView::text(std::string_view name, std::string_view fallback) const {
    const octavo_attribute* found = attribute(name);
    return found && found->type == OCTAVO_ATTRIBUTE_STRING ? found->string : fallback;
}

std::vector<std::int64_t> NodeView::integers(std::string_view name, std::vector<std::int64_t> fallback) const {
    const octavo_attribute* found = attribute(name);
    if (!found || found->type != OCTAVO_ATTRIBUTE_INTS) return fallback;
    return {found->ints, found->ints + found->count};
}

Activation NodeView::activation() const {
    const std::string_view name = text("activation", "");
    for (const auto& [known, kind] : kActivations)
        if (known == name) return {kind, real("activation_alpha", 0), real("activation_beta", 0)};
    return {};
}

std::string NodeView::title() const {
    return std::string(op()) + " '" + std::string(name()) + "'";
}

const Row* find(std::string_view op) {
    const auto rows = all();
    const auto found = std::ranges::find_if(rows, [&](const Row* row) { return row->name == op; });
    return found == rows.end() ? nullptr : *found;
}

Result<std::vector<TensorType>> infer(const NodeView& node) {
    const Row* row = find(node.op());
    if (!row) return refusal(node, "the operator is not supported");
    OCTAVO_CHECK_OK(check_arity(node, *row));
    OCTAVO_CHECK_OK(check_attributes(node, *row));
    OCTAVO_TRY(std::vector<TensorType> outputs, row->infer(node));
    OCTAVO_CHECK_OK(check_outputs(node, outputs));
    return outputs;
}

bool is_depthwise(const NodeView& node) {
    if (node.op() != "Conv" || node.input_count() < 2 || node.input(0).rank < 3 || node.input(1).rank < 3) return false;
    const std::int64_t group = node.integer("group", 1);
    return group > 1 && group == node.input(0).shape[1] && node.input(1).shape[1] == 1;
}

Result<std::vector<std::int64_t>> reduced_axes(const NodeView& node) {
    const std::size_t rank = node.input_shape(0).size();
    OCTAVO_TRY(std::vector<std::int64_t> axes, integers_of(node, 1, "axes", {}));
    if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
        axes.resize(rank);
        std::iota(axes.begin(), axes.end(), 0);
    }
    return resolve_axes(node, std::move(axes), rank);
}

void apply_activation(const Activation& activation, std::span<float> values) {
    if (activation.kind == ActivationKind::none) return;
    for (float& value : values) value = octavo::apply_activation(activation, value);
}

std::int64_t element_count(std::span<const std::int64_t> shape) {
    // A zero first, so that the order of dimensions does not matter.
    if (std::ranges::find(shape, 0) != shape.end()) return 0;
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        if (__builtin_mul_overflow(count, size, &count)) return std::numeric_limits<std::int64_t>::max();
    return count;
}

std::string shape_text(std::span<const std::int64_t> shape) {
    if (shape.empty()) return "scalar";
    std::string text;
    for (const std::int64_t size : shape) text += (text.empty() ? "" : "x") + std::to_string(size);
    return text;
}

}  // namespace octavo::ops
