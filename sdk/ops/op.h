// The operator table. One operator is one file of this folder: its row, shape inference and reference arithmetic. The library knows only
// the SDK's flat views, so core/graph and device plugins share one definition. `table.cpp` (written by the build) lists the rows.
//
// ONNX semantics, plus what passes fuse into a node:
//   attributes "activation" (relu, clip, leaky_relu, hard_sigmoid, hard_swish, sigmoid, silu, gelu), "activation_alpha", "activation_beta":
//     applied to output 0 as the last step (numbers.h). Any operator with role product, elementwise or average may carry it.
//   Conv input 3, Gemm input 3: a residual of the output's shape, added behind the bias and before the activation. The string attribute
//     "inner" then keeps the name of the tensor that the addition used to read.
//   Operators of our own: Silu (x * sigmoid(x)), HardSwish (as ONNX), ScaleShift (x, scale[C], shift[C]; axis 1).
#pragma once

#include <octavo/abi/model.h>
#include <octavo/numbers.h>
#include <octavo/result.h>
#include <octavo/tensor.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::ops {

using Shape = std::vector<std::int64_t>;

struct TensorType {
    octavo_type type = OCTAVO_F32;
    Shape shape;
};

// One node with its tensors in reach. Cheap to copy; points into the flat graph.
class NodeView {
public:
    NodeView(const octavo_node& node, std::span<const octavo_tensor_info> tensors) : node_(&node), tensors_(tensors) {}

    std::string_view op() const { return node_->op; }
    std::string_view name() const { return node_->name; }
    std::size_t input_count() const { return static_cast<std::size_t>(node_->input_count); }
    std::size_t output_count() const { return static_cast<std::size_t>(node_->output_count); }
    bool has_input(std::size_t i) const { return i < input_count() && node_->inputs[i] >= 0; }
    bool has_output(std::size_t i) const { return i < output_count() && node_->outputs[i] >= 0; }
    std::int32_t input_id(std::size_t i) const { return node_->inputs[i]; }
    std::int32_t output_id(std::size_t i) const { return node_->outputs[i]; }
    const octavo_tensor_info& input(std::size_t i) const { return tensors_[static_cast<std::size_t>(node_->inputs[i])]; }
    const octavo_tensor_info& output(std::size_t i) const { return tensors_[static_cast<std::size_t>(node_->outputs[i])]; }
    Shape input_shape(std::size_t i) const { return {input(i).shape, input(i).shape + input(i).rank}; }

    const octavo_attribute* attribute(std::string_view name) const;
    std::int64_t integer(std::string_view name, std::int64_t fallback) const;
    float real(std::string_view name, float fallback) const;
    std::string_view text(std::string_view name, std::string_view fallback) const;
    std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> fallback) const;
    Activation activation() const;

    // "Conv 'conv1'": how messages call it.
    std::string title() const;

private:
    const octavo_node* node_;
    std::span<const octavo_tensor_info> tensors_;
};

// What quantization may do with an operator.
enum class Role {
    product,      // multiplies an activation with a constant weight: int8 by exact integer sums (Conv, Gemm, MatMul)
    elementwise,  // computes value by value on dequantized inputs (Add, Mul, Relu, HardSwish, ScaleShift, ...)
    average,      // exact integer sums, own output parameters (AveragePool, GlobalAveragePool)
    passes,       // moves or selects values: input and output share parameters (MaxPool, Concat, Reshape, Flatten, Transpose, ...)
    floating      // needs floating point (Softmax, LRN, ...): what it reads is rounded no more than int8 operators around it ask
};

struct AttributeRow {
    const char* name;
    octavo_attribute_type type;
    const char* fallback;  // as text, or "required"
};

struct Row {
    const char* name;
    int min_inputs;
    int max_inputs;  // -1: any number
    Role role;
    std::span<const AttributeRow> attributes;
    // Types and shapes of all outputs, from the shapes of the inputs (and the data of constant ones). Errors: Code::model.
    Result<std::vector<TensorType>> (*infer)(const NodeView& node);
    // Reference arithmetic in fp32 on dense row-major tensors, without the fused activation (the caller applies it) but with a fused
    // residual. Outputs have the inferred shapes.
    Result<void> (*compute)(const NodeView& node, std::span<const octavo_tensor> inputs, std::span<octavo_tensor> outputs);
    // Bit i: inference reads the value of input i, which must be constant (a shape, axes, pads).
    std::uint32_t value_inputs = 0;
    // How large output 0 is along axis 0 depends on values: `infer` gives the most, `compute` sets the shape of outputs[0].
    bool bounded = false;
};

// nullptr where there is no such operator.
const Row* find(std::string_view op);
std::span<const Row* const> all();

// Checks arity against the row, then infers.
Result<std::vector<TensorType>> infer(const NodeView& node);

// The geometry of a convolution or pooling window, resolved from attributes and input shape; shared by shape inference, reference and
// devices. 2-D (1-D kernels have height 1).
struct Window {
    std::int64_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
    std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    std::int64_t input_h = 0, input_w = 0, output_h = 0, output_w = 0;
};
// For Conv the kernel's size comes from the weight. auto_pad, ceil_mode and missing attributes as ONNX defines them.
Result<Window> window_of(const NodeView& node);
// The same of a ConvTranspose, where strides, dilations and pads speak of the output.
Result<Window> transposed_window_of(const NodeView& node);

// True for a convolution of several channels that mixes none: group == input channels. Only such a one reads per-channel parameters.
bool is_depthwise(const NodeView& node);

// The axes that a ReduceMean averages over, from attribute or constant input: 0..rank-1, sorted.
Result<std::vector<std::int64_t>> reduced_axes(const NodeView& node);

// What a unary activation operator computes (Relu, Clip with constant bounds, LeakyRelu, Sigmoid, HardSigmoid, HardSwish, Silu), as it
// would be fused into the operator before it. Nothing for other operators.
std::optional<Activation> as_activation(const NodeView& node);
// The last step of a node, for callers of `compute`: numbers.h on each value.
void apply_activation(const Activation& activation, std::span<float> values);

// Saturates at the largest int64_t, so that hostile shapes are merely too large.
std::int64_t element_count(std::span<const std::int64_t> shape);
std::string shape_text(std::span<const std::int64_t> shape);  // "1x3x224x224"

}  // namespace octavo::ops
