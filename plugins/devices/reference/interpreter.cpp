// See interpreter.h. What a run means: each node's result is computed in float32 (int8 products and averages by way of integers), its fused
// activation applied, and then put onto every grid that the plan gives the output tensor. Readers see nothing but values on a grid:
// depthwise convolutions those of `depthwise` where present, all others those of `whole`, or of `depthwise` where there is nothing else.
// An operator that passes values on needs no rule of its own: between equal grids its codes come out unchanged.
#include "interpreter.h"

#include <octavo/tensor.h>
#include <ops/support.h>

#include <algorithm>
#include <cstring>

#include "average.h"
#include "support.h"

namespace octavo::reference {

namespace {

std::size_t index(std::int32_t tensor) {
    return static_cast<std::size_t>(tensor);
}

std::size_t byte_count(const octavo_tensor_info& tensor) {
    return static_cast<std::size_t>(ops::element_count({tensor.shape, static_cast<std::size_t>(tensor.rank)})) * element_bytes(tensor.type);
}

std::span<float> as_floats(std::vector<std::byte>& bytes) {
    return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

}  // namespace

octavo_tensor Interpreter::view(std::size_t tensor) const {
    const octavo_tensor_info& info = graph_.tensors()[tensor];
    const bool settled = !values_[tensor].data.empty();
    const void* data = settled || !info.data ? values_[tensor].data.data() : info.data;
    return dense_tensor(info.type, {info.shape, static_cast<std::size_t>(info.rank)}, data);
}

octavo_tensor Interpreter::make(std::size_t tensor) {
    // One byte at least, so that an empty tensor is not taken for an absent one.
    values_[tensor].data.resize(std::max<std::size_t>(1, byte_count(graph_.tensors()[tensor])));
    return view(tensor);
}

std::span<const float> Interpreter::reals(std::int32_t tensor) const {
    return ops::values<const float>(view(index(tensor)));
}

void Interpreter::settle(std::size_t tensor) {
    const TensorGrids& grids = grids_[tensor];
    if (grids.empty()) return;
    Value& value = values_[tensor];
    const ChannelLayout layout(graph_.tensors()[tensor]);
    const std::span<float> data = as_floats(value.data);
    if (grids.whole) value.whole = quantize(*grids.whole, layout, data);
    if (grids.depthwise) value.depthwise = quantize(*grids.depthwise, layout, data);
    dequantize(grids.general(), layout, grids.whole ? value.whole : value.depthwise, data);
}

void Interpreter::show(std::size_t tensor, const Tap& tap) const {
    if (tapped_[tensor] && tap) tap(static_cast<std::int32_t>(tensor), view(tensor));
}

Result<void> Interpreter::compute_row(const Step& step, std::vector<octavo_tensor>& outputs) {
    std::vector<octavo_tensor> inputs;
    for (std::size_t i = 0; i < step.node.input_count(); ++i)
        inputs.push_back(step.node.has_input(i) ? view(index(step.node.input_id(i))) : octavo_tensor{});
    std::vector<float> for_depthwise;
    if (ops::is_depthwise(step.node)) {
        const std::size_t x = index(step.node.input_id(0));
        if (grids_[x].whole && grids_[x].depthwise) {
            for_depthwise.resize(values_[x].depthwise.size());
            dequantize(*grids_[x].depthwise, ChannelLayout(graph_.tensors()[x]), values_[x].depthwise, for_depthwise);
            inputs[0].data = for_depthwise.data();
        }
    }
    return step.row->compute(step.node, inputs, outputs);
}

Result<void> Interpreter::compute(const Step& step, std::vector<octavo_tensor>& outputs) {
    const ops::NodeView& node = step.node;
    if (step.product) {
        const Value& x = values_[index(node.input_id(0))];
        const std::span<const float> residual = node.has_input(3) ? reals(node.input_id(3)) : std::span<const float>();
        return run_product(node, *step.product, step.product->reads_depthwise ? x.depthwise : x.whole, residual,
                           ops::values<float>(outputs[0]));
    }
    if (step.precision == OCTAVO_INT8 && step.row->role == ops::Role::average) {
        const std::size_t x = index(node.input_id(0));
        return run_average(node, grids_[x].general(), grids_[x].whole ? values_[x].whole : values_[x].depthwise,
                           ops::values<float>(outputs[0]));
    }
    if (step.activation) {
        std::ranges::copy(reals(node.input_id(0)), ops::values<float>(outputs[0]).begin());
        ops::apply_activation(*step.activation, ops::values<float>(outputs[0]));
        return {};
    }
    return compute_row(step, outputs);
}

Result<void> Interpreter::infer_again(const Step& step) {
    OCTAVO_TRY(const std::vector<ops::TensorType> types, ops::infer(step.node));
    for (std::size_t i = 0; i < step.node.output_count(); ++i)
        if (step.node.has_output(i)) graph_.set_shape(index(step.node.output_id(i)), types[i].shape);
    return {};
}

Result<void> Interpreter::run_step(const Step& step, const Tap& tap) {
    if (step.reads_bounded || step.row->bounded) OCTAVO_CHECK_OK(infer_again(step));
    std::vector<octavo_tensor> outputs;
    for (std::size_t i = 0; i < step.node.output_count(); ++i)
        outputs.push_back(step.node.has_output(i) ? make(index(step.node.output_id(i))) : octavo_tensor{});
    OCTAVO_CHECK_OK(compute(step, outputs));
    if (step.row->bounded) graph_.set_shape(index(step.node.output_id(0)), ops::shape_of(outputs[0]));
    if (outputs[0].type == OCTAVO_F32) ops::apply_activation(step.node.activation(), ops::values<float>(outputs[0]));
    for (std::size_t i = 0; i < step.node.output_count(); ++i) {
        if (!step.node.has_output(i)) continue;
        settle(index(step.node.output_id(i)));
        show(index(step.node.output_id(i)), tap);
    }
    for (const std::size_t tensor : step.last_reads) values_[tensor] = {};
    return {};
}

Result<void> Interpreter::run(const octavo_tensor* inputs, octavo_tensor* outputs, const Tap& tap) {
    for (std::size_t i = 0; i < graph_.inputs().size(); ++i) {
        const std::size_t tensor = index(graph_.inputs()[i]);
        const octavo_tensor_info& info = graph_.tensors()[tensor];
        if (inputs[i].type != info.type || ops::shape_of(inputs[i]) != ops::Shape(info.shape, info.shape + info.rank))
            return Error(Code::internal, std::string("input '") + info.name + "' does not have the type and shape it was compiled for");
        const octavo_tensor to = make(tensor);
        std::memcpy(to.data, inputs[i].data, byte_count(info));
        settle(tensor);
        show(tensor, tap);
    }
    for (Step& step : steps_) {
        const auto start = std::chrono::steady_clock::now();
        OCTAVO_CHECK_OK(run_step(step, tap));
        step.time += std::chrono::steady_clock::now() - start;
    }
    ++runs_;
    for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
        const std::size_t tensor = index(graph_.outputs()[i]);
        const octavo_tensor from = view(tensor);
        std::copy_n(from.shape, from.rank, outputs[i].shape);
        std::memcpy(outputs[i].data, from.data, byte_count(graph_.tensors()[tensor]));
    }
    return {};
}

void Interpreter::operators(const OperatorSink& sink) const {
    for (const Step& step : steps_) {
        const double total = std::chrono::duration<double, std::milli>(step.time).count();
        const double mean = profile_ && runs_ > 0 ? total / static_cast<double>(runs_) : 0.0;
        sink({step.node.name().data(), step.node.op().data(), "reference", step.precision, mean});
    }
}

}  // namespace octavo::reference
