// Which operators get int8 and which tensors get parameters.
#include "core/plan/rules.h"
#include "core/graph/product.h"
#include "tests/support/graph_builder.h"

namespace octavo {
namespace {

using testing::GraphBuilder;

bool always(NodeId, Precision) {
    return true;
}

using Precisions = std::map<NodeId, OperatorPlan>;

Reason reason_of(const Graph& graph, const Precisions& precisions, std::string_view name) {
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (graph.nodes[n].name == name) return precisions.at(static_cast<NodeId>(n)).reason;
    BOOST_FAIL("no node " << name);
    return Reason::ignored;
}

// "whole a b|depthwise c": kind, then tensors with their roots marked by a star.
std::string text_of(const Graph& graph, const std::vector<QuantizationPoint>& points) {
    std::string text;
    for (const QuantizationPoint& point : points) {
        text += text.empty() ? "" : "|";
        text += point.kind == PointKind::whole ? "whole" : point.kind == PointKind::depthwise ? "depthwise" : "inner " + point.name;
        for (std::size_t i = 0; i < point.tensors.size(); ++i)
            text += " " + graph[point.tensors[i]].name + (i < point.roots.size() && point.roots[i] == point.tensors[i] ? "*" : "");
        if (point.kind != PointKind::inner) BOOST_TEST(point.name == graph[point.roots.at(0)].name);
    }
    return text;
}

std::string points_of(const Graph& graph) {
    return text_of(graph, quantization_points(graph, assign_precisions(graph, always, {})));
}

BOOST_AUTO_TEST_SUITE(precisions)

// conv -> pool -> relu -> conv2 -> relu2 -> softmax: relu2 gains nothing.
BOOST_AUTO_TEST_CASE(operators_between_products_are_int8_and_those_behind_the_last_are_not) {
    GraphBuilder builder;
    TensorId x = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 2);
    x = builder.node("MaxPool", "pool", {x}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    x = builder.node("Relu", "relu", {x});
    x = builder.conv("conv2", x, 2, 2);
    x = builder.node("Relu", "relu2", {x});
    x = builder.node("Softmax", "softmax", {x});
    const Graph graph = builder.done({x});
    const Precisions found = assign_precisions(graph, always, {});
    for (const char* name : {"conv", "pool", "relu", "conv2"}) BOOST_TEST((reason_of(graph, found, name) == Reason::default_int8), name);
    BOOST_TEST((reason_of(graph, found, "relu2") == Reason::feeds_no_int8));
    BOOST_TEST((reason_of(graph, found, "softmax") == Reason::no_int8_kernel));
    BOOST_TEST((found.at(NodeId{0}).precision == Precision::int8));
    BOOST_TEST((found.at(NodeId{4}).precision == Precision::fp32));
}

BOOST_AUTO_TEST_CASE(an_average_is_int8_behind_an_int8_product_whoever_reads_it) {
    struct Case {
        const char* before;  // the operator that writes what is averaged
        Reason expected;
    };
    for (const Case& one : {Case{"Conv", Reason::default_int8}, {"MaxPool", Reason::default_int8}, {"LRN", Reason::feeds_no_int8}}) {
        GraphBuilder builder;
        TensorId x = builder.conv("conv", builder.input("x", {-1, 2, 4, 4}), 2, 2);
        if (one.before == std::string("MaxPool"))
            x = builder.node("MaxPool", "max", {x}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
        if (one.before == std::string("LRN")) x = builder.node("LRN", "lrn", {x}, {{"size", std::int64_t{3}}});
        const Graph graph = builder.done({builder.node("GlobalAveragePool", "average", {x})});
        BOOST_TEST((reason_of(graph, assign_precisions(graph, always, {}), "average") == one.expected), one.before);
    }
}

BOOST_AUTO_TEST_CASE(demand_goes_through_a_chain_but_not_through_what_the_device_cannot_do) {
    GraphBuilder builder;
    TensorId x = builder.node("Relu", "first", {builder.input("x", {-1, 2, 4, 4})});
    x = builder.node("Sigmoid", "cannot", {x});
    x = builder.node("Relu", "last", {x});
    const Graph graph = builder.done({builder.conv("conv", x, 2, 2)});
    const auto can_run = [&graph](NodeId id, Precision precision) {
        BOOST_TEST((precision == Precision::int8));
        return graph[id].name != "cannot";
    };
    const Precisions found = assign_precisions(graph, can_run, {});
    BOOST_TEST((reason_of(graph, found, "first") == Reason::feeds_no_int8));
    BOOST_TEST((reason_of(graph, found, "cannot") == Reason::no_int8_kernel));
    BOOST_TEST((reason_of(graph, found, "last") == Reason::default_int8));
}

// Whatever the device can: there is no bias to give back to what rounding takes.
BOOST_AUTO_TEST_CASE(products_without_a_place_for_a_bias_stay_in_floating_point) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4}), rows = builder.node("Flatten", "rows", {x});
    const TensorId matmul = builder.node("MatMul", "matmul", {x, builder.random("m", {4, 5})});
    const TensorId by_row = builder.node("Gemm", "by_row", {rows, builder.random("w", {12, 5}), builder.random("b", {1, 5})});
    const TensorId none = builder.node("Gemm", "none", {rows, builder.random("v", {12, 5})});
    const TensorId gemm = builder.node("Gemm", "gemm", {rows, builder.random("u", {12, 5}), builder.random("c", {5})});
    const Graph graph = builder.done({matmul, by_row, none, gemm});
    const Precisions found = assign_precisions(graph, always, {});
    for (const char* name : {"matmul", "by_row"}) BOOST_TEST((reason_of(graph, found, name) == Reason::no_int8_kernel), name);
    for (const char* name : {"none", "gemm"}) BOOST_TEST((reason_of(graph, found, name) == Reason::default_int8), name);
}

// Statistics know one axis of channels a tensor.
BOOST_AUTO_TEST_CASE(products_of_rows_that_share_a_tensor_with_a_convolution_stay_in_floating_point) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 3, 4, 4});
    const TensorId shared = builder.conv("conv", x, 3, 4);
    const TensorId by_rows = builder.node("Gemm", "shares", {shared, builder.random("v", {4, 4}), builder.random("c", {4})});
    const TensorId alone = builder.node("Gemm", "alone", {by_rows, builder.random("w", {4, 5}), builder.random("b", {5})});
    const Graph graph = builder.done({alone});
    const Precisions found = assign_precisions(graph, always, {});
    BOOST_TEST((reason_of(graph, found, "shares") == Reason::no_int8_kernel));
    for (const char* name : {"conv", "alone"}) BOOST_TEST((reason_of(graph, found, name) == Reason::default_int8), name);
    BOOST_TEST(channel_axes(graph)[index(shared)] == 1U);
    BOOST_TEST(channel_axes(graph)[index(alone)] == 3U);
}

BOOST_AUTO_TEST_CASE(the_user_can_ignore_operators_and_their_suppliers_lose_their_demand) {
    GraphBuilder builder;
    const TensorId x = builder.node("Relu", "relu", {builder.input("x", {-1, 2, 4, 4})});
    const Graph graph = builder.done({builder.conv("conv", x, 2, 2)});
    const Precisions found = assign_precisions(graph, always, [](const Node& node) { return node.op == "Conv"; });
    BOOST_TEST((reason_of(graph, found, "conv") == Reason::ignored));
    BOOST_TEST((reason_of(graph, found, "relu") == Reason::feeds_no_int8));
}

BOOST_AUTO_TEST_CASE(a_constant_operand_keeps_an_operator_in_fp32_but_rows_and_bounds_do_not) {
    GraphBuilder builder;
    TensorId x = builder.input("x", {-1, 2, 4, 4});
    x = builder.node("Add", "add", {x, builder.random("k", {1, 1, 4, 4})});
    x = builder.node("ScaleShift", "scale", {x, builder.random("s", {2}), builder.random("t", {2})});
    x = builder.node("Clip", "clip", {x, builder.scalar("low", 0), builder.scalar("high", 6)});
    const Graph graph = builder.done({builder.conv("conv", x, 2, 2)});
    const Precisions found = assign_precisions(graph, always, {});
    BOOST_TEST((reason_of(graph, found, "add") == Reason::no_int8_kernel));
    BOOST_TEST((reason_of(graph, found, "scale") == Reason::default_int8));
    BOOST_TEST((reason_of(graph, found, "clip") == Reason::default_int8));
}

BOOST_AUTO_TEST_CASE(computed_weights_are_not_supported) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 4});
    const Graph graph = builder.done({builder.node("Gemm", "gemm", {x, x}, {{"transB", std::int64_t{1}}})});
    BOOST_TEST((reason_of(graph, assign_precisions(graph, always, {}), "gemm") == Reason::unsupported_weights));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(points)

BOOST_AUTO_TEST_CASE(a_tensor_has_a_point_exactly_if_an_int8_operator_reads_it) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId b = builder.conv("b", a, 2, 2);
    BOOST_TEST(points_of(builder.done({builder.node("Softmax", "s", {b})})) == "whole x*|whole a*");
}

BOOST_AUTO_TEST_CASE(a_depthwise_reader_gets_scales_by_channel) {
    GraphBuilder builder;
    const TensorId a = builder.conv("a", builder.input("x", {-1, 2, 4, 4}), 2, 4);
    const TensorId d = builder.conv("d", a, 4, 4, 3, 4);
    BOOST_TEST(points_of(builder.done({builder.conv("b", d, 4, 2)})) == "whole x*|depthwise a*|whole d*");
}

BOOST_AUTO_TEST_CASE(readers_of_both_kinds_get_a_point_each) {
    GraphBuilder builder;
    const TensorId a = builder.conv("a", builder.input("x", {-1, 2, 4, 4}), 2, 4);
    const TensorId d = builder.conv("d", a, 4, 4, 3, 4);
    const TensorId b = builder.conv("b", a, 4, 4);
    BOOST_TEST(points_of(builder.done({d, b})) == "whole x*|whole a*|depthwise a*");
}

BOOST_AUTO_TEST_CASE(operators_that_pass_values_on_share_a_point_across_chains) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId b = builder.conv("b", x, 2, 2);
    const TensorId p = builder.node("MaxPool", "p", {b}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
    const TensorId c = builder.node("Concat", "c", {a, p}, {{"axis", std::int64_t{1}}});
    BOOST_TEST(points_of(builder.done({builder.conv("d", c, 4, 2)})) == "whole x*|whole a* b* p c");
}

// What a pooling throws away needs no place on the grid.
BOOST_AUTO_TEST_CASE(a_point_is_seen_where_operators_compute) {
    GraphBuilder builder;
    const TensorId a = builder.conv("a", builder.input("x", {-1, 2, 4, 4}), 2, 2);
    const TensorId p = builder.node("MaxPool", "p", {a}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    const Graph graph = builder.done({builder.conv("b", p, 2, 2)});
    const auto points = quantization_points(graph, assign_precisions(graph, always, {}));
    BOOST_REQUIRE(points.size() == 2U);
    BOOST_TEST((points[0].seen == points[0].roots));
    BOOST_TEST((points[1].roots == std::vector<TensorId>{a}));
    BOOST_TEST((points[1].seen == std::vector<TensorId>{p}));
}

// What came through a shared grid is read from it; the root is quantized from its real values for either kind of reader.
BOOST_AUTO_TEST_CASE(depthwise_readers_inside_a_group_read_the_group) {
    GraphBuilder builder;
    const TensorId a = builder.conv("a", builder.input("x", {-1, 2, 4, 4}), 2, 2);
    const TensorId p = builder.node("MaxPool", "p", {a}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
    const TensorId first = builder.conv("d", p, 2, 2, 3, 2);
    BOOST_TEST(points_of(builder.done({first, builder.conv("e", a, 2, 2, 3, 2)})) == "whole x*|whole a* p|depthwise a*");
}

BOOST_AUTO_TEST_CASE(a_residual_is_read_whole_and_its_inner_sum_is_listed) {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId a = builder.conv("a", x, 2, 2);
    const TensorId d = builder.conv("d", a, 2, 2, 3, 2);
    builder.graph.nodes.back().inputs.push_back(a);
    builder.graph.nodes.back().attributes["inner"] = std::string("sum");
    const Graph graph = builder.done({d});
    const auto points = quantization_points(graph, assign_precisions(graph, always, {}));
    BOOST_TEST(text_of(graph, points) == "whole x*|whole a*|depthwise a*|inner sum");
    BOOST_TEST((points.back().node == NodeId{1}));
}

BOOST_AUTO_TEST_CASE(without_int8_operators_there_is_no_point) {
    GraphBuilder builder;
    const Graph graph = builder.done({builder.conv("a", builder.input("x", {-1, 2, 4, 4}), 2, 2)});
    BOOST_TEST(quantization_points(graph, {}).empty());
    const auto never = [](NodeId, Precision) { return false; };
    BOOST_TEST(quantization_points(graph, assign_precisions(graph, never, {})).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
