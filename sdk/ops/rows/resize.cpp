// Resize: nearest neighbour or linear, by constant scales or sizes (opset 11: x, roi, scales, sizes; opset 10: x, scales). Cubic,
// antialias, exclude_outside, keep_aspect_ratio_policy and tf_crop_and_resize are not supported.
#include <algorithm>

#include "ops/interpolation.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"antialias", OCTAVO_ATTRIBUTE_INT, "0"},
    {"axes", OCTAVO_ATTRIBUTE_INTS, "all"},
    {"coordinate_transformation_mode", OCTAVO_ATTRIBUTE_STRING, "half_pixel, before opset 11: asymmetric"},
    {"exclude_outside", OCTAVO_ATTRIBUTE_INT, "0"},
    {"keep_aspect_ratio_policy", OCTAVO_ATTRIBUTE_STRING, "stretch"},
    {"mode", OCTAVO_ATTRIBUTE_STRING, "nearest"},
    {"nearest_mode", OCTAVO_ATTRIBUTE_STRING, "round_prefer_floor, before opset 11: floor"}};

template <class Mode>
struct ModeRow {
    std::string_view name;
    Mode mode;
};
constexpr ModeRow<CoordinateMode> kCoordinates[] = {{"half_pixel", CoordinateMode::half_pixel},
                                                    {"pytorch_half_pixel", CoordinateMode::pytorch_half_pixel},
                                                    {"asymmetric", CoordinateMode::asymmetric},
                                                    {"align_corners", CoordinateMode::align_corners}};
constexpr ModeRow<NearestMode> kNearest[] = {{"round_prefer_floor", NearestMode::round_prefer_floor},
                                             {"round_prefer_ceil", NearestMode::round_prefer_ceil},
                                             {"floor", NearestMode::floor},
                                             {"ceil", NearestMode::ceil}};
constexpr ModeRow<bool> kModes[] = {{"nearest", false}, {"linear", true}};

template <class Mode, std::size_t N>
Result<Mode> mode_of(const NodeView& node, const char* attribute, const ModeRow<Mode> (&rows)[N], std::string_view fallback) {
    const std::string_view wanted = node.text(attribute, fallback);
    for (const ModeRow<Mode>& row : rows)
        if (row.name == wanted) return row.mode;
    return refusal(node, std::string(attribute) + " '" + std::string(wanted) + "' is not supported");
}

// Scales by axis of the input; `listed` may stand for a part of the axes.
template <class T>
Result<std::vector<T>> spread(const NodeView& node, const std::vector<T>& listed, std::vector<T> all) {
    Shape axes;
    for (std::size_t i = 0; i < all.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
    axes = node.integers("axes", axes);
    OCTAVO_CHECK_OK(resolve_axes(node, axes, all.size()));
    if (listed.size() != axes.size())
        return refusal(node, "has " + std::to_string(listed.size()) + " scales or sizes, expected " + std::to_string(axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, axes[i], all.size()));
        all[static_cast<std::size_t>(axis)] = listed[i];
    }
    return all;
}

Result<void> set_sizes(const NodeView& node, Interpolation& how) {
    const Shape input = node.input_shape(0);
    OCTAVO_TRY(const Shape listed, constant_integers(node, 3, "sizes"));
    OCTAVO_TRY(how.output, spread(node, listed, input));
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (how.output[i] < 1 || how.output[i] > (1 << 24) || input[i] < 1)
            return refusal(node, "input " + shape_text(input) + " cannot become " + shape_text(how.output));
        how.scales.push_back(static_cast<float>(how.output[i]) / static_cast<float>(input[i]));
    }
    return {};
}

bool has_values(const NodeView& node, std::size_t i) {
    return node.has_input(i) && element_count(node.input_shape(i)) > 0;
}

Result<Interpolation> interpolation_of(const NodeView& node) {
    const bool old = node.input_count() == 2;  // opset 10
    Interpolation how;
    OCTAVO_TRY(how.linear, mode_of(node, "mode", kModes, "nearest"));
    OCTAVO_TRY(how.coordinates, mode_of(node, "coordinate_transformation_mode", kCoordinates, old ? "asymmetric" : "half_pixel"));
    OCTAVO_TRY(how.nearest, mode_of(node, "nearest_mode", kNearest, old ? "floor" : "round_prefer_floor"));
    if (node.integer("antialias", 0) != 0 || node.integer("exclude_outside", 0) != 0 ||
        node.text("keep_aspect_ratio_policy", "stretch") != "stretch")
        return refusal(node, "antialias, exclude_outside and keep_aspect_ratio_policy are not supported");
    const std::size_t scales = old ? 1 : 2;
    if (has_values(node, 3)) {
        OCTAVO_CHECK_OK(set_sizes(node, how));
        return how;
    }
    if (!has_values(node, scales)) return refusal(node, "has neither scales nor sizes");
    OCTAVO_TRY(const std::vector<float> listed, constant_reals(node, scales, "scales"));
    OCTAVO_TRY(how.scales, spread(node, listed, std::vector<float>(node.input_shape(0).size(), 1.0F)));
    OCTAVO_CHECK_OK(set_output_shape(node, how));
    return how;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    OCTAVO_TRY(const Interpolation how, interpolation_of(node));
    return one_output(OCTAVO_F32, how.output);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Interpolation how, interpolation_of(node));
    interpolate(how, inputs[0], outputs[0]);
    return {};
}

}  // namespace

extern const Row resize_row;
const Row resize_row = {"Resize", 1, 4, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
