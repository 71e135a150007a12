// PriorBox (OpenVINO): boxes around each cell of a grid (priors.h): squares of `fixed_size`, `density` of them a side, and what
// `fixed_ratio`, or else `aspect_ratio`, makes of them; squares of `min_size`, one between each and its `max_size`, and what
// `aspect_ratio` makes of them. Without `scale_all_sizes` sizes and step are shares of the image's height, and only the first size takes
// other aspect ratios.
#include <cmath>
#include <cstdlib>

#include "ops/priors.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"aspect_ratio", OCTAVO_ATTRIBUTE_FLOATS, "none"}, {"clip", OCTAVO_ATTRIBUTE_INT, "0"},
    {"density", OCTAVO_ATTRIBUTE_FLOATS, "none"},      {"fixed_ratio", OCTAVO_ATTRIBUTE_FLOATS, "none"},
    {"fixed_size", OCTAVO_ATTRIBUTE_FLOATS, "none"},   {"flip", OCTAVO_ATTRIBUTE_INT, "0"},
    {"max_size", OCTAVO_ATTRIBUTE_FLOATS, "none"},     {"min_max_aspect_ratios_order", OCTAVO_ATTRIBUTE_INT, "1"},
    {"min_size", OCTAVO_ATTRIBUTE_FLOATS, "none"},     {"offset", OCTAVO_ATTRIBUTE_FLOAT, "0"},
    {"scale_all_sizes", OCTAVO_ATTRIBUTE_INT, "1"},    {"step", OCTAVO_ATTRIBUTE_FLOAT, "image by grid"},
    {"variance", OCTAVO_ATTRIBUTE_FLOATS, "0.1s"}};

constexpr float kSame = 1e-6F;

// Those that are not 1, in the order of the attribute, each followed by its inverse where boxes are flipped.
std::vector<float> ratios_of(const NodeView& node) {
    std::vector<float> ratios = {1};
    for (const float ratio : reals(node, "aspect_ratio")) {
        if (std::ranges::any_of(ratios, [&](float known) { return std::abs(known - ratio) < kSame; })) continue;
        ratios.push_back(ratio);
        if (node.integer("flip", 0) != 0) ratios.push_back(1 / ratio);
    }
    std::erase_if(ratios, [](float ratio) { return std::abs(ratio - 1) < kSame; });
    return ratios;
}

bool scales_all(const NodeView& node) {
    return node.integer("scale_all_sizes", 1) != 0;
}

// density * density boxes of one size and form; OpenVINO counts their distances in whole pixels.
void append_dense(std::vector<Prior>& boxes, float size, float density, float half_width, float half_height) {
    const auto whole_size = static_cast<std::int64_t>(size), count = static_cast<std::int64_t>(density);
    const auto shift = static_cast<std::int64_t>(size / static_cast<float>(count));
    const float first = static_cast<float>(shift) / 2.0F - static_cast<float>(whole_size / 2);
    const auto place = [&](std::int64_t i) { return first + static_cast<float>(i * shift); };
    for (std::int64_t row = 0; row < count; ++row)
        for (std::int64_t column = 0; column < count; ++column) boxes.push_back({place(column), place(row), half_width, half_height, true});
}

void append_fixed(const NodeView& node, std::vector<Prior>& boxes) {
    const std::vector<float> sizes = reals(node, "fixed_size"), densities = reals(node, "density"), fixed = reals(node, "fixed_ratio");
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const float whole = std::trunc(sizes[i]) / 2;
        if (fixed.empty()) append_dense(boxes, sizes[i], densities[i], whole, whole);
        for (const float ratio : fixed.empty() ? ratios_of(node) : fixed)
            append_dense(boxes, sizes[i], densities[i], sizes[i] / 2 * std::sqrt(ratio), sizes[i] / 2 / std::sqrt(ratio));
    }
}

void append_sizes(const NodeView& node, float scale, std::vector<Prior>& boxes) {
    const std::vector<float> sizes = reals(node, "min_size"), greatest = reals(node, "max_size"), ratios = ratios_of(node);
    const auto append_between = [&](std::size_t i) {
        const float half = std::sqrt(sizes[i] * greatest[i]) / 2;
        boxes.push_back({0, 0, half, half});
    };
    const bool between_first = node.integer("min_max_aspect_ratios_order", 1) != 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const float half = sizes[i] * scale / 2;
        boxes.push_back({0, 0, half, half});
        if (between_first && i < greatest.size()) append_between(i);
        if (scales_all(node) || i + 1 == sizes.size())
            for (const float ratio : ratios) {
                const float base = scales_all(node) ? half : sizes[0] * scale / 2;
                boxes.push_back({0, 0, base * std::sqrt(ratio), base / std::sqrt(ratio)});
            }
        if (!between_first && i < greatest.size()) append_between(i);
    }
}

std::vector<Prior> boxes_of(const NodeView& node, float scale) {
    std::vector<Prior> boxes;
    append_fixed(node, boxes);
    append_sizes(node, scale, boxes);
    return boxes;
}

Result<Types> infer_types(const NodeView& node) {
    constexpr float kMostDensity = 64;
    const std::vector<float> fixed = reals(node, "fixed_size"), densities = reals(node, "density");
    if (fixed.size() != densities.size())
        return refusal(node, std::to_string(fixed.size()) + " fixed sizes and " + std::to_string(densities.size()) + " densities");
    for (const float density : densities)
        if (!(density >= 1 && density <= kMostDensity)) return refusal(node, "density " + std::to_string(density) + ", expected 1 to 64");
    for (const char* name : {"aspect_ratio", "fixed_ratio", "fixed_size", "max_size", "min_size"})
        for (const float value : reals(node, name))
            if (!(value > 0 && value < 1e6F)) return refusal(node, std::string(name) + " " + std::to_string(value) + ", expected 0 to 1e6");
    const std::size_t ratios = ratios_of(node).size() + 1, fixed_ratios = reals(node, "fixed_ratio").size();
    if (fixed_ratios > 0 && fixed_ratios != ratios)  // OpenVINO counts its boxes by the one and writes them by the other
        return refusal(node, std::to_string(fixed_ratios) + " of fixed_ratio with " + std::to_string(ratios) + " aspect ratios");
    const std::size_t sizes = reals(node, "min_size").size(), greatest = reals(node, "max_size").size();
    if (greatest > sizes || (greatest > 0 && !scales_all(node)))
        return refusal(node, std::to_string(greatest) + " of max_size with " + std::to_string(sizes) + " of min_size");
    const std::size_t boxes = boxes_of(node, 1).size();
    if (boxes == 0) return refusal(node, "it makes no boxes");
    return priors_type(node, boxes);
}

// Without a step, cells share the image and their middles are half a cell in.
Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::vector<std::int64_t> grid = integer_values(inputs[0]), image = integer_values(inputs[1]);
    const auto own = [&](std::size_t axis) { return static_cast<float>(image[axis]) / static_cast<float>(grid[axis]); };
    float step = node.real("step", 0), scale = 1;
    if (!scales_all(node)) {
        scale = static_cast<float>(image[0]);
        step = step == -1 ? own(0) : step * scale;
    }
    const Priors priors{boxes_of(node, scale), step == 0 ? 0.5F : node.real("offset", 0), step == 0 ? own(0) : step,
                        step == 0 ? own(1) : step};
    write_priors(node, priors, inputs, outputs);
    return {};
}

}  // namespace

extern const Row prior_box_row;
const Row prior_box_row = {"PriorBox", 2, 2, Role::floating, kAttributes, infer_types, compute, inputs_at(0, 1)};

}  // namespace octavo::ops
