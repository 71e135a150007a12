// Every layer shape of the nine topologies (build/models/topologies, made by `./dev models`) on its own: random weights and input of the
// layer's shape, a plan made for them, `onednn` against `reference` bit for bit. Large pictures are cut to a band of rows where the shape
// along the band does not matter to the kernels' choice: batch, width, channels and window stay.
#include "core/formats/onnx/reader.h"
#include "core/passes/passes.h"
#include "tests/support/networks.h"

#include <filesystem>
#include <set>

using namespace octavo;
using namespace octavo::testing;

namespace {

// What makes two layers the same to a kernel.
std::string signature(const Graph& graph, const Node& node) {
    std::string text = node.op;
    for (const TensorId id : node.inputs) {
        text += id == TensorId::none ? " -" : graph[id].is_constant() ? " c" : " t";
        if (id != TensorId::none)
            for (const std::int64_t d : graph[id].shape) text += "x" + std::to_string(d);
    }
    for (const auto& [name, value] : node.attributes) {
        if (name == "inner") continue;
        text += " " + name + "=";
        if (const auto* i = std::get_if<std::int64_t>(&value)) text += std::to_string(*i);
        if (const auto* f = std::get_if<float>(&value)) text += std::to_string(*f);
        if (const auto* s = std::get_if<std::string>(&value)) text += *s;
        if (const auto* v = std::get_if<std::vector<std::int64_t>>(&value))
            for (const std::int64_t x : *v) text += std::to_string(x) + ",";
    }
    return text;
}

constexpr std::int64_t kMostMultiplyAdds = 300'000'000;  // of the slow reference, a layer

std::int64_t rows_that_fit(const Graph& graph, const Node& node) {
    const Shape &in = graph[node.inputs[0]].shape, &out = graph[node.outputs[0]].shape;
    if (node.op != "Conv" || in.size() != 4) return in.size() == 4 ? in[2] : 0;
    const std::int64_t each = element_count(out) * element_count(graph[node.inputs[1]].shape) / out[1];
    if (each <= kMostMultiplyAdds || node.inputs.size() > 3) return in[2];
    return std::max<std::int64_t>(graph[node.inputs[1]].shape[2] * 4 + 8, in[2] * kMostMultiplyAdds / each);
}

// The node alone: its activations become inputs, its constants random, and a 1x1 convolution behind it asks for its result in int8.
Graph alone(const Graph& graph, const Node& node, std::uint32_t seed) {
    NetworkBuilder net(seed);
    std::vector<TensorId> inputs;
    std::map<TensorId, TensorId> seen;
    const std::int64_t rows = rows_that_fit(graph, node);
    for (const TensorId id : node.inputs) {
        if (id == TensorId::none) {
            inputs.push_back(id);
        } else if (graph[id].is_constant()) {
            const Tensor& constant = graph[id];
            if (constant.type != OCTAVO_F32) {
                inputs.push_back(net.constant(constant));
            } else {
                const float fan = static_cast<float>(element_count(constant.shape) /
                                                     std::max<std::int64_t>(1, constant.shape.empty() ? 1 : constant.shape[0]));
                inputs.push_back(net.random_constant(constant.shape, constant.shape.size() > 1 ? 1.0F / std::sqrt(fan) : 0.3F));
            }
        } else {
            Shape shape = graph[id].shape;
            if (shape.size() == 4 && shape[2] == graph[node.inputs[0]].shape[2]) shape[2] = rows;
            if (!seen.contains(id)) seen[id] = net.input(shape);
            inputs.push_back(seen[id]);
        }
    }
    const TensorId out = net.node(node.op, inputs, node.attributes);
    const Shape& shape = graph[node.outputs[0]].shape;
    if (shape.size() != 4) return net.finish({out});
    const TensorId reader = net.node("Conv", {out, net.random_constant({4, shape[1], 1, 1}, 0.1F), net.random_constant({4}, 0.1F)});
    return net.finish({out, reader});
}

std::vector<std::filesystem::path> topologies() {
    std::vector<std::filesystem::path> found;
    const std::filesystem::path folder = std::filesystem::path(OCTAVO_SOURCE_DIR) / "build/models/topologies";
    if (std::filesystem::is_directory(folder))
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() == ".onnx") found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(devices_agree)

BOOST_AUTO_TEST_CASE(in_int8_bit_for_bit_on_every_layer_shape_of_the_nine_topologies) {
    const std::vector<std::filesystem::path> paths = topologies();
    if (paths.empty()) {
        BOOST_TEST_MESSAGE("skipped: no build/models/topologies ('./dev models' makes them from ../shared)");
        return;
    }
    const DeviceHandle reference = device("reference"), fast = device("onednn");
    std::set<std::string> done;
    std::uint32_t seed = 0;
    std::size_t int8 = 0;
    for (const auto& path : paths) {
        Graph graph = must(read_onnx(path.string()));
        BOOST_REQUIRE(run_passes(graph));
        BOOST_REQUIRE(fuse_residuals(graph));
        for (const Node& node : graph.nodes) {
            if (graph[node.outputs[0]].type != OCTAVO_F32 || !done.insert(signature(graph, node)).second) continue;
            const Graph layer = alone(graph, node, ++seed);
            std::mt19937 random(seed);
            const Tensors inputs = random_inputs(layer, random);
            for (const float weight_levels : {127.0F, 64.0F}) {  // below VNNI two kernels
                const Plan plan = plan_for(fast, layer, inputs, weight_levels);
                if (plan.operators.at(layer.nodes[0].name).precision != Precision::int8) break;
                const Run expected = run_on(reference, layer, &plan, inputs), found = run_on(fast, layer, &plan, inputs);
                for (std::size_t o = 0; o < expected.outputs.size(); ++o) {
                    const Difference d = bit_difference(expected.outputs[o], found.outputs[o]);
                    BOOST_TEST(d.count == 0U, path.stem().string()
                                                  << " " << signature(graph, node) << ", output " << o << ": " << d.count << " of "
                                                  << expected.outputs[o].size() << " differ: " << d.expected << " != " << d.found);
                }
                ++int8;
            }
        }
    }
    BOOST_TEST_MESSAGE(done.size() << " layer shapes, " << int8 << " comparisons in int8, on " << fast.isa());
    BOOST_TEST(int8 > 400U);
}

BOOST_AUTO_TEST_SUITE_END()
