// Resize: nearest neighbour, linear or cubic, by constant scales or sizes (opset 11: x, roi, scales, sizes; opset 10: x, scales).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/interpolation.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"antialias", OCTAVO_ATTRIBUTE_INT, "0"},
    {"axes", OCTAVO_ATTRIBUTE_INTS, "all"},
    {"coordinate_transformation_mode", OCTAVO_ATTRIBUTE_STRING, "half_pixel, before opset 11: asymmetric"},
    {"cubic_coeff_a", OCTAVO_ATTRIBUTE_FLOAT, "-0.75"},
    {"exclude_outside", OCTAVO_ATTRIBUTE_INT, "0"},
    {"extrapolation_value", OCTAVO_ATTRIBUTE_FLOAT, "0"},
    {"keep_aspect_ratio_policy", OCTAVO_ATTRIBUTE_STRING, "stretch"},
    {"mode", OCTAVO_ATTRIBUTE_STRING, "nearest"},
    {"nearest_mode", OCTAVO_ATTRIBUTE_STRING, "round_prefer_floor, before opset 11: simple"}};

template <class Mode>
struct ModeRow {
    std::string_view name;
    Mode mode;
};
constexpr ModeRow<CoordinateMode> kCoordinates[] = {{"half_pixel", CoordinateMode::half_pixel},
                                                    {"half_pixel_symmetric", CoordinateMode::half_pixel_symmetric},
                                                    {"tf_crop_and_resize", CoordinateMode::tf_crop_and_resize},
                                                    {"tf_half_pixel_for_nn", CoordinateMode::tf_half_pixel_for_nn},
                                                    {"pytorch_half_pixel", CoordinateMode::pytorch_half_pixel},
                                                    {"asymmetric", CoordinateMode::asymmetric},
                                                    {"align_corners", CoordinateMode::align_corners}};
constexpr ModeRow<NearestMode> kNearest[] = {{"round_prefer_floor", NearestMode::round_prefer_floor},
                                             {"round_prefer_ceil", NearestMode::round_prefer_ceil},
                                             {"floor", NearestMode::floor},
                                             {"ceil", NearestMode::ceil},
                                             {"simple", NearestMode::simple}};
constexpr ModeRow<Filter> kFilters[] = {{"nearest", Filter::nearest}, {"linear", Filter::linear}, {"cubic", Filter::cubic}};
enum class AspectRatio { stretch, not_larger, not_smaller };
constexpr ModeRow<AspectRatio> kAspectRatios[] = {
    {"stretch", AspectRatio::stretch}, {"not_larger", AspectRatio::not_larger}, {"not_smaller", AspectRatio::not_smaller}};

template <class Mode, std::size_t N>
Result<Mode> mode_of(const NodeView& node, const char* attribute, const ModeRow<Mode> (&rows)[N], std::string_view fallback) {
    const std::string_view wanted = node.text(attribute, fallback);
    for (const ModeRow<Mode>& row : rows)
        if (row.name == wanted) return row.mode;
    return refusal(node, std::string(attribute) + " '" + std::string(wanted) + "' is not supported");
}

// The axes of the input that are resized, in the order of the node's scales or sizes.
Result<std::vector<std::size_t>> resized_axes(const NodeView& node, std::size_t listed) {
    const std::size_t rank = node.input_shape(0).size();
    Shape axes(rank);
    std::iota(axes.begin(), axes.end(), 0);
    axes = node.integers("axes", axes);
    OCTAVO_CHECK_OK(resolve_axes(node, axes, rank));
    if (listed != axes.size())
        return refusal(node, "has " + std::to_string(listed) + " scales or sizes, expected " + std::to_string(axes.size()));
    std::vector<std::size_t> resolved;
    for (const std::int64_t axis : axes)
        resolved.push_back(static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis));
    return resolved;
}

Result<void> set_sizes(const NodeView& node, Interpolation& how) {
    const Shape input = node.input_shape(0);
    OCTAVO_TRY(const Shape sizes, constant_integers(node, 3, "sizes"));
    OCTAVO_TRY(const std::vector<std::size_t> axes, resized_axes(node, sizes.size()));
    OCTAVO_TRY(const AspectRatio ratio, mode_of(node, "keep_aspect_ratio_policy", kAspectRatios, "stretch"));
    how.output = input;
    std::vector<float> wanted;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (sizes[i] < 1 || sizes[i] > kLargestSize || input[axes[i]] < 1)
            return refusal(node, "input " + shape_text(input) + " cannot become " + shape_text(sizes));
        wanted.push_back(static_cast<float>(sizes[i]) / static_cast<float>(input[axes[i]]));
        how.output[axes[i]] = sizes[i];
    }
    if (ratio == AspectRatio::stretch) {
        for (std::size_t i = 0; i < axes.size(); ++i) how.scales[axes[i]] = wanted[i];
        return {};
    }
    const float common = ratio == AspectRatio::not_larger ? *std::ranges::min_element(wanted) : *std::ranges::max_element(wanted);
    for (const std::size_t axis : axes) {
        const float size = std::floor(common * static_cast<float>(input[axis]) + 0.5F);
        if (!(size >= 1) || !(size <= static_cast<float>(kLargestSize)))
            return refusal(node, "input " + shape_text(input) + " cannot become " + shape_text(sizes));
        how.scales[axis] = common;
        how.output[axis] = static_cast<std::int64_t>(size);
    }
    return {};
}

Result<void> set_scales(const NodeView& node, std::size_t input, Interpolation& how) {
    OCTAVO_TRY(const std::vector<float> listed, constant_reals(node, input, "scales"));
    OCTAVO_TRY(const std::vector<std::size_t> axes, resized_axes(node, listed.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) how.scales[axes[i]] = listed[i];
    return set_output_shape(node, how);
}

Result<void> set_crop(const NodeView& node, Interpolation& how) {
    OCTAVO_TRY(const std::vector<float> roi, constant_reals(node, 1, "roi"));
    OCTAVO_TRY(const std::vector<std::size_t> axes, resized_axes(node, roi.size() / 2));
    how.begin.assign(how.scales.size(), 0.0F);
    how.end.assign(how.scales.size(), 1.0F);
    for (std::size_t i = 0; i < axes.size(); ++i) {
        how.begin[axes[i]] = roi[i];
        how.end[axes[i]] = roi[axes.size() + i];
    }
    return {};
}

bool has_values(const NodeView& node, std::size_t i) {
    return node.has_input(i) && element_count(node.input_shape(i)) > 0;
}

}  // namespace

Result<Interpolation> resize_of(const NodeView& node) {
    const bool old = node.input_count() == 2;  // opset 10
    Interpolation how;
    OCTAVO_TRY(how.filter, mode_of(node, "mode", kFilters, "nearest"));
    OCTAVO_TRY(how.coordinates, mode_of(node, "coordinate_transformation_mode", kCoordinates, old ? "asymmetric" : "half_pixel"));
    OCTAVO_TRY(how.nearest, mode_of(node, "nearest_mode", kNearest, old ? "simple" : "round_prefer_floor"));
    how.cubic_coefficient = node.real("cubic_coeff_a", -0.75F);
    how.antialias = node.integer("antialias", 0) != 0 && how.filter != Filter::nearest;
    how.exclude_outside = node.integer("exclude_outside", 0) != 0;
    how.extrapolation = node.real("extrapolation_value", 0);
    how.scales.assign(node.input_shape(0).size(), 1.0F);
    const std::size_t scales = old ? 1 : 2;
    if (has_values(node, 3)) {
        OCTAVO_CHECK_OK(set_sizes(node, how));
    } else if (has_values(node, scales)) {
        OCTAVO_CHECK_OK(set_scales(node, scales, how));
    } else {
        return refusal(node, "has neither scales nor sizes");
    }
    if (how.coordinates == CoordinateMode::tf_crop_and_resize) OCTAVO_CHECK_OK(set_crop(node, how));
    return how;
}

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_TRY(const Interpolation how, resize_of(node));
    return one_output(node.input(0).type, how.output);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Interpolation how, resize_of(node));
    interpolate(how, inputs[0], outputs[0]);
    return {};
}

}  // namespace

extern const Row resize_row;
const Row resize_row = {"Resize", 1, 4, Role::passes, kAttributes, infer_types, compute, inputs_at(1, 2, 3)};

}  // namespace octavo::ops
