// Files quantized elsewhere: what their operators are on real numbers, and what is refused.
#include "core/formats/grids/grids.h"
#include "core/passes/passes.h"
#include "tests/core/formats/onnx/onnx_test.h"

#include <algorithm>
#include <map>

namespace octavo {
namespace {

using namespace testing;

template <class T>
std::string values(const std::string& name, std::int32_t type, const std::vector<std::int64_t>& dims, const std::vector<T>& list) {
    return raw_tensor(name, type, dims, std::string(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T)));
}

std::string scalar(const std::string& name, float value) {
    return float_tensor(name, {}, {value});
}

std::string u8(const std::string& name, std::uint8_t value) {
    return values<std::uint8_t>(name, 2, {}, {value});
}

std::string s8(const std::string& name, std::int8_t value) {
    return values<std::int8_t>(name, 3, {}, {value});
}

// x -> Q -> DQ -> Conv with dequantized weights and bias -> Q -> DQ -> y.
ModelParts pairs() {
    ModelParts parts;
    parts.inputs = {value_info("x", {-1, 2, 4, 4})};
    parts.outputs = {value_info("y", {-1, 2, 4, 4})};
    parts.initializers = {scalar("xs", 0.5F),
                          u8("xz", 0),
                          scalar("ys", 0.25F),
                          s8("yz", -28),
                          values<std::int8_t>("w", 3, {2, 2, 1, 1}, {1, -2, 3, 127}),
                          float_tensor("ws", {2}, {0.125F, 2.0F}),
                          values<std::int8_t>("wz", 3, {2}, {0, 0}),
                          values<std::int32_t>("b", 6, {2}, {16, -3}),
                          float_tensor("bs", {2}, {0.0625F, 1.0F})};
    parts.nodes = {node_proto("QuantizeLinear", "qx", {"x", "xs", "xz"}, {"xq"}),
                   node_proto("DequantizeLinear", "dx", {"xq", "xs", "xz"}, {"xr"}),
                   node_proto("DequantizeLinear", "dw", {"w", "ws", "wz"}, {"wr"}, {int_attribute("axis", 0)}),
                   node_proto("DequantizeLinear", "db", {"b", "bs"}, {"br"}, {int_attribute("axis", 0)}),
                   node_proto("Conv", "conv", {"xr", "wr", "br"}, {"c"}),
                   node_proto("QuantizeLinear", "qy", {"c", "ys", "yz"}, {"yq"}),
                   node_proto("DequantizeLinear", "dy", {"yq", "ys", "yz"}, {"y"})};
    return parts;
}

// The same in operators on integers.
ModelParts integers() {
    ModelParts parts = pairs();
    parts.nodes = {node_proto("QuantizeLinear", "qx", {"x", "xs", "xz"}, {"xq"}),
                   node_proto("QLinearConv", "conv", {"xq", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, {"yq"}),
                   node_proto("DequantizeLinear", "dy", {"yq", "ys", "yz"}, {"y"})};
    return parts;
}

struct Understood {
    Graph graph;
    Grids grids;
    Plan plan;
};

Understood understood(const std::string& bytes) {
    Understood found{read_valid(bytes), {}, {}};
    Result<Grids> grids = take_grids(found.graph);
    BOOST_REQUIRE_MESSAGE(grids, (grids ? "" : grids.error().message()));
    BOOST_REQUIRE(run_passes(found.graph));
    BOOST_REQUIRE(fuse_residuals(found.graph));
    std::optional<Plan> plan = plan_from(found.graph, *grids);
    BOOST_REQUIRE(plan);
    found.grids = *grids;
    found.plan = *plan;
    return found;
}

std::string ops_of(const Graph& graph) {
    std::string text;
    for (const Node& node : graph.nodes) text += (text.empty() ? "" : " ") + node.op;
    return text;
}

void check_grid(const Grids& grids, const std::string& tensor, float scale, std::int32_t zero_point) {
    BOOST_REQUIRE_MESSAGE(grids.contains(tensor), tensor);
    const Quantization& grid = *grids.at(tensor).whole;
    BOOST_TEST(grid.scale.at(0) == scale, boost::test_tools::tolerance(1e-5F));
    BOOST_TEST(grid.zero_point.at(0) == zero_point);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quantized_elsewhere)

BOOST_AUTO_TEST_CASE(both_forms_say_graph_and_plan) {
    for (const ModelParts& parts : {pairs(), integers()}) {
        const Understood found = understood(model_proto(parts));
        BOOST_REQUIRE_EQUAL(ops_of(found.graph), "Conv");
        const Node& conv = found.graph.nodes[0];
        const auto weight = found.graph[conv.inputs[1]].data.as<float>();
        const auto bias = found.graph[conv.inputs[2]].data.as<float>();
        const std::vector<float> weights = {0.125F, -0.25F, 6, 254}, biases = {1, -3};
        BOOST_TEST(weight == weights, boost::test_tools::per_element());
        BOOST_TEST(bias == biases, boost::test_tools::per_element());
        check_grid(found.grids, "x", 0.5F, 0);
        check_grid(found.grids, "y", 0.25F, 100);  // s8 codes are 128 below u8 ones
        BOOST_TEST((found.plan.operators.at("conv").precision == Precision::int8));
    }
}

// A difference of two of them needs 33.
BOOST_AUTO_TEST_CASE(codes_and_zero_points_may_have_32_bits) {
    constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
    ModelParts parts = pairs();
    parts.initializers[7] = values<std::int32_t>("b", 6, {2}, {384, kLeast});
    parts.initializers.push_back(values<std::int32_t>("bz", 6, {2}, {kLeast, 1}));
    parts.nodes[3] = node_proto("DequantizeLinear", "db", {"b", "bs", "bz"}, {"br"}, {int_attribute("axis", 0)});
    const Understood found = understood(model_proto(parts));
    const std::vector<float> biases = {134217752.0F, -2147483648.0F};
    BOOST_TEST(found.graph[found.graph.nodes[0].inputs[2]].data.as<float>() == biases, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(weights_that_a_quantize_linear_rounds_are_rounded) {
    ModelParts parts = pairs();
    parts.initializers[4] = float_tensor("w", {2, 2, 1, 1}, {0.13F, -0.24F, 5.1F, 300});
    parts.nodes[2] = node_proto("DequantizeLinear", "dw", {"wq", "ws", "wz"}, {"wr"}, {int_attribute("axis", 0)});
    parts.nodes.push_back(node_proto("QuantizeLinear", "qw", {"w", "ws", "wz"}, {"wq"}, {int_attribute("axis", 0)}));
    const Understood found = understood(model_proto(parts));
    const std::vector<float> weights = {0.125F, -0.25F, 6, 254};
    BOOST_TEST(found.graph[found.graph.nodes[0].inputs[1]].data.as<float>() == weights, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clip_that_the_grid_implies_is_said) {
    ModelParts parts = pairs();
    parts.initializers[3] = s8("yz", -128);
    const Understood found = understood(model_proto(parts));
    BOOST_REQUIRE_EQUAL(ops_of(found.graph), "Conv");
    BOOST_TEST(attribute_or(found.graph.nodes[0], "activation", std::string()) == "clip");
    BOOST_TEST(attribute_or(found.graph.nodes[0], "activation_beta", 0.0F) == 63.75F);
}

BOOST_AUTO_TEST_CASE(operators_of_onnx_runtime_are_real_ones_between_grids) {
    const std::map<std::string, std::pair<std::string, std::vector<std::string>>> kinds = {
        {"QLinearAdd", {"Add", {"q", "xs", "xz", "q", "xs", "xz", "ys", "yz"}}},
        {"QLinearMul", {"Mul", {"q", "xs", "xz", "q", "xs", "xz", "ys", "yz"}}},
        {"QLinearConcat", {"Concat", {"ys", "yz", "q", "xs", "xz", "q", "xs", "xz"}}},
        {"QLinearSigmoid", {"Sigmoid", {"q", "xs", "xz", "ys", "yz"}}},
        {"QLinearLeakyRelu", {"LeakyRelu", {"q", "xs", "xz", "ys", "yz"}}},
        {"QLinearGlobalAveragePool", {"GlobalAveragePool", {"q", "xs", "xz", "ys", "yz"}}},
    };
    for (const auto& [op, expected] : kinds) {
        ModelParts parts;
        parts.inputs = {value_info("x", {1, 2, 4, 4})};
        parts.outputs = {value_info("y", {1, 2, 4, 4})};
        parts.initializers = {scalar("xs", 0.5F), u8("xz", 128), scalar("ys", 0.25F), u8("yz", 7)};
        std::vector<std::string> attributes;
        if (op == "QLinearConcat") attributes.push_back(int_attribute("axis", 1));
        parts.nodes = {node_proto("QuantizeLinear", "q", {"x", "xs", "xz"}, {"q"}),
                       node_proto(op, "op", expected.second, {"r"}, attributes, "com.microsoft"),
                       node_proto("DequantizeLinear", "d", {"r", "ys", "yz"}, {"y"})};
        Graph graph = read_valid(model_proto(parts));
        const Result<Grids> grids = take_grids(graph);
        BOOST_REQUIRE_MESSAGE(grids, op << ": " << (grids ? "" : grids.error().message()));
        BOOST_TEST(grids->contains("x"));
        BOOST_TEST(grids->size() == 2);
        BOOST_REQUIRE(run_passes(graph));
        BOOST_TEST(ops_of(graph) == expected.first);
    }
}

BOOST_AUTO_TEST_CASE(codes_that_come_from_outside_are_made_real) {
    ModelParts parts = pairs();
    parts.inputs = {value_info("x", {1, 2, 4, 4}, 2)};
    parts.initializers[1] = u8("xz", 3);
    parts.nodes.erase(parts.nodes.begin());
    parts.nodes[0] = node_proto("DequantizeLinear", "dx", {"x", "xs", "xz"}, {"xr"});
    BOOST_TEST(ops_of(read_valid(model_proto(parts))) == "Cast Sub Mul Identity Identity Identity Conv FakeQuantize");
}

BOOST_AUTO_TEST_CASE(codes_read_by_another_scale_are_rescaled) {
    for (const bool is_integer : {false, true}) {
        ModelParts parts = is_integer ? integers() : pairs();
        parts.initializers.push_back(scalar("other", 2.0F));
        parts.nodes[1] = is_integer ? node_proto("QLinearConv", "conv", {"xq", "other", "xz", "w", "ws", "wz", "ys", "yz", "b"}, {"yq"})
                                    : node_proto("DequantizeLinear", "dx", {"xq", "other", "xz"}, {"xr"});
        const Graph graph = read_valid(model_proto(parts));
        const auto factor = std::find_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return node.op == "Mul"; });
        BOOST_REQUIRE(factor != graph.nodes.end());
        BOOST_TEST(graph[factor->inputs[1]].data.as<float>()[0] == 4.0F);
    }
    ModelParts moved = pairs();  // the scale is remembered through what moves codes
    moved.initializers.push_back(scalar("other", 2.0F));
    moved.nodes[1] = node_proto("Identity", "same", {"xq"}, {"pq"});
    moved.nodes.insert(moved.nodes.begin() + 2, node_proto("DequantizeLinear", "dx", {"pq", "other", "xz"}, {"xr"}));
    BOOST_TEST(ops_of(read_valid(model_proto(moved))).find(" Mul ") != std::string::npos);
    ModelParts parts = pairs();
    parts.initializers.push_back(u8("other", 1));
    parts.nodes[1] = node_proto("DequantizeLinear", "dx", {"xq", "xs", "other"}, {"xr"});
    BOOST_TEST(refusal(model_proto(parts)) ==
               "m.onnx: DequantizeLinear 'dx': 'xq' was quantized with another zero point, or other scales by channel");
}

BOOST_AUTO_TEST_CASE(what_is_no_grid_of_ours_is_refused) {
    const auto refused = [](std::size_t initializer, const std::string& instead) {
        ModelParts parts = pairs();
        parts.initializers[initializer] = instead;
        return refusal(model_proto(parts));
    };
    BOOST_TEST(refused(0, scalar("xs", 0)) == "m.onnx: QuantizeLinear 'qx': a scale is 0.000000, expected a number above 0");
    BOOST_TEST(refused(1, values<std::uint8_t>("xz", 2, {2}, {1, 2})) ==
               "m.onnx: QuantizeLinear 'qx': scales and zero points differ in number");
    BOOST_TEST(refused(5, float_tensor("ws", {3}, {1, 1, 1})) == "m.onnx: DequantizeLinear 'dw': scales and zero points differ in number");
    BOOST_TEST(refused(8, float_tensor("bs", {3}, {1, 1, 1})) ==
               "m.onnx: DequantizeLinear 'db': 'b' has another number of channels than of scales");

    ModelParts parts = pairs();
    parts.nodes[4] = node_proto("Conv", "conv", {"xq", "wr", "br"}, {"c"});
    BOOST_TEST(refusal(model_proto(parts)) == "m.onnx: Conv 'conv': it reads a quantized tensor, expected a DequantizeLinear between");
    parts = pairs();
    parts.outputs = {value_info("yq", {1, 2, 4, 4}, 3)};
    BOOST_TEST(refusal(model_proto(parts)) == "m.onnx: output 'yq' is quantized, expected real numbers: put a DequantizeLinear behind it");
    parts = pairs();
    parts.nodes[0] = node_proto("QuantizeLinear", "qx", {"x", "x", "xz"}, {"xq"});
    BOOST_TEST(refusal(model_proto(parts)) == "m.onnx: QuantizeLinear 'qx': input 1 is no constant scale");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace octavo
