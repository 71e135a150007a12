// Convolutions, pooling and resizing. Windows are written with the pads that they have in the graph: OpenVINO's rules for choosing them
// and for rounding sizes up are others than ONNX's.
#include "core/formats/openvino/operator_rows.h"

#include "core/graph/flat.h"
#include "core/graph/window.h"
#include "sdk/ops/average.h"
#include "sdk/ops/interpolation.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo::openvino {
namespace {

using Numbers = std::vector<std::int64_t>;

Data data_of(const WindowLists& lists) {
    return {{"strides", text_of(lists.strides)},
            {"dilations", text_of(lists.dilations)},
            {"pads_begin", text_of(lists.begin)},
            {"pads_end", text_of(lists.end)}};
}

Value add_bias(Job& job, Value y) {
    if (!job.has(2)) return y;
    Shape shape(static_cast<std::size_t>(job.rank()), 1);
    shape[1] = job.output().shape[1];
    return between(job, {"Add", "opset1"}, "bias", {y, job.read_as(2, shape)}, {{"auto_broadcast", "numpy"}});
}

// Groups are a dimension of the weight in OpenVINO.
Result<Values> convolve(Job& job, const LayerType& plain, const LayerType& by_group, const Data& data) {
    const std::int64_t group = attribute_or(job.node, "group", std::int64_t{1});
    Shape shape = job.input(1).shape;
    shape[0] /= group;
    if (group != 1) shape.insert(shape.begin(), group);
    const Value x = job.read(0), weight = job.read_as(1, shape);
    return Values{add_bias(job, job.ir.add(group == 1 ? plain : by_group, job.node.name, data, {x, weight}, job.output()))};
}

const char* const kExplicit = "explicit";

// ---- Resize

// Before opset 11.
bool is_old(const Node& node) {
    return node.op == "Upsample" || node.inputs.size() == 2;
}

std::string coordinates_of(const Node& node) {
    return attribute_or(node, "coordinate_transformation_mode", std::string(is_old(node) ? "asymmetric" : "half_pixel"));
}

// Why no layer says it; "" where one does.
std::string unsaid(const Job& job) {
    const std::string coordinates = coordinates_of(job.node);
    if (attribute_or(job.node, "keep_aspect_ratio_policy", std::string("stretch")) != "stretch") return "it keeps the aspect ratio";
    if (coordinates == "tf_crop_and_resize" || coordinates == "half_pixel_symmetric") return "its coordinates are " + coordinates;
    if (attribute_or(job.node, "exclude_outside", std::int64_t{0}) != 0) return "it excludes what lies outside";
    if (is_antialiased(job.graph, job.node)) return "it is antialiased, for which OpenVINO has other weights";
    return "";
}

}  // namespace

Result<Values> write_convolution(Job& job, const LayerType& layer) {
    OCTAVO_TRY(const WindowLists lists, window_lists(job.graph, job.node));
    Data data = data_of(lists);
    data.emplace_back("auto_pad", kExplicit);
    return convolve(job, layer, {"GroupConvolution", "opset1"}, data);
}

Result<Values> write_transposed_convolution(Job& job, const LayerType& layer) {
    OCTAVO_TRY(const WindowLists lists, window_lists(job.graph, job.node));
    Data data = data_of(lists);
    data.emplace_back("auto_pad", kExplicit);
    data.emplace_back("output_padding", text_of(lists.output_padding()));
    return convolve(job, layer, {"GroupConvolutionBackpropData", "opset1"}, data);
}

Result<Values> write_max_pool(Job& job, const LayerType& layer) {
    OCTAVO_TRY(WindowLists lists, window_lists(job.graph, job.node));
    lists.end = lists.end_for_floor();
    Data data = data_of(lists);
    data.insert(data.end(), {{"kernel", text_of(lists.kernel)},
                             {"rounding_type", "floor"},
                             {"auto_pad", kExplicit},
                             {"index_element_type", "i64"},
                             {"axis", "0"}});
    const std::vector<PortType> outputs = {job.output(), {OCTAVO_S64, job.output().shape}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), outputs).front()};
}

// Averages of what lies inside of the image, times the share of the window that does: OpenVINO's int8 averages that count padding take code
// 0 of a grid for it, be the zero point what it may, and it makes them out of a Pad, too (2026.4.1).
Result<Values> average_of_inside(Job& job, const LayerType& layer, const Data& data) {
    const FlatNode flat(job.node);
    OCTAVO_TRY(const ops::Window window, ops::window_of(ops::NodeView(flat.view(), job.infos)));
    std::vector<float> shares = ops::shares_inside(window);
    if (std::count(shares.begin(), shares.end(), 0.0F) > 0) return job.refusal("it averages padding alone");
    Shape shape = job.output().shape;
    shape[0] = shape[1] = 1;
    const Value y = job.ir.add(layer, job.part("inside"), data, {job.read(0)}, job.output());
    const Value share = job.ir.constant(job.part("share"), OCTAVO_F32, shape, make_buffer(std::move(shares)));
    return Values{job.ir.add({"Multiply", "opset1"}, job.node.name, {{"auto_broadcast", "numpy"}}, {y, share}, job.output())};
}

// Padding that counts is a layer of its own where more must follow that does not.
Result<Values> write_average_pool(Job& job, const LayerType& layer) {
    OCTAVO_TRY(WindowLists lists, window_lists(job.graph, job.node));
    if (std::any_of(lists.dilations.begin(), lists.dilations.end(), [](std::int64_t d) { return d != 1; }))
        return job.refusal("its window has gaps");
    const Numbers end = lists.end_for_floor();
    bool counts = attribute_or(job.node, "count_include_pad", std::int64_t{0}) != 0;
    const bool pads = std::any_of(end.begin(), end.end(), [](std::int64_t pad) { return pad != 0; }) ||
                      std::any_of(lists.begin.begin(), lists.begin.end(), [](std::int64_t pad) { return pad != 0; });
    const bool of_inside = counts && pads && job.is_int8;
    Value x = of_inside ? Value{} : job.read(0);
    if (of_inside) {
        lists.end = end;
        counts = false;
    } else if (counts && end != lists.end) {
        Numbers before(2, 0), behind(2, 0);
        before.insert(before.end(), lists.begin.begin(), lists.begin.end());
        behind.insert(behind.end(), lists.end.begin(), lists.end.end());
        PortType type = job.input(0);
        for (std::size_t i = 0; i < before.size(); ++i)
            if (type.shape[i] >= 0) type.shape[i] += before[i] + behind[i];
        x = job.ir.add({"Pad", "opset1"}, job.part("pad"), {{"pad_mode", "constant"}},
                       {x, job.ir.integers(job.part("before"), before), job.ir.integers(job.part("behind"), behind),
                        job.ir.scalar(job.part("zero"), 0)},
                       type);
        for (std::size_t i = 0; i < end.size(); ++i) lists.end[i] = end[i] - lists.end[i];
        std::fill(lists.begin.begin(), lists.begin.end(), 0);
        counts = false;
    } else {
        lists.end = end;
    }
    const Data data = {{"kernel", text_of(lists.kernel)},
                       {"strides", text_of(lists.strides)},
                       {"pads_begin", text_of(lists.begin)},
                       {"pads_end", text_of(lists.end)},
                       {"exclude-pad", counts ? "false" : "true"},
                       {"rounding_type", "floor"},
                       {"auto_pad", kExplicit}};
    if (of_inside) return average_of_inside(job, layer, data);
    return Values{job.ir.add(layer, job.node.name, data, {x}, job.output())};
}

// Sizes and scales are those of the axes that change. `scales` decide, as they do in ONNX where they are given.
Result<Values> write_resize(Job& job, const LayerType& layer) {
    const Node& node = job.node;
    if (const std::string reason = unsaid(job); !reason.empty()) return job.refusal(reason);
    const bool old = is_old(node);
    const std::string coordinates = coordinates_of(node);
    const Shape &from = job.input(0).shape, &to = job.output().shape;
    const std::size_t scales_input = old ? 1 : 2;
    std::vector<float> listed(job.reals(scales_input).begin(), job.reals(scales_input).end());
    if (listed.empty()) listed = attribute_or(node, "scales", std::vector<float>());
    Numbers listed_axes = attribute_or(node, "axes", Numbers());
    Numbers axes, sizes;
    std::vector<float> scales;
    for (std::int64_t axis = 0; axis < job.rank(); ++axis) {
        const auto at = static_cast<std::size_t>(axis);
        std::size_t place = at;
        if (!listed_axes.empty())
            place = static_cast<std::size_t>(
                std::find_if(listed_axes.begin(), listed_axes.end(), [&](std::int64_t a) { return (a < 0 ? a + job.rank() : a) == axis; }) -
                listed_axes.begin());
        const float scale = place < listed.size() ? listed[place] : static_cast<float>(to[at]) / static_cast<float>(from[at]);
        if (from[at] == to[at] && scale == 1.0F) continue;
        axes.push_back(axis);
        sizes.push_back(to[at]);
        scales.push_back(scale);
    }
    if (axes.empty()) return Values{job.read(0)};
    const std::string mode = attribute_or(node, "mode", std::string("nearest"));
    const Numbers no_pads(static_cast<std::size_t>(job.rank()), 0);
    const Data data = {{"mode", mode == "nearest" || mode == "cubic" ? mode : "linear_onnx"},
                       {"shape_calculation_mode", listed.empty() ? "sizes" : "scales"},
                       {"coordinate_transformation_mode", coordinates},
                       {"nearest_mode", attribute_or(node, "nearest_mode", std::string(old ? "simple" : "round_prefer_floor"))},
                       {"antialias", "false"},
                       {"pads_begin", text_of(no_pads)},
                       {"pads_end", text_of(no_pads)},
                       {"cube_coeff", text_of(attribute_or(node, "cubic_coeff_a", -0.75F))}};
    const auto count = static_cast<std::int64_t>(scales.size());
    const Value factors = job.ir.constant(job.part("scales"), OCTAVO_F32, {count}, make_buffer(std::move(scales)));
    return Values{job.ir.add(layer, node.name, data,
                             {job.read(0), job.ir.integers(job.part("sizes"), sizes), factors, job.ir.integers(job.part("axes"), axes)},
                             job.output())};
}

Result<Values> write_blocks(Job& job, const LayerType& layer) {
    const bool depth_first = attribute_or(job.node, "mode", std::string("DCR")) == "CRD";
    const Data data = {{"block_size", std::to_string(attribute_or(job.node, "blocksize", std::int64_t{1}))},
                       {"mode", depth_first ? "depth_first" : "blocks_first"}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

}  // namespace octavo::openvino
