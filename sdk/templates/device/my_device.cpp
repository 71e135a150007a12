// my_device: fp32 only, operator by operator, with the reference arithmetic of the operator table (ops/op.h). What a device of your own
// does better, it does in `run`; what it cannot do, it says in `can_run`, and the plan leaves those operators to another precision.
#include <octavo/device.h>
#include <octavo/tensor.h>
#include <ops/graph_copy.h>
#include <ops/op.h>
#include <ops/support.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace {

using namespace octavo;

class MyExecutable final : public Executable {
public:
    MyExecutable(const octavo_graph& graph, const octavo_plan* plan, const octavo_compile_options& options)
        : graph_(graph, plan), values_(graph_.tensors().size()), tapped_(options.taps, options.taps + options.tap_count) {}

    Result<void> run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) override {
        for (std::size_t i = 0; i < graph_.inputs().size(); ++i) {
            const std::int32_t id = graph_.inputs()[i];
            std::memcpy(make(id).data, inputs[i].data, bytes_of(id));
            show(id, tap);
        }
        for (const octavo_node& node : graph_.nodes()) OCTAVO_CHECK_OK(run_node({node, graph_.tensors()}, tap));
        for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
            const std::int32_t id = graph_.outputs()[i];
            std::memcpy(outputs[i].data, view(id).data, bytes_of(id));
        }
        return {};
    }

    void operators(const OperatorSink& sink) const override {
        for (const octavo_node& node : graph_.nodes()) sink({node.name, node.op, "my_device", OCTAVO_FP32, 0});
    }

    std::int64_t memory_bytes() const override {
        std::int64_t bytes = graph_.constant_bytes();
        for (const std::vector<std::byte>& value : values_) bytes += static_cast<std::int64_t>(value.size());
        return bytes;
    }

private:
    Result<void> run_node(const ops::NodeView& node, const Tap& tap) {
        std::vector<octavo_tensor> inputs, outputs;
        for (std::size_t i = 0; i < node.input_count(); ++i) inputs.push_back(node.has_input(i) ? view(node.input_id(i)) : octavo_tensor{});
        for (std::size_t i = 0; i < node.output_count(); ++i)
            outputs.push_back(node.has_output(i) ? make(node.output_id(i)) : octavo_tensor{});
        OCTAVO_CHECK_OK(ops::find(node.op())->compute(node, inputs, outputs));
        if (outputs[0].type == OCTAVO_F32) ops::apply_activation(node.activation(), ops::values<float>(outputs[0]));  // a fused one
        for (std::size_t i = 0; i < node.output_count(); ++i)
            if (node.has_output(i)) show(node.output_id(i), tap);
        return {};
    }

    const octavo_tensor_info& info(std::int32_t id) const { return graph_.tensors()[static_cast<std::size_t>(id)]; }
    std::size_t bytes_of(std::int32_t id) const { return static_cast<std::size_t>(ops::count_of(view(id))) * element_bytes(info(id).type); }
    octavo_tensor view(std::int32_t id) const {
        const octavo_tensor_info& tensor = info(id);
        const void* data = tensor.data ? tensor.data : values_[static_cast<std::size_t>(id)].data();
        return dense_tensor(tensor.type, {tensor.shape, static_cast<std::size_t>(tensor.rank)}, data);
    }
    octavo_tensor make(std::int32_t id) {
        values_[static_cast<std::size_t>(id)].resize(std::max<std::size_t>(1, bytes_of(id)));
        return view(id);
    }
    void show(std::int32_t id, const Tap& tap) const {
        if (std::find(tapped_.begin(), tapped_.end(), id) != tapped_.end()) tap(id, view(id));
    }

    ops::GraphCopy graph_;  // the host's graph lives no longer than `compile`
    std::vector<std::vector<std::byte>> values_;
    std::vector<std::int32_t> tapped_;
};

class MyDevice final : public Device {
public:
    static Result<std::unique_ptr<MyDevice>> create(const Values&) { return std::make_unique<MyDevice>(); }

    Result<void> can_run(const octavo_graph& graph, std::int32_t node, octavo_precision precision) const override {
        if (precision != OCTAVO_FP32) return Error(Code::model, "my_device computes in fp32 only");
        const std::span tensors(graph.tensors, static_cast<std::size_t>(graph.tensor_count));
        const ops::NodeView view(graph.nodes[node], tensors);
        OCTAVO_CHECK_OK(ops::infer(view));  // refuses what the table does not know
        if (ops::find(view.op())->bounded) return ops::refusal(view, "its output's size depends on values");
        return {};
    }

    Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                const octavo_compile_options& options) const override {
        for (std::int32_t node = 0; node < graph.node_count; ++node)
            OCTAVO_CHECK_OK(can_run(graph, node, plan ? static_cast<octavo_precision>(plan->precision[node]) : OCTAVO_FP32));
        return std::unique_ptr<Executable>(std::make_unique<MyExecutable>(graph, plan, options));
    }

    const char* isa() const override { return "plain"; }
};

}  // namespace

OCTAVO_PLUGINS(octavo::describe<MyDevice>("my_device", "0.1.0", "fp32 by the operator table, one operator after the other", {}))
