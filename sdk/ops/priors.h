// What PriorBox and PriorBoxClustered share: the same boxes around each cell of a grid. Inputs: height and width of the grid, height and
// width of the image. Output: [2][height * width * boxes * 4], corners as shares of the image, and their variances.
#pragma once

#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

// A box of one cell, in pixels.
struct Prior {
    float dx, dy;  // its middle, from the cell's
    float half_width, half_height;
    bool stays_inside = false;  // ends at the image's border
};

struct Priors {
    std::vector<Prior> boxes;
    float offset = 0;  // of a cell's middle, in cells
    float step_h = 0, step_w = 0;
};

struct ImageSize {
    std::int64_t height, width;
};

inline std::vector<float> reals(const NodeView& node, const char* name) {
    const octavo_attribute* found = node.attribute(name);
    std::vector<float> values;
    if (found && found->count > 0) values.assign(found->floats, found->floats + found->count);
    return values;
}

inline Result<ImageSize> image_size(const NodeView& node, std::size_t input, const char* what) {
    constexpr std::int64_t kMost = 1 << 16;
    OCTAVO_TRY(const Shape values, constant_shape(node, input));
    if (values.size() == 2 && values[0] > 0 && values[1] > 0 && values[0] <= kMost && values[1] <= kMost)
        return ImageSize{values[0], values[1]};
    return refusal(node, std::string(what) + " is " + shape_text(values) + ", expected height and width");
}

// For as many boxes a cell.
inline Result<Types> priors_type(const NodeView& node, std::size_t boxes) {
    OCTAVO_TRY(const ImageSize grid, image_size(node, 0, "the grid's size"));
    OCTAVO_CHECK_OK(image_size(node, 1, "the image's size"));
    const std::size_t variances = reals(node, "variance").size();
    if (variances != 0 && variances != 1 && variances != 4) return refusal(node, std::to_string(variances) + " variances, expected 1 or 4");
    constexpr std::int64_t kMost = 1 << 24;  // a model may be small and hostile
    const std::int64_t cells = grid.height * grid.width, count = static_cast<std::int64_t>(boxes) * 4;
    if (cells > kMost / count) return refusal(node, std::to_string(boxes) + " boxes for each of " + std::to_string(cells) + " cells");
    return one_output(OCTAVO_F32, {2, cells * count});
}

inline void write_priors(const NodeView& node, const Priors& priors, Inputs inputs, Outputs outputs) {
    const std::vector<std::int64_t> grid = integer_values(inputs[0]), image = integer_values(inputs[1]);
    const auto height = static_cast<float>(image[0]), width = static_cast<float>(image[1]);
    const bool clips = node.integer("clip", 0) != 0;
    float* out = static_cast<float*>(outputs[0].data);
    for (std::int64_t y = 0; y < grid[0]; ++y)
        for (std::int64_t x = 0; x < grid[1]; ++x)
            for (const Prior& box : priors.boxes) {
                const float cx = (static_cast<float>(x) + priors.offset) * priors.step_w + box.dx;
                const float cy = (static_cast<float>(y) + priors.offset) * priors.step_h + box.dy;
                const float low[] = {(cx - box.half_width) / width, (cy - box.half_height) / height};
                const float high[] = {(cx + box.half_width) / width, (cy + box.half_height) / height};
                for (const float share : low)
                    *out++ = clips ? std::clamp(share, 0.0F, 1.0F) : box.stays_inside ? std::max(share, 0.0F) : share;
                for (const float share : high)
                    *out++ = clips ? std::clamp(share, 0.0F, 1.0F) : box.stays_inside ? std::min(share, 1.0F) : share;
            }
    std::vector<float> variances = reals(node, "variance");
    if (variances.empty()) variances = {0.1F};
    for (std::int64_t i = 0; i < outputs[0].shape[1]; ++i) *out++ = variances[static_cast<std::size_t>(i) % variances.size()];
}

}  // namespace octavo::ops
