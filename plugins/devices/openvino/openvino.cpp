// Device `openvino`: networks on OpenVINO's CPU plugin, fp32 and int8. network.h says how a graph and a plan become its model; here is what
// a device promises around that: threads, taps, times, refusals.
#include "network.h"

#include <octavo/device.h>
#include <ops/support.h>
#include <openvino/op/constant.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/intel_cpu/properties.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace octavo::openvino {
namespace {

// A text of an operator of the compiled model; empty where it has none.
std::string note(const ov::Node& node, const char* key) {
    const auto found = node.get_rt_info().find(key);
    return found == node.get_rt_info().end() || !found->second.is<std::string>() ? "" : found->second.as<std::string>();
}

class Request : public Executable {
public:
    // `graph` holds the constants that the model reads.
    Request(std::unique_ptr<ops::GraphCopy> graph, Network network, std::vector<std::int32_t> taps, ov::CompiledModel compiled)
        : graph_(std::move(graph)),
          network_(std::move(network)),
          taps_(std::move(taps)),
          compiled_(std::move(compiled)),
          request_(compiled_.create_infer_request()) {}

    Result<void> run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) override {
        for (std::size_t i = 0; i < graph_->inputs().size(); ++i) {
            ov::Tensor input = request_.get_input_tensor(i);
            std::memcpy(input.data(), inputs[i].data, input.get_byte_size());
        }
        request_.infer();
        const std::size_t count = graph_->outputs().size();
        for (std::size_t i = 0; i < count; ++i) {
            const ov::Tensor output = request_.get_output_tensor(i);
            std::memcpy(outputs[i].data, output.data(), output.get_byte_size());
        }
        for (std::size_t i = 0; i < taps_.size(); ++i) {
            const octavo_tensor_info& info = graph_->tensors()[static_cast<std::size_t>(taps_[i])];
            const ov::Tensor value = request_.get_output_tensor(count + i);
            tap(taps_[i], dense_tensor(info.type, {info.shape, static_cast<std::size_t>(info.rank)}, value.data()));
        }
        return {};
    }

    // Steps of the compiled model. Several of our nodes may be one of them: it bears the name of the first.
    void operators(const OperatorSink& sink) const override {
        for (const std::shared_ptr<ov::Node>& step : compiled_.get_runtime_model()->get_ordered_ops()) {
            const std::string type = note(*step, "layerType");
            if (type == "Input" || type == "Output" || type == "Const") continue;
            const std::string name = step->get_friendly_name(), kernel = note(*step, "primitiveType"), time = note(*step, "execTimeMcs");
            const bool int8 = note(*step, "runtimePrecision") == "i8" || note(*step, "runtimePrecision") == "u8";
            const octavo_node* node = owner_of(name, note(*step, "originalLayersNames"));
            if (!node && kernel.starts_with("unknown")) continue;  // another shape in place
            sink({node ? node->name : name.c_str(), node ? node->op : type.c_str(), kernel.c_str(), int8 ? OCTAVO_INT8 : OCTAVO_FP32,
                  std::strtod(time.c_str(), nullptr) / 1000});
        }
    }

    // OpenVINO does not tell what it needs in between.
    std::int64_t memory_bytes() const override {
        std::size_t bytes = 0;
        for (const std::shared_ptr<ov::Node>& node : network_.model->get_ops())
            if (ov::is_type<ov::op::v0::Constant>(node)) bytes += node->get_output_tensor(0).size();
        for (const auto& port : compiled_.inputs()) bytes += port.get_tensor().size();
        for (const auto& port : compiled_.outputs()) bytes += port.get_tensor().size();
        return static_cast<std::int64_t>(bytes);
    }

private:
    const octavo_node* owner_of(const std::string& name, const std::string& originals) const {
        std::optional<std::size_t> owner;
        for (std::size_t begin = 0; begin <= originals.size();) {
            const std::size_t end = std::min(originals.find(',', begin), originals.size());
            const auto found = network_.owner.find(originals.substr(begin, end - begin));
            if (found != network_.owner.end()) owner = std::min(owner.value_or(found->second), found->second);
            begin = end + 1;
        }
        if (const auto found = network_.owner.find(name); found != network_.owner.end()) owner = found->second;
        return owner ? &graph_->nodes()[*owner] : nullptr;
    }

    const std::unique_ptr<ops::GraphCopy> graph_;
    const Network network_;
    const std::vector<std::int32_t> taps_;
    ov::CompiledModel compiled_;
    ov::InferRequest request_;
};

constexpr octavo_parameter kParameters[] = {
    boolean("emulate", "false", "compute the grids of a plan in floating point: exact where int8 kernels of CPUs without VNNI saturate")};

class OpenVino : public Device {
public:
    explicit OpenVino(bool emulates) : emulates_(emulates) {}
    static Result<std::unique_ptr<OpenVino>> create(const Values& values) { return std::make_unique<OpenVino>(values.boolean("emulate")); }

    Result<void> can_run(const octavo_graph& graph, std::int32_t index, octavo_precision precision) const override {
        OCTAVO_CHECK_OK(check_node(graph, index));
        const ops::NodeView node(graph.nodes[index], {graph.tensors, static_cast<std::size_t>(graph.tensor_count)});
        if (precision == OCTAVO_BF16) return ops::refusal(node, "device openvino computes in fp32 and int8 only");
        return precision == OCTAVO_INT8 ? can_quantize(node) : Result<void>();
    }

    Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                const octavo_compile_options& options) const override {
        for (std::int32_t i = 0; plan && i < graph.node_count; ++i)
            OCTAVO_CHECK_OK(can_run(graph, i, static_cast<octavo_precision>(plan->precision[i])));
        auto copy = std::make_unique<ops::GraphCopy>(graph, plan);
        std::vector<std::int32_t> taps(options.taps, options.taps + options.tap_count);
        OCTAVO_TRY(Network network, build_network(*copy, plan, taps));
        try {
            ov::CompiledModel compiled = core_.compile_model(network.model, "CPU", settings(options));
            OCTAVO_CHECK_OK(check_shapes(*network.model, compiled));
            return std::unique_ptr<Executable>(
                std::make_unique<Request>(std::move(copy), std::move(network), std::move(taps), std::move(compiled)));
        } catch (const ov::Exception& error) {
            return Error(Code::model, std::string("OpenVINO cannot compile the model: ") + error.what());
        }
    }

    const char* isa() const override {
        if (__builtin_cpu_supports("avx512vnni")) return "avx512_core_vnni";
        if (__builtin_cpu_supports("avx512bw")) return "avx512_core";
        if (has_vnni()) return "avx2_vnni";
        return __builtin_cpu_supports("avx2") ? "avx2" : "sse41";
    }
    // Without VNNI its kernels add two products of u8 and s8 in 16 bits, which hold 255 * 128.
    std::int32_t pair_limit() const override { return emulates_ || has_vnni() ? 0 : 128; }

private:
    // OpenVINO 2026.1 loses the strides of a 1x1 convolution behind Transpose, MatMul and Transpose.
    static Result<void> check_shapes(const ov::Model& model, const ov::CompiledModel& compiled) {
        for (std::size_t i = 0; i < model.outputs().size(); ++i) {
            const ov::PartialShape expected = model.output(i).get_partial_shape(), found = compiled.output(i).get_partial_shape();
            if (expected.is_static() && found.is_static() && found != expected)
                return Error(Code::model, "OpenVINO computes an output of shape " + found.to_string() + " where the model says " +
                                              expected.to_string() + "; use device onednn or reference");
        }
        return {};
    }

    static bool has_vnni() { return __builtin_cpu_supports("avx512vnni") || __builtin_cpu_supports("avxvnni"); }

    static Result<void> can_quantize(const ops::NodeView& node) {
        const ops::Role role = ops::find(node.op())->role;
        if (role == ops::Role::floating) return ops::refusal(node, "it has no int8 form");
        if (role != ops::Role::product) return {};
        if (!node.input(1).data) return ops::refusal(node, "its weight is no constant, so it has no int8 form");
        if (node.op() == "MatMul" && node.input(1).rank != 2) return ops::refusal(node, "its weight is no matrix, so it has no int8 form");
        if (node.op() != "Gemm") return {};
        if (node.integer("transA", 0) != 0 || node.real("alpha", 1) != 1.0F || node.real("beta", 1) != 1.0F)
            return ops::refusal(node, "transA, alpha and beta have no int8 form");
        return {};
    }

    // Threads stay unpinned: the host has others. In f32 always, since the default is bf16 on some CPUs.
    ov::AnyMap settings(const octavo_compile_options& options) const {
        ov::AnyMap map = {ov::hint::inference_precision(ov::element::f32), ov::num_streams(1), ov::hint::enable_cpu_pinning(false),
                          ov::enable_profiling(options.profile != 0), ov::hint::dynamic_quantization_group_size(0)};
        if (options.threads > 0) map.insert(ov::inference_num_threads(options.threads));
        if (emulates_) map.insert({"LP_TRANSFORMS_MODE", "OFF"});
        return map;
    }

    const bool emulates_;
    mutable ov::Core core_;
};

}  // namespace
}  // namespace octavo::openvino

OCTAVO_PLUGINS(octavo::describe<octavo::openvino::OpenVino>("openvino", "0.1.0", "fp32 and int8 on x86 CPUs, by OpenVINO",
                                                            octavo::openvino::kParameters))
