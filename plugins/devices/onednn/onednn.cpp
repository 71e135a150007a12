// Device `onednn`: the fast one. fp32 convolutions by oneDNN, true int8 (u8 activations, s8 weights, fused epilogues) by own kernels and
// oneDNN, everything else by small kernels of its own or the operator table. See program.h for what a compiled graph is.
#include "kernels/cpu.h"
#include "product.h"

#include <octavo/device.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>

namespace octavo::onednn {
namespace {

struct FreeDeleter {
    void operator()(void* memory) const { std::free(memory); }
};
using AlignedMemory = std::unique_ptr<std::byte, FreeDeleter>;

AlignedMemory allocate(std::size_t size_bytes) {
    const std::size_t rounded = (size_bytes + 4096) / 64 * 64;
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(64, rounded));
    if (!memory) throw std::bad_alloc();
    std::fill_n(memory, rounded, std::byte{0});
    return AlignedMemory(memory);
}

class Program : public Executable {
public:
    Program(Builder& builder, int threads, bool profile)
        : steps_(builder.take_steps()), team_(threads), profile_(profile), milliseconds_(steps_.size(), 0.0) {
        const std::vector<Buffer> buffers = builder.take_buffers();
        const Arena plan = plan_arena(buffers, steps_);
        std::size_t scratch = 0;
        for (const auto& step : steps_) scratch = std::max(scratch, step->scratch_bytes);
        memory_bytes_ = plan.size_bytes + scratch;
        memory_ = allocate(plan.size_bytes + 64);
        scratch_ = allocate(scratch);
        std::vector<std::byte*> at;
        for (const std::size_t offset : plan.offset) at.push_back(memory_.get() + offset);
        const Addresses addresses(std::move(at));
        for (const auto& step : steps_) {
            step->bind(addresses, scratch_.get());
            memory_bytes_ += step->constant_bytes();
        }
    }

    Result<void> run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) override try {
        const RunContext context = {inputs, outputs, &tap, team_};
        team_.enter([&] {
            for (std::size_t first = 0, last; first < steps_.size(); first = last) {
                for (last = first; last < steps_.size() && steps_[last]->is_alone() == steps_[first]->is_alone();) ++last;
                const auto run_all = [&] {
                    for (std::size_t i = first; i < last; ++i) run_step(i, context);
                };
                if (last - first < kTogether || steps_[first]->is_alone())
                    run_all();
                else
                    team_.together(run_all);
            }
        });
        if (profile_) ++runs_;
        return {};
    } catch (const Error& error) {
        return error;
    }

    void operators(const OperatorSink& sink) const override {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            const Step& step = *steps_[i];
            sink({step.name.c_str(), step.op.c_str(), step.implementation.c_str(), step.precision,
                  runs_ ? milliseconds_[i] / static_cast<double>(runs_) : 0.0});
        }
    }

    std::int64_t memory_bytes() const override { return static_cast<std::int64_t>(memory_bytes_); }

private:
    static constexpr std::size_t kTogether = 3;  // own steps in a row that repay gathering

    void run_step(std::size_t i, const RunContext& context) {
        if (!profile_) return steps_[i]->run(context);
        const auto start = std::chrono::steady_clock::now();
        steps_[i]->run(context);
        milliseconds_[i] += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    }

    std::vector<std::unique_ptr<Step>> steps_;
    AlignedMemory memory_, scratch_;
    std::size_t memory_bytes_ = 0;
    Team team_;
    bool profile_;
    std::vector<double> milliseconds_;
    std::int64_t runs_ = 0;
};

constexpr octavo_parameter kParameters[] = {
    octavo::string("int8_kernels", "\"fastest\"", "fastest|own|onednn",
                   "whose int8 convolutions run: oneDNN's with AMX and our exact ones elsewhere, or one of them always; oneDNN's saturate "
                   "below VNNI with full-range weights"),
    octavo::string("isa", "\"native\"", "native|sse41|avx2|avx512_core|avx2_vnni|avx512_core_vnni|avx512_core_amx",
                   "the instruction set to run, to plan and measure for an older CPU than the one at hand; native: what "
                   "ONEDNN_MAX_CPU_ISA allows")};

class OneDnn : public Device {
public:
    explicit OneDnn(Products products) : products_(products) {}
    static Result<std::unique_ptr<OneDnn>> create(const Values& values) {
        if (!has_sse41()) return Error(Code::config, "its kernels need SSE4.1, which this CPU lacks; device 'reference' runs on any");
        if (const std::string isa = values.text("isa"); isa != "native") OCTAVO_CHECK_OK(cap_isa(isa));
        const std::string choice = values.text("int8_kernels");
        return std::make_unique<OneDnn>(choice == "own" ? Products::own : choice == "onednn" ? Products::dnnl : Products::fastest);
    }

    Result<void> can_run(const octavo_graph& graph, std::int32_t index, octavo_precision precision) const override {
        const ops::NodeView node(graph.nodes[index], {graph.tensors, static_cast<std::size_t>(graph.tensor_count)});
        const ops::Row* row = ops::find(node.op());
        if (!row) return Error(Code::model, node.title() + ": no such operator");
        if (precision == OCTAVO_FP32) return {};
        if (precision == OCTAVO_BF16) return can_run_bf16(node, *row);
        if (row->role == ops::Role::floating) return Error(Code::model, node.title() + ": needs floating point");
        if (node.op() == "MatMul") return Error(Code::model, node.title() + ": no int8 kernel");
        if (node.op() == "ReduceMean" && !reduces_picture(node))
            return Error(Code::model, node.title() + ": a mean over other axes than height and width has no int8 kernel");
        return row->role == ops::Role::product ? can_sum_int8(node) : Result<void>();
    }

    Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                const octavo_compile_options& options) const override {
        const int threads = options.threads > 0 ? options.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        Builder builder(graph, plan, options, threads, products_);
        const auto show = [&](std::int32_t tensor) {
            if (std::find(options.taps, options.taps + options.tap_count, tensor) != options.taps + options.tap_count)
                lower_tap(builder, tensor);
        };
        lower_inputs(builder);
        for (std::int32_t i = 0; i < graph.input_count; ++i) show(graph.inputs[i]);
        for (std::int32_t node = 0; node < graph.node_count; ++node) {
            OCTAVO_CHECK_OK(lower_node(builder, node));
            for (std::int32_t i = 0; i < graph.nodes[node].output_count; ++i) show(graph.nodes[node].outputs[i]);
        }
        builder.begin(-1);
        lower_outputs(builder);
        return std::unique_ptr<Executable>(std::make_unique<Program>(builder, threads, options.profile != 0));
    }

    const char* isa() const override { return isa_name(cpu_isa()); }
    // Own kernels of AVX2 take bytes by pairs, whatever the CPU has besides; oneDNN's are exact with VNNI.
    std::int32_t pair_limit() const override {
        const bool is_exact = by_dnnl(products_) ? has_vnni(cpu_isa()) : conv_kernels().exact_bytes;
        return is_exact ? 0 : kMostPair;
    }

private:
    static Result<void> can_sum_int8(const ops::NodeView& node) {
        OCTAVO_CHECK_OK(check_product(node));
        constexpr std::int64_t kLargestSum = std::numeric_limits<std::int32_t>::max() / (255 * 127);  // that stays in 32 bits
        const octavo_tensor_info& weight = node.input(1);
        const std::int64_t products =
            ops::element_count({weight.shape, static_cast<std::size_t>(weight.rank)}) / std::max<std::int64_t>(1, output_channels(node));
        if (products <= kLargestSum) return {};
        return Error(Code::model, node.title() + ": sums of " + std::to_string(products) + " products may leave 32 bits");
    }

    static Result<void> can_run_bf16(const ops::NodeView& node, const ops::Row& row) {
        const bool product = row.role == ops::Role::product && node.op() != "MatMul";
        if (!product) return Error(Code::model, node.title() + ": only products with constant weights have a bf16 kernel");
        OCTAVO_CHECK_OK(check_product(node));
        if (!has_bf16()) return Error(Code::model, node.title() + ": this CPU multiplies no bf16");
        return {};
    }

    Products products_;
};

}  // namespace
}  // namespace octavo::onednn

OCTAVO_PLUGINS(octavo::describe<octavo::onednn::OneDnn>("onednn", "0.1.0", "fast fp32 and int8 on x86 CPUs, by oneDNN and own kernels",
                                                        octavo::onednn::kParameters))
