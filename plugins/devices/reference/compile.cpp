// The compiling half of Interpreter: grids and steps from graph and plan, lifetimes, memory.
#include <ops/support.h>

#include "interpreter.h"
#include "support.h"

namespace octavo::reference {

namespace {

std::size_t index(std::int32_t tensor) {
    return static_cast<std::size_t>(tensor);
}

Result<void> check_int8_inputs(const ops::NodeView& node, const ops::Row& row, const std::vector<TensorGrids>& grids) {
    if (row.role != ops::Role::average || !grids[index(node.input_id(0))].empty()) return {};
    return Error(Code::config, "plan, " + node.title() + ": input '" + node.input(0).name + "' has no parameters");
}

}  // namespace

Result<std::unique_ptr<Executable>> Interpreter::compile(const octavo_graph& graph, const octavo_plan* plan,
                                                         const octavo_compile_options& options, Sums sums) {
    auto interpreter = std::make_unique<Interpreter>(graph, plan, sums);
    OCTAVO_CHECK_OK(interpreter->prepare(plan, options));
    return std::unique_ptr<Executable>(std::move(interpreter));
}

Result<void> Interpreter::prepare(const octavo_plan* plan, const octavo_compile_options& options) {
    const std::size_t count = graph_.tensors().size();
    grids_.resize(count);
    values_.resize(count);
    tapped_.resize(count);
    profile_ = options.profile != 0;
    for (std::int32_t i = 0; i < options.tap_count; ++i) {
        const octavo_tensor_info& tensor = graph_.tensors()[index(options.taps[i])];
        if (tensor.type != OCTAVO_F32)
            return Error(Code::config, std::string("tensor '") + tensor.name + "' is " + type_name(tensor.type) + ", taps show f32 only");
        tapped_[index(options.taps[i])] = true;
    }
    for (std::size_t i = 0; plan && i < count; ++i) {
        OCTAVO_TRY(grids_[i], grids_of(*plan, graph_.tensors(), i));
    }
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
        OCTAVO_TRY(Step step, make_step(plan, i));
        steps_.push_back(std::move(step));
    }
    settle_constants();
    find_bounded();
    find_last_reads();
    measure_memory();
    return {};
}

Result<Interpreter::Step> Interpreter::make_step(const octavo_plan* plan, std::size_t i) const {
    const ops::NodeView node(graph_.nodes()[i], graph_.tensors());
    const auto planned = plan ? static_cast<octavo_precision>(plan->precision[i]) : OCTAVO_FP32;
    const octavo_precision precision = planned == OCTAVO_BF16 ? OCTAVO_FP32 : planned;  // plans for CPUs with bf16 run here, too
    OCTAVO_CHECK_OK(can_run(node, precision));
    Step step{node, ops::find(node.op()), precision, {}, {}, {}, false};
    if (precision != OCTAVO_INT8) return step;
    OCTAVO_CHECK_OK(check_int8_inputs(node, *step.row, grids_));
    if (step.row->role == ops::Role::product) {
        OCTAVO_TRY(step.product, make_product(node, grids_[index(node.input_id(0))], plan->weights[index(node.input_id(1))],
                                              plan->inner ? plan->inner[i] : octavo_quantization{}, sums_));
    }
    step.activation = ops::as_activation(node);
    return step;
}

// A constant with a grid holds values on it, too.
void Interpreter::settle_constants() {
    for (std::size_t i = 0; i < graph_.tensors().size(); ++i) {
        if (!graph_.tensors()[i].data || grids_[i].empty()) continue;
        const octavo_tensor from = view(i);
        const octavo_tensor to = make(i);
        std::ranges::copy(ops::values<const float>(from), ops::values<float>(to).begin());
        settle(i);
    }
}

// Behind an operator whose output is only bounded, all shapes are.
void Interpreter::find_bounded() {
    std::vector<bool> bounded(graph_.tensors().size());
    for (Step& step : steps_) {
        for (std::size_t i = 0; i < step.node.input_count(); ++i)
            step.reads_bounded = step.reads_bounded || (step.node.has_input(i) && bounded[index(step.node.input_id(i))]);
        for (std::size_t i = 0; i < step.node.output_count(); ++i)
            if (step.node.has_output(i)) bounded[index(step.node.output_id(i))] = step.reads_bounded || step.row->bounded;
    }
}

void Interpreter::find_last_reads() {
    std::vector<bool> needed(graph_.tensors().size());
    for (const std::int32_t output : graph_.outputs()) needed[index(output)] = true;
    for (std::size_t i = 0; i < needed.size(); ++i)
        if (graph_.tensors()[i].data) needed[i] = true;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
        const auto release = [&](std::int32_t tensor) {
            if (tensor < 0 || needed[index(tensor)]) return;
            needed[index(tensor)] = true;
            step->last_reads.push_back(index(tensor));
        };
        for (std::size_t i = 0; i < step->node.input_count(); ++i) release(step->node.input_id(i));
        for (std::size_t i = 0; i < step->node.output_count(); ++i) release(step->node.output_id(i));
    }
}

// Constants, int8 weights, and the largest sum of values that live at a time.
void Interpreter::measure_memory() {
    const auto bytes_of = [&](std::size_t tensor) {
        const octavo_tensor_info& info = graph_.tensors()[tensor];
        const std::int64_t count = ops::element_count({info.shape, static_cast<std::size_t>(info.rank)});
        const std::int64_t codes = (grids_[tensor].whole ? 1 : 0) + (grids_[tensor].depthwise ? 1 : 0);
        return count * (static_cast<std::int64_t>(element_bytes(info.type)) + codes);
    };
    std::int64_t live = 0;
    for (const std::int32_t input : graph_.inputs()) live += bytes_of(index(input));
    std::int64_t most = live;
    memory_bytes_ = graph_.constant_bytes();
    for (const Step& step : steps_) {
        if (step.product) memory_bytes_ += static_cast<std::int64_t>(step.product->weight.size());
        for (std::size_t i = 0; i < step.node.output_count(); ++i)
            if (step.node.has_output(i)) live += bytes_of(index(step.node.output_id(i)));
        most = std::max(most, live);
        for (const std::size_t tensor : step.last_reads) live -= bytes_of(tensor);
    }
    memory_bytes_ += most;
}

}  // namespace octavo::reference
