// Small graphs and plans for tests of devices: NetworkBuilder strings operators together, `plan_for` quantizes whatever can be quantized
// with ranges taken from a run on the same inputs, `run_on` executes on a device by name.
#pragma once

#include "core/graph/graph.h"
#include "core/pipeline/session.h"
#include "core/plan/rules.h"
#include "core/plugins/find.h"
#include "core/plugins/handles.h"
#include "core/plugins/registry.h"
#include "tests/support/graph_builder.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>

namespace octavo::testing {

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message());
    return std::move(result).value();
}

inline DeviceHandle device(const std::string& name, const boost::json::object& parameters = {}) {
    static const Registry registry = [] {
        const PluginSearch search{std::string(OCTAVO_BINARY_DIR) + "/bin", {}, ""};
        return load_plugins(find_plugin_libraries(search));
    }();
    const LoadedPlugin* plugin = registry.find(OCTAVO_DEVICE, name);
    if (!plugin) throw std::runtime_error("device '" + name + "' was not built");
    std::vector<Finding> findings;
    return must(DeviceHandle::create(*plugin, check_parameters(*plugin, parameters, {}, findings)));
}

// GraphBuilder with names made up and everything random.
class NetworkBuilder {
public:
    explicit NetworkBuilder(std::uint32_t seed) : random(seed) {}

    TensorId input(Shape shape) { return builder_.input("input" + std::to_string(builder_.graph.inputs.size()), std::move(shape)); }
    TensorId random_constant(Shape shape, float spread) {
        std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
        std::normal_distribution<float> normal(0.0F, spread);
        for (float& value : values) value = normal(random);
        return builder_.constant(unused("constant"), std::move(shape), std::move(values));
    }
    TensorId constant(const Tensor& like) { return builder_.graph.add_tensor(like); }
    TensorId constant(Shape shape, std::vector<float> values) {
        return builder_.constant(unused("constant"), std::move(shape), std::move(values));
    }
    TensorId integers(std::vector<std::int64_t> values) { return builder_.integers(unused("integers"), std::move(values)); }
    TensorId node(const std::string& op, std::vector<TensorId> inputs, Attributes attributes = {}) {
        return builder_.node(op, op + std::to_string(builder_.graph.nodes.size()), std::move(inputs), std::move(attributes));
    }
    std::string unused(const std::string& wish) const { return builder_.graph.unused_name(wish); }
    std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); }
    bool flip() { return between(0, 1) == 1; }
    Graph finish(std::vector<TensorId> outputs) { return builder_.done(std::move(outputs), 1); }

    std::mt19937 random;

private:
    GraphBuilder builder_;
};

using Tensors = std::vector<std::vector<float>>;

inline std::vector<std::vector<std::byte>> as_bytes(const Tensors& tensors) {
    std::vector<std::vector<std::byte>> made;
    for (const auto& tensor : tensors) {
        const auto* bytes = reinterpret_cast<const std::byte*>(tensor.data());
        made.emplace_back(bytes, bytes + tensor.size() * sizeof(float));
    }
    return made;
}

// Values with a short negative side for every other input, so that zero points occur.
inline Tensors random_inputs(const Graph& graph, std::mt19937& random) {
    Tensors made;
    for (const TensorId id : graph.inputs) {
        std::normal_distribution<float> normal(made.size() % 2 ? 0.0F : 1.0F, 1.0F);
        auto& values = made.emplace_back(static_cast<std::size_t>(element_count(graph[id].shape)));
        for (float& value : values) value = normal(random);
    }
    return made;
}

struct Run {
    Tensors outputs;
    std::map<std::string, std::vector<float>> taps;  // row-major
    std::vector<OperatorTime> operators;
};

inline std::vector<float> row_major(const octavo_tensor& view) {
    std::vector<float> values(static_cast<std::size_t>(element_count({view.shape, static_cast<std::size_t>(view.rank)})));
    std::vector<std::int64_t> at(static_cast<std::size_t>(view.rank), 0);
    for (float& value : values) {
        std::int64_t offset = 0;
        for (std::size_t i = 0; i < at.size(); ++i) offset += at[i] * view.strides[i];
        value = static_cast<const float*>(view.data)[offset];
        for (std::size_t i = at.size(); i-- > 0 && ++at[i] == view.shape[i];) at[i] = 0;
    }
    return values;
}

inline Run run_on(const DeviceHandle& device, const Graph& graph, const Plan* plan, const Tensors& inputs,
                  std::vector<std::string> taps = {}, int threads = 2) {
    CompileOptions options;
    options.threads = threads;
    Session session = must(Session::compile(device, graph, plan, options, taps));
    Run made;
    const auto done = session.run(as_bytes(inputs), [&](std::int32_t tensor, const octavo_tensor& view) {
        made.taps[graph.tensors[static_cast<std::size_t>(tensor)].name] = row_major(view);
    });
    if (!done) throw std::runtime_error(done.error().message());
    for (const octavo_tensor& view : session.output_views()) made.outputs.push_back(row_major(view));
    made.operators = session.executable().operators();
    return made;
}

// Weight scales by output channel (codes up to `weight_levels`), ranges from a fp32 run of `device` on `inputs`.
inline Plan plan_for(const DeviceHandle& device, const Graph& graph, const Tensors& inputs, float weight_levels = 127.0F) {
    const FlatGraph flat(graph);
    const auto precisions = assign_precisions(
        graph,
        [&](NodeId node, Precision precision) {
            return static_cast<bool>(
                device.can_run(flat.view(), static_cast<std::int32_t>(node), static_cast<octavo_precision>(precision)));
        },
        [](const Node&) { return false; });
    const auto points = quantization_points(graph, precisions);
    std::vector<std::string> taps;
    for (const auto& point : points)
        for (const TensorId root : point.seen) taps.push_back(graph[root].name);
    std::sort(taps.begin(), taps.end());
    taps.erase(std::unique(taps.begin(), taps.end()), taps.end());
    const Run run = run_on(device, graph, nullptr, inputs, taps);
    Plan plan;
    for (const auto& [node, decided] : precisions) {
        plan.operators[graph[node].name] = decided;
        if (decided.precision != Precision::int8 || graph[node].inputs.size() < 2 || !graph[graph[node].inputs[1]].is_constant()) continue;
        if (graph[node].op != "Conv" && graph[node].op != "Gemm") continue;
        const Tensor& weight = graph[graph[node].inputs[1]];
        const bool columns = graph[node].op == "Gemm" && attribute_or<std::int64_t>(graph[node], "transB", 0) == 0;
        const auto channels = static_cast<std::size_t>(weight.shape[columns ? 1 : 0]);
        const auto values = weight.data.as<float>();
        std::vector<float> scale(channels, 0.0F);
        for (std::size_t i = 0; i < values.size(); ++i) {
            float& s = scale[columns ? i % channels : i / (values.size() / channels)];
            s = std::max(s, std::abs(values[i]) / weight_levels);
        }
        for (float& s : scale) s = s > 0.0F ? s : 1.0F;
        plan.weight_scale[weight.name] = scale;
    }
    for (const auto& point : points) {
        if (point.kind == PointKind::inner) {  // every other one, so that both forms are met; the inner sum itself was not seen
            if (graph[*point.node].name.size() % 2) plan.tensors[point.name].whole = make_quantization(-3.0, 2.5);
            continue;
        }
        if (point.kind == PointKind::whole) {
            float low = 0, high = 0;
            for (const TensorId root : point.seen)
                for (const float x : run.taps.at(graph[root].name)) low = std::min(low, x), high = std::max(high, x);
            for (const TensorId tensor : point.tensors) plan.tensors[graph[tensor].name].whole = make_quantization(low, high);
            continue;
        }
        const Tensor& tensor = graph[point.roots[0]];
        const auto& values = run.taps.at(tensor.name);
        const auto channels = static_cast<std::size_t>(tensor.shape[1]);
        const auto plane = static_cast<std::size_t>(tensor.shape[2] * tensor.shape[3]);
        std::vector<double> low(channels, 0.0), high(channels, 0.0);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t c = i / plane % channels;
            low[c] = std::min(low[c], static_cast<double>(values[i]));
            high[c] = std::max(high[c], static_cast<double>(values[i]));
        }
        plan.tensors[tensor.name].depthwise = make_quantization(low, high, channel_zero_points(graph, point.roots[0]));
    }
    const Fingerprint print = graph.imported.structure.empty() ? fingerprint(graph) : graph.imported;
    plan.graph_structure = print.structure;
    plan.graph_constants = print.constants;
    return plan;
}

// How many values differ in any bit, and the first of them.
struct Difference {
    std::size_t count = 0, first = 0;
    float expected = 0, found = 0;
};
inline Difference bit_difference(const std::vector<float>& expected, const std::vector<float>& found) {
    Difference d;
    for (std::size_t i = expected.size(); i-- > 0;)
        if (std::memcmp(&expected[i], &found[i], sizeof(float)) != 0) ++d.count, d.first = i, d.expected = expected[i], d.found = found[i];
    return d;
}

}  // namespace octavo::testing
