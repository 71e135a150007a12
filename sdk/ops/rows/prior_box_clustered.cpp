// PriorBoxClustered (OpenVINO): boxes of given widths and heights, in pixels, around each cell of a grid. Inputs: height and width of the
// grid, height and width of the image. Output: [2][height * width * boxes * 4], corners as shares of the image, and their variances.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"clip", OCTAVO_ATTRIBUTE_INT, "0"},           {"height", OCTAVO_ATTRIBUTE_FLOATS, "required"},
                                        {"offset", OCTAVO_ATTRIBUTE_FLOAT, "0"},       {"step", OCTAVO_ATTRIBUTE_FLOAT, "image by grid"},
                                        {"step_h", OCTAVO_ATTRIBUTE_FLOAT, "step"},    {"step_w", OCTAVO_ATTRIBUTE_FLOAT, "step"},
                                        {"variance", OCTAVO_ATTRIBUTE_FLOATS, "0.1s"}, {"width", OCTAVO_ATTRIBUTE_FLOATS, "required"}};

constexpr std::int64_t kMostSize = 1 << 16;  // of grid and image

std::vector<float> reals(const NodeView& node, const char* name) {
    const octavo_attribute* found = node.attribute(name);
    return found && found->count > 0 ? std::vector<float>(found->floats, found->floats + found->count) : std::vector<float>();
}

struct Size {
    std::int64_t height, width;
};

Result<Size> size_of(const NodeView& node, std::size_t input, const char* what) {
    OCTAVO_TRY(const Shape values, constant_shape(node, input));
    if (values.size() == 2 && values[0] > 0 && values[1] > 0 && values[0] <= kMostSize && values[1] <= kMostSize)
        return Size{values[0], values[1]};
    return refusal(node, std::string(what) + " is " + shape_text(values) + ", expected height and width");
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Size grid, size_of(node, 0, "the grid's size"));
    OCTAVO_CHECK_OK(size_of(node, 1, "the image's size"));
    const std::vector<float> widths = reals(node, "width"), heights = reals(node, "height");
    if (widths.empty() || widths.size() != heights.size())
        return refusal(node, std::to_string(widths.size()) + " widths and " + std::to_string(heights.size()) + " heights");
    const std::size_t variances = reals(node, "variance").size();
    if (variances != 0 && variances != 1 && variances != 4) return refusal(node, std::to_string(variances) + " variances, expected 1 or 4");
    return one_output(OCTAVO_F32, {2, grid.height * grid.width * static_cast<std::int64_t>(widths.size()) * 4});
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::vector<std::int64_t> grid = integer_values(inputs[0]), image = integer_values(inputs[1]);
    const auto height = static_cast<float>(image[0]), width = static_cast<float>(image[1]);
    const float step = node.real("step", 0);
    const auto step_of = [&](const char* name, float own) {
        const float given = node.real(name, 0);
        return given != 0 ? given : step != 0 ? step : own;
    };
    const float step_h = step_of("step_h", height / static_cast<float>(grid[0]));
    const float step_w = step_of("step_w", width / static_cast<float>(grid[1]));
    const float offset = node.real("offset", 0);
    const bool clips = node.integer("clip", 0) != 0;
    const std::vector<float> widths = reals(node, "width"), heights = reals(node, "height");
    float* out = static_cast<float*>(outputs[0].data);
    for (std::int64_t y = 0; y < grid[0]; ++y)
        for (std::int64_t x = 0; x < grid[1]; ++x) {
            const float cy = (static_cast<float>(y) + offset) * step_h, cx = (static_cast<float>(x) + offset) * step_w;
            for (std::size_t i = 0; i < widths.size(); ++i)
                for (const float share : {(cx - widths[i] / 2) / width, (cy - heights[i] / 2) / height, (cx + widths[i] / 2) / width,
                                          (cy + heights[i] / 2) / height})
                    *out++ = clips ? std::clamp(share, 0.0F, 1.0F) : share;
        }
    std::vector<float> variances = reals(node, "variance");
    if (variances.empty()) variances = {0.1F};
    for (std::int64_t i = 0; i < outputs[0].shape[1]; ++i) *out++ = variances[static_cast<std::size_t>(i) % variances.size()];
    return {};
}

}  // namespace

extern const Row prior_box_clustered_row;
const Row prior_box_clustered_row = {"PriorBoxClustered", 2, 2, Role::floating, kAttributes, infer_types, compute, inputs_at(0, 1)};

}  // namespace octavo::ops
