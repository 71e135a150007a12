// The table of forms that are newer than opset 13 and that no operators of it can say, or only in parts that runtimes do not put together
// again: a layer normalization between DequantizeLinear and QuantizeLinear.
#include "core/formats/onnx/opset.h"

#include "core/graph/window.h"
#include "core/passes/rewrite.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

bool copies_no_zeros(const Graph& graph, const Node& node) {
    const std::vector<std::int64_t> target = integer_constant(graph, input_or_none(node, 1)).value_or(std::vector<std::int64_t>());
    return attribute_or(node, "allowzero", std::int64_t{0}) != 0 && std::find(target.begin(), target.end(), 0) != target.end();
}

bool wraps(const Graph& /*graph*/, const Node& node) {
    return attribute_or(node, "mode", std::string()) == "wrap";
}

bool is_symmetric(const Graph& /*graph*/, const Node& node) {
    return attribute_or(node, "coordinate_transformation_mode", std::string()) == "half_pixel_symmetric";
}

std::string reduction_of(const Node& node) {
    return attribute_or(node, "reduction", std::string("none"));
}

bool joins(const Graph& /*graph*/, const Node& node) {
    return reduction_of(node) != "none";
}

bool compares(const Graph& /*graph*/, const Node& node) {
    return reduction_of(node) == "max" || reduction_of(node) == "min";
}

struct Form {
    std::string_view op;
    std::int64_t opset;
    bool (*is_in)(const Graph& graph, const Node& node);
};

const Form kForms[] = {
    {"AveragePool", 19, [](const Graph&, const Node& node) { return has_gaps(node); }},
    {"GridSample", 16, [](const Graph&, const Node&) { return true; }},
    {"LayerNormalization", 17, [](const Graph&, const Node&) { return true; }},
    {"LpPool", 18, [](const Graph&, const Node& node) { return has_gaps(node); }},
    {"Pad", 19, wraps},
    {"Reshape", 14, copies_no_zeros},
    {"Resize", 18, is_antialiased},
    {"Resize", 18, [](const Graph&, const Node& node) { return keeps_aspect_ratio(node); }},
    {"Resize", 19, is_symmetric},
    {"ScatterElements", 16, joins},
    {"ScatterElements", 18, compares},
    {"ScatterND", 16, joins},
    {"ScatterND", 18, compares},
    {"Trilu", 14,
     [](const Graph& graph, const Node& node) {
         const TensorId diagonal = input_or_none(node, 1);
         return diagonal != TensorId::none && !graph[diagonal].is_constant();
     }},
};

}  // namespace

std::int64_t opset_of(const Graph& graph) {
    std::int64_t opset = kLeastOpset;
    for (const Node& node : graph.nodes)
        for (const Form& form : kForms)
            if (form.op == node.op && form.opset > opset && form.is_in(graph, node)) opset = form.opset;
    return opset;
}

bool has_gaps(const Node& node) {
    const std::vector<std::int64_t> dilations = attribute_or(node, "dilations", std::vector<std::int64_t>());
    return std::any_of(dilations.begin(), dilations.end(), [](std::int64_t dilation) { return dilation != 1; });
}

bool keeps_aspect_ratio(const Node& node) {
    const bool has_sizes = input_or_none(node, 3) != TensorId::none;
    return has_sizes && attribute_or(node, "keep_aspect_ratio_policy", std::string("stretch")) != "stretch";
}

}  // namespace octavo::onnx
