// Device `openvino` against `reference`: another engine means the same by a graph and by a plan. In fp32 within rounding; grids computed
// in floating point within a step at ties, since OpenVINO rounds by another formula; its int8 kernels near that.
#include "tests/support/random_network.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

using namespace octavo;
using namespace octavo::testing;

namespace {

boost::test_tools::assertion_result is_built(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result built(std::filesystem::exists(std::string(OCTAVO_BINARY_DIR) + "/lib/octavo/devices/openvino.so"));
    built.message() << "device openvino was not built, OpenVINO was not found";
    return built;
}

DeviceHandle emulation() {
    return device("openvino", {{"emulate", true}});
}

std::vector<std::string> outputs_of_nodes(const Graph& graph) {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.push_back(graph[node.outputs[0]].name);
    return names;
}

// Of all tapped values, how many are further apart than rounding.
double share_apart(const Run& expected, const Run& found) {
    std::size_t apart = 0, count = 0;
    for (const auto& [name, values] : expected.taps) {
        const std::vector<float>& others = found.taps.at(name);
        float span = 0;
        for (const float x : values) span = std::max(span, std::abs(x));
        for (std::size_t i = 0; i < values.size(); ++i) apart += std::abs(values[i] - others[i]) > 1e-4F * span;
        count += values.size();
    }
    return static_cast<double>(apart) / static_cast<double>(count);
}

// One operator on one input, with constants behind it.
struct Case {
    const char* op;
    Shape input;
    Attributes attributes;
    std::vector<std::vector<std::int64_t>> integers = {};
    std::vector<std::vector<float>> reals = {};  // behind those; one number is a scalar
};

using Ints = std::vector<std::int64_t>;
using Text = std::string;

const std::vector<Case> kCases = {
    {"Abs", {2, 3, 4}, {}},
    {"Ceil", {2, 3, 4}, {}},
    {"Exp", {2, 3, 4}, {}},
    {"Floor", {2, 3, 4}, {}},
    {"Neg", {2, 3, 4}, {}},
    {"Round", {2, 3, 4}, {}},
    {"Sign", {2, 3, 4}, {}},
    {"Tanh", {2, 3, 4}, {}},
    {"Erf", {2, 3, 4}, {}},
    {"Mish", {2, 3, 4}, {}},
    {"Softplus", {2, 3, 4}, {}},
    {"Relu", {2, 3, 4}, {}},
    {"Sigmoid", {2, 3, 4}, {}},
    {"Silu", {2, 3, 4}, {}},
    {"HardSwish", {2, 3, 4}, {}},
    {"HardSigmoid", {2, 3, 4}, {{"alpha", 1.0F / 6}, {"beta", 0.4F}}},
    {"HardSigmoid", {2, 3, 4}, {{"alpha", 1.0F / 6}, {"beta", 0.5F}}},
    {"LeakyRelu", {2, 3, 4}, {{"alpha", 0.3F}}},
    {"Elu", {2, 3, 4}, {{"alpha", 0.7F}}},
    {"Selu", {2, 3, 4}, {}},
    {"Swish", {2, 3, 4}, {{"alpha", 1.5F}}},
    {"Gelu", {2, 3, 4}, {{"approximate", Text("tanh")}}},
    {"Gelu", {2, 3, 4}, {}},
    {"Softmax", {2, 3, 4, 5}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}}},
    {"Softmax", {2, 3, 4, 5}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{11}}}},
    {"Softmax", {2, 3, 4, 5}, {{"axis", std::int64_t{0}}, {"opset", std::int64_t{11}}}},
    {"LogSoftmax", {2, 3, 4}, {{"axis", std::int64_t{-1}}, {"opset", std::int64_t{13}}}},
    {"LRN", {2, 7, 4, 5}, {{"size", std::int64_t{5}}, {"alpha", 0.3F}, {"beta", 0.75F}, {"bias", 1.0F}}},
    {"LRN", {2, 7, 4, 5}, {{"size", std::int64_t{5}}, {"alpha", 2.0F}, {"beta", 0.7F}, {"bias", 1.5F}}},
    {"LpNormalization", {2, 7, 4}, {{"axis", std::int64_t{1}}}},
    {"LpNormalization", {2, 7, 4}, {{"axis", std::int64_t{-1}}, {"p", std::int64_t{1}}}},
    {"ReduceMean", {2, 3, 4, 5}, {{"axes", Ints{2, 3}}}},
    {"ReduceMax", {2, 3, 4, 5}, {{"axes", Ints{-1}}, {"keepdims", std::int64_t{0}}}},
    {"ReduceSum", {2, 3, 4, 5}, {}, {{1, 3}}},
    {"ReduceL1", {2, 3, 4}, {}},
    {"ReduceL2", {2, 3, 4}, {{"axes", Ints{1}}}},
    {"ReduceProd", {2, 3, 4}, {{"axes", Ints{1}}}},
    {"ReduceMin", {2, 3, 4}, {{"axes", Ints{1}}}},
    {"ReduceSumSquare", {2, 3, 4}, {{"axes", Ints{1}}}},
    {"GlobalMaxPool", {2, 3, 4, 5}, {}},
    {"GlobalAveragePool", {2, 3, 4, 5}, {}},
    {"MaxPool", {2, 3, 9, 8}, {{"kernel_shape", Ints{3, 2}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}}},
    {"MaxPool", {2, 3, 9}, {{"kernel_shape", Ints{3}}, {"dilations", Ints{2}}, {"pads", Ints{1, 2}}}},
    {"AveragePool", {2, 3, 9, 8}, {{"kernel_shape", Ints{3, 3}}, {"auto_pad", Text("SAME_UPPER")}, {"strides", Ints{2, 2}}}},
    {"AveragePool",
     {2, 3, 8, 8},
     {{"kernel_shape", Ints{3, 3}},
      {"strides", Ints{2, 2}},
      {"pads", Ints{1, 1, 0, 0}},
      {"ceil_mode", std::int64_t{1}},
      {"count_include_pad", std::int64_t{1}}}},
    {"Reshape", {2, 3, 4}, {}, {{0, -1}}},
    {"Flatten", {2, 3, 4, 5}, {{"axis", std::int64_t{2}}}},
    {"Squeeze", {2, 1, 4}, {}, {{1}}},
    {"Unsqueeze", {2, 3}, {}, {{0, 3}}},
    {"Identity", {2, 3}, {}},
    {"Transpose", {2, 3, 4, 5}, {{"perm", Ints{0, 2, 3, 1}}}},
    {"Transpose", {2, 3, 4}, {}},
    {"Slice", {2, 9, 4}, {}, {{-1, 0}, {-100, 3}, {1, 2}, {-2, 1}}},
    {"Slice", {2, 9, 4}, {{"starts", Ints{1}}, {"ends", Ints{100}}, {"axes", Ints{1}}}},
    {"Tile", {2, 3}, {}, {{2, 3}}},
    {"Expand", {2, 1, 3}, {}, {{2, 4, 3}}},
    {"Gather", {2, 5, 3}, {{"axis", std::int64_t{1}}}, {{4, -5, 0}}},
    {"DepthToSpace", {1, 12, 2, 3}, {{"blocksize", std::int64_t{2}}, {"mode", Text("CRD")}}},
    {"DepthToSpace", {1, 12, 2, 3}, {{"blocksize", std::int64_t{2}}}},
    {"SpaceToDepth", {1, 3, 4, 6}, {{"blocksize", std::int64_t{2}}}},
    {"Pad", {1, 2, 4, 5}, {}, {{0, 0, 1, 2, 0, 0, 2, 1}}, {{0.5F}}},
    {"Pad", {1, 2, 4, 5}, {{"mode", Text("reflect")}}, {{0, 0, 1, 2, 0, 0, 2, 1}}},
    {"Pad", {1, 2, 4, 5}, {{"mode", Text("edge")}}, {{0, 0, -1, 2, 0, 0, 2, 1}}},
    {"Clip", {2, 3, 4}, {{"min", -0.5F}, {"max", 0.7F}}},
    {"Upsample", {1, 2, 3, 4}, {}, {}, {{1, 1, 2, 3}}},
    {"Upsample", {1, 2, 3, 4}, {{"mode", Text("linear")}}, {}, {{1, 1, 2, 3}}},
    {"Resize", {1, 2, 6, 4}, {}, {}, {{1, 1, 0.4F, 1.7F}}},
    {"Pow", {2, 3, 4}, {}, {{3}}},
    {"ScaleShift", {2, 3, 4, 5}, {}, {}, {{1, 2, 3}, {-1, 0, 1}}},
    {"InstanceNormalization", {2, 3, 4, 5}, {}, {}, {{1, 2, 3}, {-1, 0, 1}}},
    {"BatchNormalization", {2, 3, 4, 5}, {}, {}, {{1, 2, 3}, {-1, 0, 1}, {0.5F, 0, 1}, {1, 2, 0.5F}}},
    {"PRelu", {2, 3, 4}, {}, {}, {{0.1F, 0.2F, 0.3F, 0.4F}}},
    {"FakeQuantize", {2, 3, 4}, {{"levels", std::int64_t{256}}}, {}, {{-1}, {1.5F}, {-1}, {1.5F}}},
};

Graph graph_of(const Case& one) {
    GraphBuilder builder;
    std::vector<TensorId> inputs = {builder.input("x", one.input)};
    for (const Ints& list : one.integers) inputs.push_back(builder.integers("integers" + std::to_string(inputs.size()), list));
    for (const std::vector<float>& list : one.reals) {
        const Shape shape = list.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(list.size())};
        inputs.push_back(builder.constant("reals" + std::to_string(inputs.size()), shape, list));
    }
    return builder.done({builder.node(one.op, "y", inputs, one.attributes)}, 1);
}

std::string refusal_of(const DeviceHandle& device, const Graph& graph, octavo_precision precision) {
    const FlatGraph flat(graph);
    const auto node = static_cast<std::int32_t>(graph.nodes.size()) - 1;
    const Result<void> answer = device.can_run(flat.view(), node, precision);
    return answer ? "" : answer.error().message();
}

// Files of that name which this process has mapped.
std::set<std::string> mapped(const std::string& name) {
    std::ifstream maps("/proc/self/maps");
    std::set<std::string> files;
    for (std::string line; std::getline(maps, line);)
        if (line.find("/" + name) != std::string::npos) files.insert(line.substr(line.find('/')));
    return files;
}

// Both engines at once, each with threads of its own, after loading them in this order. That is the order in which they come into the
// process where the case runs alone, as its entries in CTest do.
void run_side_by_side(const std::vector<std::string>& order) {
    std::vector<std::string> files;
    for (const std::string& name : order) files.push_back(std::string(OCTAVO_BINARY_DIR) + "/lib/octavo/devices/" + name + ".so");
    const Registry registry = load_plugins(files);
    const Graph graph = random_network(5, {2});
    std::mt19937 random(5);
    const Tensors inputs = random_inputs(graph, random);
    const Run expected = run_on(device("reference"), graph, nullptr, inputs);
    std::vector<float> apart(order.size(), 0.0F);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const LoadedPlugin* plugin = registry.find(OCTAVO_DEVICE, order[i]);
        BOOST_REQUIRE_MESSAGE(plugin, order[i] << " was refused");
        std::vector<Finding> findings;
        threads.emplace_back([&, i, handle = must(DeviceHandle::create(*plugin, check_parameters(*plugin, {}, {}, findings)))] {
            for (int round = 0; round < 20; ++round)
                apart[i] = std::max(apart[i], worst_share(expected.outputs[0], run_on(handle, graph, nullptr, inputs).outputs[0]));
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < order.size(); ++i) BOOST_TEST(apart[i] < 1e-4F, order[i]);
    BOOST_TEST(mapped("libtbb.so.12").size() == 1U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(openvino, *boost::unit_test::precondition(is_built))

BOOST_AUTO_TEST_CASE(operators_are_those_of_the_table) {
    const DeviceHandle reference = device("reference"), other = device("openvino");
    for (std::size_t i = 0; i < kCases.size(); ++i) {
        const Graph graph = graph_of(kCases[i]);
        std::mt19937 random(static_cast<std::uint32_t>(i));
        const Tensors inputs = random_inputs(graph, random);
        BOOST_TEST_CONTEXT("case " << i << ", " << kCases[i].op) {
            const Run expected = run_on(reference, graph, nullptr, inputs), found = run_on(other, graph, nullptr, inputs);
            BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) < 1e-5F);
        }
    }
}

BOOST_AUTO_TEST_CASE(random_networks_and_their_taps_are_the_same_in_fp32) {
    const DeviceHandle reference = device("reference"), other = device("openvino");
    for (MakeNetwork* const make : kNetworks)
        for (std::uint32_t seed = 1; seed <= 60; ++seed) {
            const Graph graph = make(seed, {1 + seed % 3});
            std::mt19937 random(seed);
            const Tensors inputs = random_inputs(graph, random);
            const std::vector<std::string> all = outputs_of_nodes(graph);
            const Run expected = run_on(reference, graph, nullptr, inputs, all), found = run_on(other, graph, nullptr, inputs, all);
            for (std::size_t o = 0; o < expected.outputs.size(); ++o)
                BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) < 1e-4F, "seed " << seed << ", output " << o);
            for (const auto& [name, values] : expected.taps)
                BOOST_TEST(worst_share(values, found.taps.at(name)) < 1e-4F, "seed " << seed << ", tap '" << name << "'");
        }
}

BOOST_AUTO_TEST_CASE(emulation_keeps_the_grids_of_a_plan) {
    const DeviceHandle reference = device("reference"), other = emulation();
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        const Graph graph = random_network(seed, {1});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(reference, graph, inputs);
        const std::vector<std::string> all = outputs_of_nodes(graph);
        const Run expected = run_on(reference, graph, &plan, inputs, all), found = run_on(other, graph, &plan, inputs, all);
        BOOST_TEST(share_apart(expected, found) < 0.02, "seed " << seed);
        for (const auto& [name, values] : expected.taps)
            BOOST_TEST(worst_share(values, found.taps.at(name)) < 0.02F, "seed " << seed << ", tap '" << name << "'");
    }
}

// OpenVINO loses the strides of such a convolution; where a later one does not, its results must be right.
BOOST_AUTO_TEST_CASE(a_wrong_shape_of_openvino_is_an_error_and_nothing_is_overwritten) {
    NetworkBuilder net(1);
    const auto transposed = [&](TensorId x, std::vector<std::int64_t> perm) {
        return net.node("Transpose", {x}, {{"perm", std::move(perm)}});
    };
    const auto convolved = [&](TensorId x, std::int64_t channels, std::int64_t stride) {
        return net.node("Conv", {x, net.random_constant({7, channels, 1, 1}, 0.3F), net.random_constant({7}, 0.3F)},
                        {{"strides", std::vector<std::int64_t>{stride, stride}}});
    };
    const TensorId rows = transposed(convolved(net.input({1, 18, 7, 3}), 18, 1), {0, 2, 3, 1});
    const TensorId y = net.node("Gemm", {rows, net.random_constant({7, 11}, 0.3F), net.random_constant({11}, 0.3F)});
    const TensorId strided = convolved(transposed(y, {0, 3, 1, 2}), 11, 2);
    const Graph graph = net.finish({strided, net.node("Flatten", {net.node("GlobalAveragePool", {strided})})});
    std::mt19937 random(1);
    const Tensors inputs = random_inputs(graph, random);
    const Result<Session> session = Session::compile(device("openvino"), graph, nullptr, {}, {});
    if (session) {
        const Run expected = run_on(device("reference"), graph, nullptr, inputs),
                  found = run_on(device("openvino"), graph, nullptr, inputs);
        BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) < 1e-4F);
    } else {
        BOOST_TEST(session.error().message().find("OpenVINO computes an output of shape [1,7,7,3] where the model says [1,7,4,2]") !=
                   std::string::npos);
    }
}

// Codes within -63..63 cannot saturate below VNNI.
BOOST_AUTO_TEST_CASE(int8_kernels_run_and_are_near_the_plan) {
    const DeviceHandle reference = device("reference"), other = device("openvino");
    std::size_t in_int8 = 0;
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        const Graph graph = random_network(seed, {1});
        std::mt19937 random(seed);
        const Tensors inputs = random_inputs(graph, random);
        const Plan plan = plan_for(other, graph, inputs, 63.0F);
        const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(other, graph, &plan, inputs);
        for (std::size_t o = 0; o < expected.outputs.size(); ++o)
            BOOST_TEST(worst_share(expected.outputs[o], found.outputs[o]) < 0.02F, "seed " << seed << ", output " << o);
        for (const OperatorTime& step : found.operators) in_int8 += step.op == "Conv" && step.precision == OCTAVO_INT8;
    }
    BOOST_TEST(in_int8 > 60U);
}

BOOST_AUTO_TEST_CASE(a_product_of_rows_keeps_the_grids_of_a_plan) {
    const DeviceHandle reference = device("reference");
    for (const DeviceHandle& other : {emulation(), device("openvino")})
        for (std::uint32_t seed = 1; seed <= 40; ++seed) {
            const Graph graph = network_of_one_product(seed);
            std::mt19937 random(seed);
            const Tensors inputs = random_inputs(graph, random);
            const Plan plan = plan_for(other, graph, inputs, 63.0F);
            const Run expected = run_on(reference, graph, &plan, inputs), found = run_on(other, graph, &plan, inputs);
            BOOST_TEST(worst_share(expected.outputs[0], found.outputs[0]) < 0.02F, "seed " << seed);
        }
}

BOOST_AUTO_TEST_CASE(profiled_steps_have_the_names_of_nodes_and_times) {
    const Graph graph = random_network(4, {1});
    std::mt19937 random(1);
    CompileOptions options;
    options.profile = true;
    Session session = must(Session::compile(device("openvino"), graph, nullptr, options, {}));
    BOOST_REQUIRE(session.run(as_bytes(random_inputs(graph, random)), {}));
    double milliseconds = 0;
    std::size_t convolutions = 0;
    for (const OperatorTime& step : session.executable().operators()) {
        milliseconds += step.milliseconds;
        convolutions += step.op == "Conv" && find_node(graph, step.name);
    }
    BOOST_TEST(milliseconds > 0);
    BOOST_TEST(convolutions > 0U);
}

BOOST_AUTO_TEST_CASE(what_has_no_row_or_no_such_form_is_refused_by_name) {
    const DeviceHandle other = device("openvino");
    BOOST_TEST(refusal_of(other, graph_of({"Celu", {2, 3}, {}}), OCTAVO_FP32) ==
               "Celu 'y': device openvino has no such operator, use device onednn or reference");
    BOOST_TEST(refusal_of(other, graph_of({"Pad", {1, 2, 4, 5}, {{"mode", Text("wrap")}}, {{0, 0, 1, 2, 0, 0, 2, 1}}}), OCTAVO_FP32) ==
               "Pad 'y': device openvino cannot pad with the other side");
    const Case smooth = {"Resize",
                         {1, 2, 4, 4},
                         {{"mode", Text("linear")}, {"antialias", std::int64_t{1}}},
                         {},
                         {{0, 0, 0, 0, 1, 1, 1, 1}, {1, 1, 0.5F, 1}}};
    BOOST_TEST(refusal_of(other, graph_of(smooth), OCTAVO_FP32) ==
               "Resize 'y': device openvino has other weights where a Resize is antialiased");
    BOOST_TEST(refusal_of(other, graph_of({"Relu", {2, 3}, {}}), OCTAVO_BF16) ==
               "Relu 'y': device openvino computes in fp32 and int8 only");
    BOOST_TEST(refusal_of(other, graph_of({"Softmax", {2, 3}, {}}), OCTAVO_INT8) == "Softmax 'y': it has no int8 form");
    BOOST_TEST(refusal_of(other, graph_of({"Relu", {2, 3}, {}}), OCTAVO_INT8) == "");
    const Graph graph = graph_of({"Celu", {2, 3}, {}});
    const auto compiled = Session::compile(other, graph, nullptr, {}, {});
    BOOST_REQUIRE(!compiled);
    BOOST_TEST(compiled.error().message().find("Celu 'y': device openvino has no such operator") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(runs_beside_onednn_loaded_after_it) {
    run_side_by_side({"onednn", "openvino"});
}

BOOST_AUTO_TEST_CASE(runs_beside_onednn_loaded_before_it) {
    run_side_by_side({"openvino", "onednn"});
}

BOOST_AUTO_TEST_SUITE_END()
