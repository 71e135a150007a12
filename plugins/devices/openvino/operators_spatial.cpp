// Convolutions, pooling and resizing. Windows are built with the pads that they have in the graph: OpenVINO's rules for choosing them and
// for rounding sizes up are others than ONNX's.
#include "operators.h"

#include <ops/average.h>
#include <ops/interpolation.h>
#include <openvino/op/ops.hpp>

#include <algorithm>
#include <functional>

namespace octavo::openvino {
namespace {

namespace op = ov::op;
using Numbers = std::vector<std::int64_t>;

// A window as lists of one number an axis.
struct Lists {
    Numbers kernel, strides, dilations, begin, end, input, output;

    // Pads at the end that give the output's size when it is rounded down, as far as any are missing.
    Numbers end_for_floor() const {
        Numbers pads;
        for (std::size_t i = 0; i < kernel.size(); ++i) {
            const std::int64_t reach = (output[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
            pads.push_back(std::max<std::int64_t>(end[i], reach - input[i] - begin[i]));
        }
        return pads;
    }
};

// OpenVINO's Strides, Shape and CoordinateDiff are vectors of other integers.
template <class List>
List as(const Numbers& numbers) {
    return List(numbers.begin(), numbers.end());
}

Result<Lists> lists_of(const Job& job, Result<ops::Window> (*resolve)(const ops::NodeView&)) {
    OCTAVO_TRY(const ops::Window w, resolve(job.node));
    Lists lists{{w.kernel_h, w.kernel_w},    {w.stride_h, w.stride_w}, {w.dilation_h, w.dilation_w}, {w.pad_top, w.pad_left},
                {w.pad_bottom, w.pad_right}, {w.input_h, w.input_w},   {w.output_h, w.output_w}};
    if (job.rank() == 3)
        for (Numbers* list : {&lists.kernel, &lists.strides, &lists.dilations, &lists.begin, &lists.end, &lists.input, &lists.output})
            list->erase(list->begin());
    return lists;
}

Outputs with_bias(const Job& job, const Value& y) {
    if (!job.node.has_input(2)) return {y};
    ops::Shape shape(static_cast<std::size_t>(job.rank()), 1);
    shape[1] = job.output_shape()[1];
    return {make<op::v1::Add>(y, job.read_as(2, shape))};
}

// Groups are a dimension of the weight in OpenVINO.
ops::Shape weight_shape(const Job& job, std::int64_t group) {
    ops::Shape shape = job.node.input_shape(1);
    if (group == 1) return shape;
    shape[0] /= group;
    shape.insert(shape.begin(), group);
    return shape;
}

template <class Op>
Value convolve(const Job& job, const Lists& lists, const Value& weight) {
    return make<Op>(job.read(0), weight, as<ov::Strides>(lists.strides), as<ov::CoordinateDiff>(lists.begin),
                    as<ov::CoordinateDiff>(lists.end), as<ov::Strides>(lists.dilations));
}

template <class Op>
Value convolve_back(const Job& job, const Lists& lists, const Value& weight) {
    Numbers added;
    for (std::size_t i = 0; i < lists.kernel.size(); ++i) {
        const std::int64_t covered = (lists.input[i] - 1) * lists.strides[i] + (lists.kernel[i] - 1) * lists.dilations[i] + 1;
        added.push_back(lists.output[i] - covered + lists.begin[i] + lists.end[i]);
    }
    return make<Op>(job.read(0), weight, as<ov::Strides>(lists.strides), as<ov::CoordinateDiff>(lists.begin),
                    as<ov::CoordinateDiff>(lists.end), as<ov::Strides>(lists.dilations), op::PadType::EXPLICIT,
                    as<ov::CoordinateDiff>(added));
}

using Interpolate = op::v4::Interpolate;

template <class Mode>
struct ModeRow {
    std::string_view name;
    Mode mode;
};
constexpr ModeRow<Interpolate::CoordinateTransformMode> kCoordinates[] = {
    {"half_pixel", Interpolate::CoordinateTransformMode::HALF_PIXEL},
    {"pytorch_half_pixel", Interpolate::CoordinateTransformMode::PYTORCH_HALF_PIXEL},
    {"asymmetric", Interpolate::CoordinateTransformMode::ASYMMETRIC},
    {"tf_half_pixel_for_nn", Interpolate::CoordinateTransformMode::TF_HALF_PIXEL_FOR_NN},
    {"align_corners", Interpolate::CoordinateTransformMode::ALIGN_CORNERS}};
constexpr ModeRow<Interpolate::NearestMode> kNearest[] = {{"round_prefer_floor", Interpolate::NearestMode::ROUND_PREFER_FLOOR},
                                                          {"round_prefer_ceil", Interpolate::NearestMode::ROUND_PREFER_CEIL},
                                                          {"floor", Interpolate::NearestMode::FLOOR},
                                                          {"ceil", Interpolate::NearestMode::CEIL},
                                                          {"simple", Interpolate::NearestMode::SIMPLE}};
constexpr ModeRow<Interpolate::InterpolateMode> kFilters[] = {{"nearest", Interpolate::InterpolateMode::NEAREST},
                                                              {"linear", Interpolate::InterpolateMode::LINEAR_ONNX},
                                                              {"bilinear", Interpolate::InterpolateMode::LINEAR_ONNX},
                                                              {"cubic", Interpolate::InterpolateMode::CUBIC}};

template <class Mode, std::size_t N>
Result<Mode> mode_of(const Job& job, const char* attribute, const ModeRow<Mode> (&rows)[N], std::string_view fallback) {
    const std::string_view wanted = job.node.text(attribute, fallback);
    const auto* found = std::ranges::find(rows, wanted, &ModeRow<Mode>::name);
    if (found != std::end(rows)) return found->mode;
    return ops::refusal(job.node, "device openvino has no " + std::string(attribute) + " '" + std::string(wanted) + "'");
}

Result<Interpolate::InterpolateAttrs> resize_attributes(const Job& job, bool old, bool by_scales) {
    const ops::NodeView& node = job.node;
    if (node.text("keep_aspect_ratio_policy", "stretch") != "stretch")
        return ops::refusal(node, "device openvino cannot keep the aspect ratio");
    if (node.integer("exclude_outside", 0) != 0) return ops::refusal(node, "device openvino cannot exclude what lies outside");
    Interpolate::InterpolateAttrs attributes;
    OCTAVO_TRY(attributes.mode, mode_of(job, "mode", kFilters, "nearest"));
    OCTAVO_TRY(attributes.coordinate_transformation_mode,
               mode_of(job, "coordinate_transformation_mode", kCoordinates, old ? "asymmetric" : "half_pixel"));
    OCTAVO_TRY(attributes.nearest_mode, mode_of(job, "nearest_mode", kNearest, old ? "simple" : "round_prefer_floor"));
    const ops::Shape from = node.input_shape(0), to = job.output_shape();
    const bool shrinks = !std::ranges::equal(from, to, std::less_equal<>());
    if (node.integer("antialias", 0) != 0 && attributes.mode != Interpolate::InterpolateMode::NEAREST && shrinks)
        return ops::refusal(node, "device openvino has other weights where a Resize is antialiased");
    attributes.cube_coeff = static_cast<double>(node.real("cubic_coeff_a", -0.75F));
    attributes.shape_calculation_mode = by_scales ? Interpolate::ShapeCalcMode::SCALES : Interpolate::ShapeCalcMode::SIZES;
    attributes.pads_begin = attributes.pads_end = std::vector<std::size_t>(static_cast<std::size_t>(job.rank()), 0);
    return attributes;
}

// The scales that the node lists, one for each of `axes`; none where it lists sizes.
Result<std::vector<float>> listed_scales(const Job& job, std::size_t input) {
    const octavo_attribute* attribute = job.node.attribute("scales");
    if (!job.node.has_input(input))
        return attribute ? std::vector<float>(attribute->floats, attribute->floats + attribute->count) : std::vector<float>();
    return ops::constant_reals(job.node, input, "scales");
}

}  // namespace

Result<Outputs> build_convolution(const Job& job) {
    OCTAVO_TRY(const Lists lists, lists_of(job, ops::window_of));
    const std::int64_t group = job.node.integer("group", 1);
    const Value weight = job.read_as(1, weight_shape(job, group));
    return with_bias(
        job, group == 1 ? convolve<op::v1::Convolution>(job, lists, weight) : convolve<op::v1::GroupConvolution>(job, lists, weight));
}

Result<Outputs> build_transposed_convolution(const Job& job) {
    OCTAVO_TRY(const Lists lists, lists_of(job, ops::transposed_window_of));
    const std::int64_t group = job.node.integer("group", 1);
    const Value weight = job.read_as(1, weight_shape(job, group));
    return with_bias(job, group == 1 ? convolve_back<op::v1::ConvolutionBackpropData>(job, lists, weight)
                                     : convolve_back<op::v1::GroupConvolutionBackpropData>(job, lists, weight));
}

Result<Outputs> build_max_pool(const Job& job) {
    if (job.node.has_output(1)) return ops::refusal(job.node, "device openvino does not tell where the largest values stood");
    OCTAVO_TRY(const Lists lists, lists_of(job, ops::window_of));
    return Outputs{make<op::v8::MaxPool>(job.read(0), as<ov::Strides>(lists.strides), as<ov::Strides>(lists.dilations),
                                         as<ov::Shape>(lists.begin), as<ov::Shape>(lists.end_for_floor()), as<ov::Shape>(lists.kernel))};
}

// Where padding counts: averages of what lies inside, times the share of the window that does. OpenVINO's own averages that count padding
// take code 0 of a grid for it, be the zero point what it may (2026.4.1), and it makes them out of a Pad, too.
Result<Outputs> build_average_pool(const Job& job) {
    OCTAVO_TRY(const Lists lists, lists_of(job, ops::window_of));
    if (std::ranges::any_of(lists.dilations, [](std::int64_t d) { return d != 1; }))
        return ops::refusal(job.node, "device openvino has no averages over windows with gaps");
    const Value y = make<op::v1::AvgPool>(job.read(0), as<ov::Strides>(lists.strides), as<ov::Shape>(lists.begin),
                                          as<ov::Shape>(lists.end_for_floor()), as<ov::Shape>(lists.kernel), true);
    if (job.node.integer("count_include_pad", 0) == 0) return Outputs{y};
    OCTAVO_TRY(const ops::Window window, ops::window_of(job.node));
    const std::vector<float> shares = ops::shares_inside(window);
    if (std::ranges::count(shares, 0.0F) > 0) return ops::refusal(job.node, "device openvino has no averages of padding alone");
    if (std::ranges::all_of(shares, [](float share) { return share == 1; })) return Outputs{y};
    ov::Shape shape = as<ov::Shape>(job.output_shape());
    shape[0] = shape[1] = 1;
    return Outputs{make<op::v1::Multiply>(y, make<op::v0::Constant>(ov::element::f32, shape, shares))};
}

// Sizes and scales are those of the axes that change. Scales decide, as they do in ONNX where they are given.
Result<Outputs> build_resize(const Job& job) {
    const bool old = job.node.op() == "Upsample" || job.node.input_count() == 2;
    OCTAVO_TRY(const std::vector<float> listed, listed_scales(job, old ? 1 : 2));
    OCTAVO_TRY(const Interpolate::InterpolateAttrs attributes, resize_attributes(job, old, !listed.empty()));
    const ops::Shape from = job.node.input_shape(0), to = job.output_shape();
    Numbers places;  // what the node lists them for
    for (std::int64_t i = 0; i < job.rank(); ++i) places.push_back(i);
    places = job.node.integers("axes", places);
    Numbers axes, sizes;
    std::vector<float> scales;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const std::int64_t axis = places[i] < 0 ? places[i] + job.rank() : places[i];
        const auto at = static_cast<std::size_t>(axis);
        const float scale = listed.empty() ? static_cast<float>(to[at]) / static_cast<float>(from[at]) : listed[i];
        if (from[at] == to[at] && scale == 1.0F) continue;
        axes.push_back(axis);
        sizes.push_back(to[at]);
        scales.push_back(scale);
    }
    if (axes.empty()) return Outputs{job.read(0)};
    const Value factors = make<op::v0::Constant>(ov::element::f32, ov::Shape{scales.size()}, scales);
    return Outputs{make<Interpolate>(job.read(0), integers(sizes), factors, integers(axes), attributes)};
}

}  // namespace octavo::openvino
