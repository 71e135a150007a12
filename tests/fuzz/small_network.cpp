// The plan comes from FakeQuantize nodes, as from a file.
#include "tests/fuzz/small_network.h"

#include "core/formats/grids/grids.h"
#include "core/formats/onnx/qdq.h"
#include "core/formats/onnx/writer.h"
#include "core/formats/openvino/writer.h"
#include "core/passes/passes.h"

#include <cstdlib>

namespace octavo {
namespace {

using Ids = std::vector<TensorId>;

class Builder {
public:
    TensorId input(const char* name, Shape shape) {
        const TensorId id = graph.add_tensor({name, OCTAVO_F32, std::move(shape), {}, false});
        graph.inputs.push_back(id);
        return id;
    }
    TensorId reals(const std::string& name, Shape shape, std::vector<float> values) {
        return graph.add_tensor({name, OCTAVO_F32, std::move(shape), make_buffer(std::move(values)), false});
    }
    TensorId integers(const std::string& name, std::vector<std::int64_t> values) {
        const auto count = static_cast<std::int64_t>(values.size());
        return graph.add_tensor({name, OCTAVO_S64, {count}, make_buffer(std::move(values)), false});
    }
    TensorId node(const char* op, const std::string& name, Ids inputs, Attributes attributes = {}) {
        const TensorId id = graph.add_tensor({name, OCTAVO_F32, {}, {}, false});
        graph.nodes.push_back({name, op, std::move(inputs), {id}, std::move(attributes), {}});
        return id;
    }
    // Weights on a grid of eighths.
    TensorId weight(const std::string& name, const Shape& shape) {
        std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = (static_cast<float>(i * 37 % 255) - 127) / 8;
        return reals(name, shape, std::move(values));
    }
    TensorId conv(const std::string& name, TensorId x, std::int64_t in, std::int64_t out, std::int64_t group = 1) {
        return node("Conv", name,
                    {x, weight(name + ".w", {out, in / group, 3, 3}),
                     reals(name + ".b", {out}, std::vector<float>(static_cast<std::size_t>(out), 0.5F))},
                    {{"group", group}, {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
    }
    TensorId grid(const std::string& name, TensorId x, float low) {
        const TensorId from = reals(name + ".low", {}, {low}), to = reals(name + ".high", {}, {255.0F / 16 + low});
        return node("FakeQuantize", name, {x, from, to, from, to}, {{"levels", std::int64_t{256}}});
    }

    Graph graph;
};

Graph network(bool with_grids) {
    Builder b;
    const auto grid = [&](const char* name, TensorId x, float low = 0) { return with_grids ? b.grid(name, x, low) : x; };
    const TensorId x = grid("x.q", b.input("x", {-1, 3, 8, 8}), -8);
    const TensorId first = grid("first.q", b.node("Relu", "first.relu", {b.conv("first", x, 3, 4)}));
    const TensorId deep = grid("deep.q", b.node("Relu", "deep.relu", {b.conv("deep", first, 4, 4, 4)}));
    const TensorId inner = grid("last.q", b.conv("last", deep, 4, 4), -8);
    const TensorId sum = grid("sum.q", b.node("Relu", "sum.relu", {b.node("Add", "sum", {inner, first})}));
    const TensorId pool =
        b.node("MaxPool", "pool", {sum}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
    const TensorId wide = b.node("Concat", "wide", {pool, pool}, {{"axis", std::int64_t{1}}});
    const TensorId mean = grid("mean.q", b.node("GlobalAveragePool", "mean", {wide}));
    const TensorId flat = b.node("Reshape", "flat", {mean, b.integers("flat.shape", {0, -1})});
    const TensorId scores = b.node("Gemm", "scores", {flat, b.weight("scores.w", {8, 5}), b.reals("scores.b", {5}, {1, 2, 3, 4, 5})});
    const TensorId part = b.node("Slice", "part", {scores, b.integers("from", {1}), b.integers("to", {5}), b.integers("axes", {1})});
    b.graph.outputs = {b.node("Softmax", "probabilities", {part}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}})};
    b.graph.name = "small";
    return std::move(b.graph);
}

template <class T>
T expected(Result<T> result) {
    if (!result) std::abort();
    return std::move(*result);
}

void expect(const Result<void>& result) {
    if (!result) std::abort();
}

}  // namespace

SmallNetwork small_network() {
    SmallNetwork small;
    small.graph = network(false);
    expect(infer_shapes(small.graph, 1));
    small.executed = network(true);
    const Grids grids = expected(take_grids(small.executed));
    expect(run_passes(small.executed));
    expect(fuse_residuals(small.executed));
    std::optional<Plan> plan = plan_from(small.executed, grids);
    if (!plan) std::abort();
    small.plan = std::move(*plan);
    return small;
}

void follow(Graph graph) {
    const Result<Grids> grids = take_grids(graph);
    if (!grids || !run_passes(graph) || !fuse_residuals(graph)) return;
    const std::optional<Plan> plan = plan_from(graph, *grids);
    if (plan) (void)write_onnx_qdq(graph, *plan);
    (void)write_ir(graph, plan ? &*plan : nullptr, "fuzz");
}

}  // namespace octavo
