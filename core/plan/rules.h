// The rules by which operators get int8 and tensors get parameters. Both work on any graph after the passes, with or without fused
// residuals; a plan is made for the graph with them.
#pragma once

#include "core/plan/plan.h"

#include <functional>
#include <span>

namespace octavo {

// Products (Conv, Gemm, MatMul with constant weights) are int8 where the device can. Every other operator is int8 where the device can and
// an int8 operator reads what it writes: an operator in front of an output or of a floating one gains nothing, unless it averages what an
// int8 product wrote. An elementwise operator with a constant tensor stays fp32, ScaleShift and the bounds of Clip left aside.
using CanRun = std::function<bool(NodeId node, Precision precision)>;
using IsIgnored = std::function<bool(const Node& node)>;
std::map<NodeId, OperatorPlan> assign_precisions(const Graph& graph, const CanRun& can_run, const IsIgnored& is_ignored);

enum class PointKind {
    whole,      // one scale, for all readers that are no depthwise convolution
    depthwise,  // one scale a channel, for depthwise convolutions
    inner       // the sum that a fused residual is added to: lives inside an operator, but exporters spell it out
};

// Tensors that share parameters. A float tensor that an int8 operator reads stands in one point, or in two of different kinds.
struct QuantizationPoint {
    PointKind kind = PointKind::whole;
    std::string name;               // of the first root; for inner the fused-away tensor's name
    std::vector<TensorId> tensors;  // roots first; empty for inner
    std::vector<TensorId> roots;    // those that no int8 operator of role `passes` writes
    std::vector<TensorId> seen;     // those that operators compute on: ranges are theirs (a pooling in between leaves the larger values)
    std::optional<NodeId> node;     // inner: the operator that holds it

    bool operator==(const QuantizationPoint&) const = default;
};

// In the order of their first roots, `whole` before `depthwise`; then the inner ones in the order of nodes. Tensors that int8 operators of
// role `passes` connect share one whole point. A depthwise point holds one root: values that already went through a shared grid gain
// nothing by another one, so depthwise convolutions read such tensors `whole`.
std::vector<QuantizationPoint> quantization_points(const Graph& graph, const std::map<NodeId, OperatorPlan>& precisions);

// What the operator that writes a tensor lets through, by its activation: relu gives 0..infinity, clip its bounds. Follows operators that
// pass values on, with the constants that they add, or average them. Infinite where nothing is known.
struct Range {
    double low = 0;
    double high = 0;

    bool operator==(const Range&) const = default;
};
std::vector<Range> known_ranges(const Graph& graph);  // [tensor]

// Parameters of the u8 grid that holds low..high and zero. Both must be finite. Where nothing is negative, zero point 0; else both ends
// fit.
Quantization make_quantization(double low, double high);

// How zero points of a depthwise point are chosen. They may differ by channel only behind an activation that other runtimes compute in
// floating point anyway.
enum class ChannelZeroPoints { zero, symmetric, free };
ChannelZeroPoints channel_zero_points(const Graph& graph, TensorId id);
Quantization make_quantization(std::span<const double> low, std::span<const double> high, ChannelZeroPoints zero_points);

// `plan` with some operators in floating point, each at the precision and for the reason that is given. What then feeds no int8
// operator becomes fp32, grids that no int8 operator reads or shares are dropped, constants that only floating operators read are the
// original ones again. All other parameters stay as they are; a plan that fits the graph gives one that fits it.
Plan in_floating_point(const Graph& graph, const Plan& plan, const std::map<NodeId, OperatorPlan>& floating);

// Moves the biases of int8 products to the steps of input scale times weight scale that integer runtimes store them in (bias_grid.cpp).
void snap_biases(const Graph& graph, Plan& plan);

// The first node, by its place in the graph, that one plan treats unlike the other, by its precision or by what is said of a tensor that it
// reads or writes; the number of nodes where there is none.
std::size_t first_difference(const Graph& graph, const Plan& a, const Plan& b);

}  // namespace octavo
