// A table of the operators and their spellings.
#include "core/passes/spell_batch.h"

#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo {
namespace {

using Ints = std::vector<std::int64_t>;

void spell_reshape(Graph& graph, Node& node, ToldShape& shape) {
    if (attribute_or(node, "allowzero", std::int64_t{0}) != 0 && std::count(shape.entries.begin(), shape.entries.end(), 0) > 0) return;
    bool inferred = std::count(shape.entries.begin(), shape.entries.end(), -1) > 0;
    for (std::size_t i = 0; i < shape.entries.size(); ++i) {
        if (!shape.varies[i]) continue;
        if (!shape.copies[i] && inferred) return;
        shape.entries[i] = shape.copies[i] ? 0 : -1;
        inferred = inferred || !shape.copies[i];
    }
    node.attributes.erase("allowzero");
    node.inputs[1] = add_constant(graph, node.name + ".shape", shape.entries);
}

void spell_expand(Graph& graph, Node& node, ToldShape& shape) {
    if (shape.entries.size() != shape.input.size() || shape.varies != shape.copies) return;
    for (std::size_t i = 0; i < shape.entries.size(); ++i)
        if (shape.copies[i]) shape.entries[i] = 1;
    node.inputs[1] = add_constant(graph, node.name + ".shape", shape.entries);
}

// By scales where these say just the sizes: readers of ONNX would rather have constants than sizes that depend on a shape.
void spell_resize(Graph& graph, Node& node, ToldShape& shape) {
    const bool is_plain = attribute_or(node, "keep_aspect_ratio_policy", std::string("stretch")) == "stretch" &&
                          attribute_or(node, "coordinate_transformation_mode", std::string()) != "tf_crop_and_resize" &&
                          !node.attributes.contains("axes");
    if (!is_plain || shape.entries.size() != shape.input.size() || shape.varies != shape.copies) return;
    Ints axes, sizes;
    std::vector<float> scales(shape.input.size(), 1.0F);
    bool is_exact = true;
    for (std::size_t i = 0; i < scales.size(); ++i) {
        const std::int64_t from = shape.input[i], to = shape.entries[i];
        if (shape.copies[i] || from == to || from < 1) continue;
        axes.push_back(static_cast<std::int64_t>(i));
        sizes.push_back(to);
        scales[i] = static_cast<float>(to) / static_cast<float>(from);
        is_exact = is_exact && static_cast<double>(scales[i]) * static_cast<double>(from) == static_cast<double>(to);
    }
    node.inputs.resize(3);
    node.inputs[1] = TensorId::none;
    node.inputs[2] = TensorId::none;
    if (is_exact) {
        const auto rank = static_cast<std::int64_t>(scales.size());
        node.inputs[2] = add_constant(graph, node.name + ".scales", {rank}, std::move(scales));
        return;
    }
    node.inputs.push_back(add_constant(graph, node.name + ".sizes", std::move(sizes)));
    node.attributes["axes"] = std::move(axes);
}

struct SpellingRow {
    const char* op;
    std::size_t input;
    void (*spell)(Graph& graph, Node& node, ToldShape& shape);
};
constexpr SpellingRow kRows[] = {{"Expand", 1, &spell_expand}, {"Reshape", 1, &spell_reshape}, {"Resize", 3, &spell_resize}};

const SpellingRow* row_of(const Node& node) {
    const auto* row = std::find_if(std::begin(kRows), std::end(kRows), [&node](const SpellingRow& known) { return node.op == known.op; });
    return row == std::end(kRows) || node.inputs[0] == TensorId::none || input_or_none(node, row->input) == TensorId::none ? nullptr : row;
}

}  // namespace

std::optional<std::size_t> told_by(const Node& node) {
    const SpellingRow* row = row_of(node);
    return row ? std::optional(row->input) : std::nullopt;
}

void spell_batch(Graph& graph, Node& node, ToldShape shape) {
    row_of(node)->spell(graph, node, shape);
}

}  // namespace octavo
