// A table of the operators with a writer each. Layer normalizations are spelled as PyTorch spelled them before there was an operator, which
// runtimes know as one; those of groups by InstanceNormalization.
#include "core/formats/onnx/newer_operators.h"

#include "core/passes/rewrite.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace octavo::onnx {
namespace {

using Numbers = std::vector<std::int64_t>;

// What a writer has to hand.
struct Parts {
    ModelBuilder& model;
    const Graph& graph;
    const Node& node;
    const Names& inputs;
    const Names& outputs;

    std::string part(const char* what) const { return node.name + "/" + what; }
    const Tensor& input(std::size_t i) const { return graph[node.inputs[i]]; }
    bool has_input(std::size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
    bool has_output(std::size_t i) const { return i < outputs.size() && !outputs[i].empty(); }
    std::string text(const char* attribute, const char* fallback) const { return attribute_or(node, attribute, std::string(fallback)); }

    std::string step(const char* op, const char* what, const Names& from, const Attributes& attributes = {}) {
        std::string result = model.unique(part(what));
        model.add_node(part(what), op, from, {result}, attributes);
        return result;
    }
    void finish(std::string_view op, const Names& from, const Attributes& attributes = {}) {
        model.add_node(node.name, op, from, {outputs[0]}, attributes);
    }
    // ((x * scale) + bias), where there is a bias.
    void finish_affine(const std::string& x, const std::string& scale, const std::string& bias) {
        if (bias.empty()) return finish("Mul", {x, scale});
        finish("Add", {step("Mul", "scaled", {x, scale}), bias});
    }
};

void write_layer_normalization(Parts& p) {
    const auto rank = static_cast<std::int64_t>(p.input(0).shape.size());
    const std::int64_t axis = attribute_or(p.node, "axis", std::int64_t{-1});
    Numbers axes(static_cast<std::size_t>(axis < 0 ? -axis : rank - axis));
    std::iota(axes.begin(), axes.end(), -static_cast<std::int64_t>(axes.size()));
    const Attributes over = {{"axes", axes}, {"keepdims", std::int64_t{1}}};
    const std::string mean = p.step("ReduceMean", "mean", {p.inputs[0]}, over);
    const std::string centred = p.step("Sub", "centred", {p.inputs[0], mean});
    const std::string square = p.step("Pow", "square", {centred, p.model.scalar(p.part("two"), 2)});
    const std::string epsilon = p.model.scalar(p.part("epsilon"), attribute_or(p.node, "epsilon", 1e-5F));
    const std::string guarded = p.step("Add", "guarded", {p.step("ReduceMean", "variance", {square}, over), epsilon});
    const std::string deviation = p.step("Sqrt", "deviation", {guarded});
    p.finish_affine(p.step("Div", "normal", {centred, deviation}), p.inputs[1], p.has_input(2) ? p.inputs[2] : "");
    if (p.has_output(1)) p.model.add_node(p.part("mean"), "Identity", {mean}, {p.outputs[1]});
    if (p.has_output(2)) p.model.add_node(p.part("inverse"), "Reciprocal", {deviation}, {p.outputs[2]});
}

// Scale and bias of the groups are those of InstanceNormalization, of the channels come behind.
void write_group_normalization(Parts& p) {
    const Shape& shape = p.input(0).shape;
    const std::int64_t groups = attribute_or(p.node, "num_groups", std::int64_t{1});
    const auto count = static_cast<std::size_t>(groups);
    const bool scales_groups = p.input(1).shape == Shape{groups}, shifts_groups = p.input(2).shape == Shape{groups};
    const bool shifts_inside = scales_groups && shifts_groups;
    const auto filled = [&](const char* what, float value) {
        return p.model.constant(p.part(what), OCTAVO_F32, {groups}, std::vector(count, value));
    };
    const std::string scale = scales_groups ? p.inputs[1] : filled("ones", 1);
    const std::string bias = shifts_inside ? p.inputs[2] : filled("zeros", 0);
    const std::string flat = p.step("Reshape", "flat", {p.inputs[0], p.model.integers(p.part("groups"), {0, groups, -1})});
    const std::string normal =
        p.step("InstanceNormalization", "normal", {flat, scale, bias}, {{"epsilon", attribute_or(p.node, "epsilon", 1e-5F)}});
    Shape back = shape;
    back[0] = 0;
    const std::string target = p.model.integers(p.part("shape"), back);
    if (shifts_inside) return p.finish("Reshape", {normal, target});
    Numbers axes(shape.size() - 2);
    std::iota(axes.begin(), axes.end(), 1);
    const auto of_channels = [&](std::size_t i, const char* what) {
        return axes.empty() ? p.inputs[i] : p.step("Unsqueeze", what, {p.inputs[i], p.model.integers(p.part("axes"), axes)});
    };
    const std::string images = p.step("Reshape", "images", {normal, target});
    if (scales_groups) return p.finish("Add", {images, of_channels(2, "bias")});
    p.finish_affine(images, of_channels(1, "scale"), of_channels(2, "bias"));
}

// The values that stay are those of a constant mask.
void write_trilu(Parts& p) {
    const Shape& shape = p.input(0).shape;
    const std::int64_t rows = shape[shape.size() - 2], columns = shape.back();
    const std::int64_t diagonal = p.has_input(1) ? integer_constant(p.graph, p.node.inputs[1])->front() : 0;
    const bool upper = attribute_or(p.node, "upper", std::int64_t{1}) != 0;
    std::vector<std::uint8_t> stays;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column)
            stays.push_back(upper ? column - row >= diagonal : column - row <= diagonal);
    const std::string mask = p.model.constant(p.part("mask"), OCTAVO_BOOLEAN, {rows, columns}, std::move(stays));
    const octavo_type type = p.input(0).type;
    const std::string zero = p.model.constant(p.part("zero"), type, {}, std::vector<std::uint8_t>(element_bytes(type), 0));
    p.finish("Where", {mask, p.inputs[0], zero});
}

// a - floor(a / b) * b
void write_floored_remainder(Parts& p) {
    const std::string whole = p.step("Floor", "whole", {p.step("Div", "quotient", p.inputs)});
    p.finish("Sub", {p.inputs[0], p.step("Mul", "product", {whole, p.inputs[1]})});
}

// Where updates are joined with what they meet, that is gathered first: no index names a place twice.
void write_scatter(Parts& p) {
    constexpr std::pair<std::string_view, const char*> kJoins[] = {{"add", "Add"}, {"mul", "Mul"}, {"max", "Max"}, {"min", "Min"}};
    const std::string reduction = p.text("reduction", "none");
    const auto* join = std::find_if(std::begin(kJoins), std::end(kJoins), [&](const auto& known) { return known.first == reduction; });
    const bool by_lists = p.node.op == "ScatterND";
    Attributes along;
    if (!by_lists) along["axis"] = attribute_or(p.node, "axis", std::int64_t{0});
    if (join == std::end(kJoins)) return p.finish(p.node.op, p.inputs, along);
    const std::string met = p.step(by_lists ? "GatherND" : "GatherElements", "met", {p.inputs[0], p.inputs[1]}, along);
    p.finish(p.node.op, {p.inputs[0], p.inputs[1], p.step(join->second, "joined", {met, p.inputs[2]})}, along);
}

// ONNX Runtime has it as an operator of its own for older opsets.
void write_grid_sample(Parts& p) {
    const std::string mode = p.text("mode", "linear");
    p.finish("com.microsoft.GridSample", p.inputs,
             {{"align_corners", attribute_or(p.node, "align_corners", std::int64_t{0})},
              {"mode", mode == "linear" ? std::string("bilinear") : mode == "cubic" ? std::string("bicubic") : mode},
              {"padding_mode", p.text("padding_mode", "zeros")}});
}

// Whether constant indices are certain to name each place once at most.
bool are_unique(const Graph& graph, const Node& node) {
    const std::optional<Numbers> indices = integer_constant(graph, node.inputs[1]);
    if (!indices || std::any_of(indices->begin(), indices->end(), [](std::int64_t index) { return index < 0; })) return false;
    const Shape& shape = graph[node.inputs[1]].shape;
    const bool by_lists = node.op == "ScatterND";
    const std::int64_t named = attribute_or(node, "axis", std::int64_t{0});
    const auto axis = static_cast<std::size_t>(named < 0 ? named + static_cast<std::int64_t>(shape.size()) : named);
    std::set<Numbers> places;
    const std::size_t width = by_lists ? static_cast<std::size_t>(shape.back()) : 1;
    for (std::size_t i = 0; i + width <= indices->size() && width > 0; i += width) {
        Numbers place(indices->begin() + static_cast<std::ptrdiff_t>(i), indices->begin() + static_cast<std::ptrdiff_t>(i + width));
        auto rest = static_cast<std::int64_t>(i);
        for (std::size_t d = shape.size(); !by_lists && d-- > 0; rest /= shape[d])
            if (d != axis) place.push_back(rest % shape[d]);
        if (!places.insert(std::move(place)).second) return false;
    }
    return true;
}

bool joins(const Node& node) {
    return attribute_or(node, "reduction", std::string("none")) != "none";
}

bool says_reduction(const Graph&, const Node& node) {
    return node.attributes.contains("reduction");
}

bool is_floored(const Graph& graph, const Node& node) {
    return graph[node.inputs[0]].type == OCTAVO_F32 && attribute_or(node, "fmod", std::int64_t{0}) == 0;
}

struct Row {
    std::string_view op;
    void (*write)(Parts&);
    bool (*is_newer)(const Graph&, const Node&) = nullptr;  // nullptr: in every form
};

constexpr Row kRows[] = {
    {"GridSample", write_grid_sample},
    {"GroupNormalization", write_group_normalization},
    {"LayerNormalization", write_layer_normalization},
    {"Mod", write_floored_remainder, is_floored},
    {"ScatterElements", write_scatter, says_reduction},
    {"ScatterND", write_scatter, says_reduction},
    {"Trilu", write_trilu},
};

}  // namespace

Result<void> check_newer_operator(const Graph& graph, const Node& node) {
    const auto refusal = [&](const std::string& why) { return Error(Code::model, node.op + " '" + node.name + "': " + why); };
    if (node.op.starts_with("Scatter") && joins(node) && !are_unique(graph, node))
        return refusal("a reduction is not in opset 13, and its indices may name a place twice");
    if (node.op == "Trilu" && node.inputs.size() > 1 && !graph[node.inputs[1]].is_constant())
        return refusal("its diagonal is computed while the model runs, which opset 13 has no operator for");
    return {};
}

bool write_newer_operator(ModelBuilder& model, const Graph& graph, const Node& node, const Names& inputs, const Names& outputs) {
    const Row* row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.op == node.op; });
    if (row == std::end(kRows) || (row->is_newer && !row->is_newer(graph, node))) return false;
    Parts parts{model, graph, node, inputs, outputs};
    row->write(parts);
    return true;
}

}  // namespace octavo::onnx
