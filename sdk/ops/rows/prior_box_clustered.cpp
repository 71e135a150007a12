// PriorBoxClustered (OpenVINO): boxes of given widths and heights around each cell of a grid (priors.h).
#include "ops/priors.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"clip", OCTAVO_ATTRIBUTE_INT, "0"},           {"height", OCTAVO_ATTRIBUTE_FLOATS, "required"},
                                        {"offset", OCTAVO_ATTRIBUTE_FLOAT, "0"},       {"step", OCTAVO_ATTRIBUTE_FLOAT, "image by grid"},
                                        {"step_h", OCTAVO_ATTRIBUTE_FLOAT, "step"},    {"step_w", OCTAVO_ATTRIBUTE_FLOAT, "step"},
                                        {"variance", OCTAVO_ATTRIBUTE_FLOATS, "0.1s"}, {"width", OCTAVO_ATTRIBUTE_FLOATS, "required"}};

Result<Types> infer_types(const NodeView& node) {
    const std::vector<float> widths = reals(node, "width"), heights = reals(node, "height");
    if (widths.empty() || widths.size() != heights.size())
        return refusal(node, std::to_string(widths.size()) + " widths and " + std::to_string(heights.size()) + " heights");
    return priors_type(node, widths.size());
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::vector<std::int64_t> grid = integer_values(inputs[0]), image = integer_values(inputs[1]);
    const float step = node.real("step", 0);
    const auto step_of = [&](const char* name, std::size_t axis) {
        const float given = node.real(name, 0), own = static_cast<float>(image[axis]) / static_cast<float>(grid[axis]);
        return given != 0 ? given : step != 0 ? step : own;
    };
    Priors priors{{}, node.real("offset", 0), step_of("step_h", 0), step_of("step_w", 1)};
    const std::vector<float> widths = reals(node, "width"), heights = reals(node, "height");
    for (std::size_t i = 0; i < widths.size(); ++i) priors.boxes.push_back({0, 0, widths[i] / 2, heights[i] / 2});
    write_priors(node, priors, inputs, outputs);
    return {};
}

}  // namespace

extern const Row prior_box_clustered_row;
const Row prior_box_clustered_row = {"PriorBoxClustered", 2, 2, Role::floating, kAttributes, infer_types, compute, inputs_at(0, 1)};

}  // namespace octavo::ops
