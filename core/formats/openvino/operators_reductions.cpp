// What becomes of the values along some axes: reductions and norms, in one layer or in several.
#include "core/formats/openvino/operator_rows.h"

#include <cfloat>
#include <cmath>
#include <numeric>

namespace octavo::openvino {
namespace {

using Numbers = std::vector<std::int64_t>;

const Data kNumpy = {{"auto_broadcast", "numpy"}};
constexpr LayerType kMultiply = {"Multiply", "opset1"}, kLog = {"Log", "opset1"};

Value reduce(Job& job, const LayerType& layer, Value x, const Numbers& axes, bool keeps) {
    const Value list = job.ir.integers(job.part("axes"), axes);
    return job.ir.add(layer, job.node.name, {{"keep_dims", keeps ? "true" : "false"}}, {x, list}, job.output());
}

// From the greatest on, so that nothing overflows; an infinite one stands for the end of the range, where there is nothing to take away.
Value log_of_exponents(Job& job, const LayerType& sum, Value x, const Numbers& axes, const PortType& input, bool keeps) {
    PortType kept = input;
    for (const std::int64_t axis : axes) (axis < 0 ? kept.shape.end() : kept.shape.begin())[axis] = 1;
    const auto along = [&](const LayerType& layer, const char* what, Value values) {
        return job.ir.add(layer, job.part(what), {{"keep_dims", "true"}}, {values, job.ir.integers(job.part("axes"), axes)}, kept);
    };
    const Data finite = {{"min", text_of(-FLT_MAX)}, {"max", text_of(FLT_MAX)}};
    const Value greatest = job.ir.add({"Clamp", "opset1"}, job.part("greatest"), finite, {along({"ReduceMax", "opset1"}, "most", x)}, kept);
    const Value below = job.ir.add({"Subtract", "opset1"}, job.part("below"), kNumpy, {x, greatest}, input);
    const Value total = along(sum, "total", job.ir.add({"Exp", "opset1"}, job.part("exp"), {}, {below}, input));
    const Value log = job.ir.add(kLog, job.part("log"), {}, {total}, kept);
    const Value result = job.ir.add({"Add", "opset1"}, job.node.name, kNumpy, {log, greatest}, kept);
    if (keeps) return result;
    return between(job, {"Squeeze", "opset1"}, "squeeze", {result, job.ir.integers(job.part("squeezed"), axes)});
}

}  // namespace

// All axes where none are named, unless the node says that this means none: then it is an axis of its own that is reduced.
Result<Values> write_reduction(Job& job, const LayerType& layer) {
    Numbers axes = job.integers(1, "axes");
    Value x = job.read(0);
    PortType input = job.input(0);
    bool keeps = attribute_or(job.node, "keepdims", std::int64_t{1}) != 0;
    if (axes.empty() && attribute_or(job.node, "noop_with_empty_axes", std::int64_t{0}) != 0) {
        axes = {job.rank()};
        keeps = false;
        input.shape.push_back(1);
        x = job.ir.add({"Unsqueeze", "opset1"}, job.part("apart"), {}, {x, job.ir.integers(job.part("axis"), axes)}, input);
    } else if (axes.empty()) {
        axes.resize(input.shape.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    if (job.node.op == "ReduceLogSumExp") return Values{log_of_exponents(job, layer, x, axes, input, keeps)};
    if (job.node.op == "ReduceSumSquare") x = job.ir.add(kMultiply, job.part("square"), kNumpy, {x, x}, input);
    const LayerType logical = {job.node.op == "ReduceMax" ? "ReduceLogicalOr" : "ReduceLogicalAnd", "opset1"};
    const Value result = reduce(job, input.type == OCTAVO_BOOLEAN ? logical : layer, x, axes, keeps);
    return Values{job.node.op == "ReduceLogSum" ? between(job, kLog, "log", {result}) : result};
}

Result<Values> write_global(Job& job, const LayerType& layer) {
    Numbers axes;
    for (std::int64_t i = 2; i < job.rank(); ++i) axes.push_back(i);
    return Values{reduce(job, layer, job.read(0), axes, true)};
}

Result<Values> write_global_lp(Job& job, const LayerType& /*layer*/) {
    const std::int64_t p = attribute_or(job.node, "p", std::int64_t{2});
    if (p != 1 && p != 2) return job.refusal("its norm is " + std::to_string(p) + ", only 1 and 2 are there");
    return write_global(job, {p == 1 ? "ReduceL1" : "ReduceL2", "opset4"});
}

// x / norm; the least normal number keeps the 0 that our norm of nothing gives.
Result<Values> write_normalization(Job& job, const LayerType& /*layer*/) {
    const std::int64_t p = attribute_or(job.node, "p", std::int64_t{2});
    const Value axes = job.ir.integers(job.part("axes"), {job.axis("axis", -1)});
    const Value norm = between(job, {p == 1 ? "ReduceL1" : "ReduceL2", "opset4"}, "norm", {job.read(0), axes}, {{"keep_dims", "true"}});
    const Value guarded = between(job, {"Maximum", "opset1"}, "guard", {norm, job.ir.scalar(job.part("least"), FLT_MIN)});
    return Values{job.ir.add({"Divide", "opset1"}, job.node.name, kNumpy, {job.read(0), guarded}, job.output())};
}

// OpenVINO's CPU plugin cuts the bias to a whole number (2026.4.1): where it is none, it is taken out of the power.
Result<Values> write_lrn(Job& job, const LayerType& layer) {
    const float beta = attribute_or(job.node, "beta", 0.75F), bias = attribute_or(job.node, "bias", 1.0F);
    const bool is_whole = bias == std::floor(bias);
    if (!is_whole && bias < 0) return job.refusal("its bias is " + text_of(bias));
    const Data data = {{"alpha", text_of(attribute_or(job.node, "alpha", 1e-4F) / (is_whole ? 1.0F : bias))},
                       {"beta", text_of(beta)},
                       {"bias", text_of(is_whole ? bias : 1.0F)},
                       {"size", std::to_string(attribute_or(job.node, "size", std::int64_t{1}))}};
    const Value y = job.ir.add(layer, job.node.name, data, {job.read(0), job.ir.integers(job.part("axes"), {1})}, job.output());
    return Values{is_whole ? y : between(job, kMultiply, "rest", {y, job.ir.scalar(job.part("bias"), std::pow(bias, -beta))})};
}

}  // namespace octavo::openvino
