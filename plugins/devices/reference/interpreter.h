// A compiled graph of the reference device: one step a node, in the graph's order.
#pragma once

#include <octavo/device.h>
#include <ops/graph_copy.h>
#include <ops/op.h>

#include <chrono>
#include <optional>
#include <vector>

#include "grid.h"
#include "product.h"

namespace octavo::reference {

// A tensor during a run.
struct Value {
    std::vector<std::byte> data;      // in the tensor's type; of a quantized tensor what a float reader sees
    std::vector<std::uint8_t> whole;  // codes, where the tensor has such a grid
    std::vector<std::uint8_t> depthwise;
};

class Interpreter : public Executable {
public:
    static Result<std::unique_ptr<Executable>> compile(const octavo_graph& graph, const octavo_plan* plan,
                                                       const octavo_compile_options& options, Sums sums);

    Result<void> run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) override;
    void operators(const OperatorSink& sink) const override;
    std::int64_t memory_bytes() const override { return memory_bytes_; }

    // For `compile` only.
    Interpreter(const octavo_graph& graph, const octavo_plan* plan, Sums sums) : graph_(graph, plan), sums_(sums) {}

private:
    struct Step {
        ops::NodeView node;
        const ops::Row* row;
        octavo_precision precision;
        std::optional<Product> product;        // int8 Conv, Gemm, MatMul
        std::optional<Activation> activation;  // int8 Relu, Sigmoid, ...: what the operator itself computes
        std::vector<std::size_t> last_reads;   // tensors that nobody needs behind this step
        bool reads_bounded = false;            // shapes of its outputs are inferred anew in each run
        std::chrono::steady_clock::duration time{};
    };

    Result<void> prepare(const octavo_plan* plan, const octavo_compile_options& options);
    Result<Step> make_step(const octavo_plan* plan, std::size_t node) const;
    void settle_constants();
    void find_bounded();
    void find_last_reads();
    void measure_memory();

    Result<void> run_step(const Step& step, const Tap& tap);
    Result<void> infer_again(const Step& step);
    Result<void> compute(const Step& step, std::vector<octavo_tensor>& outputs);
    Result<void> compute_row(const Step& step, std::vector<octavo_tensor>& outputs);
    // Puts a value that is complete onto its grids, and shows it.
    void settle(std::size_t tensor);
    void show(std::size_t tensor, const Tap& tap) const;
    octavo_tensor view(std::size_t tensor) const;
    octavo_tensor make(std::size_t tensor);
    std::span<const float> reals(std::int32_t tensor) const;

    ops::GraphCopy graph_;
    Sums sums_;
    std::vector<TensorGrids> grids_;  // [tensor]
    std::vector<Value> values_;       // [tensor]
    std::vector<bool> tapped_;        // [tensor]
    std::vector<Step> steps_;
    bool profile_ = false;
    std::int64_t runs_ = 0;
    std::int64_t memory_bytes_ = 0;
};

}  // namespace octavo::reference
