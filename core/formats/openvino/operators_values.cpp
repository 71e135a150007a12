// More of what computes values, with attributes and inputs that differ from ONNX's.
#include "core/formats/openvino/operator_rows.h"

namespace octavo::openvino {
namespace {

const char* flag(const Job& job, const char* name, std::int64_t fallback) {
    return attribute_or(job.node, name, fallback) != 0 ? "true" : "false";
}

}  // namespace

// As in C, or with the sign of the divisor.
Result<Values> write_remainder(Job& job, const LayerType& layer) {
    const bool as_in_c = attribute_or(job.node, "fmod", std::int64_t{0}) != 0;
    const LayerType& type = as_in_c ? layer : LayerType{"FloorMod", "opset1"};
    return Values{job.ir.add(type, job.node.name, {{"auto_broadcast", "numpy"}}, job.read_all(), job.output())};
}

Result<Values> write_is_infinite(Job& job, const LayerType& layer) {
    const Data data = {{"detect_negative", flag(job, "detect_negative", 1)}, {"detect_positive", flag(job, "detect_positive", 1)}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

Result<Values> write_thresholded(Job& job, const LayerType& layer) {
    const Data numpy = {{"auto_broadcast", "numpy"}};
    const Value alpha = job.ir.scalar(job.part("alpha"), attribute_or(job.node, "alpha", 1.0F));
    const Value above =
        job.ir.add({"Greater", "opset1"}, job.part("above"), numpy, {job.read(0), alpha}, {OCTAVO_BOOLEAN, job.output().shape});
    return Values{job.ir.add(layer, job.node.name, numpy, {above, job.read(0), job.ir.scalar(job.part("zero"), 0)}, job.output())};
}

// The axis is a scalar here.
Result<Values> write_cumulative(Job& job, const LayerType& layer) {
    const Value axis = job.input(1).shape.empty()
                           ? job.read(1)
                           : job.ir.add({"Squeeze", "opset1"}, job.part("axis"), {}, {job.read(1)}, {job.input(1).type, {}});
    const Data data = {{"exclusive", flag(job, "exclusive", 0)}, {"reverse", flag(job, "reverse", 0)}};
    return Values{job.ir.add(layer, job.node.name, data, {job.read(0), axis}, job.output())};
}

Result<Values> write_grid_sample(Job& job, const LayerType& layer) {
    const std::string mode = attribute_or(job.node, "mode", std::string("linear"));
    const Data data = {{"align_corners", flag(job, "align_corners", 0)},
                       {"mode", mode == "linear"  ? "bilinear"
                                : mode == "cubic" ? "bicubic"
                                                  : mode},
                       {"padding_mode", attribute_or(job.node, "padding_mode", std::string("zeros"))}};
    return Values{job.ir.add(layer, job.node.name, data, job.read_all(), job.output())};
}

Result<Values> write_einsum(Job& job, const LayerType& layer) {
    return Values{
        job.ir.add(layer, job.node.name, {{"equation", attribute_or(job.node, "equation", std::string())}}, job.read_all(), job.output())};
}

}  // namespace octavo::openvino
