// Upsample (before opset 10): nearest neighbour or linear by scales, an attribute or constant input 1; positions are asymmetric.
#include "ops/interpolation.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"mode", OCTAVO_ATTRIBUTE_STRING, "nearest"}, {"scales", OCTAVO_ATTRIBUTE_FLOATS, "input 1"}};

Result<Interpolation> interpolation_of(const NodeView& node) {
    const std::string_view mode = node.text("mode", "nearest");
    Interpolation how;
    const bool linear = mode == "linear" || mode == "bilinear";
    how.filter = linear ? Filter::linear : Filter::nearest;
    if (!linear && mode != "nearest") return refusal(node, "mode '" + std::string(mode) + "' is not supported");
    how.coordinates = CoordinateMode::asymmetric;
    how.nearest = NearestMode::simple;
    const octavo_attribute* scales = node.attribute("scales");
    if (node.has_input(1)) {
        OCTAVO_TRY(how.scales, constant_reals(node, 1, "scales"));
    } else if (scales) {
        how.scales.assign(scales->floats, scales->floats + scales->count);
    }
    OCTAVO_CHECK_OK(set_output_shape(node, how));
    return how;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_TRY(const Interpolation how, interpolation_of(node));
    return one_output(node.input(0).type, how.output);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Interpolation how, interpolation_of(node));
    interpolate(how, inputs[0], outputs[0]);
    return {};
}

}  // namespace

extern const Row upsample_row;
const Row upsample_row = {"Upsample", 1, 2, Role::passes, kAttributes, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
