// Writes a graph and its plan as an ONNX model of opset 13, or of a newer one where a form needs it (opset.h), with QuantizeLinear and
// DequantizeLinear pairs, in the very patterns that ONNX Runtime turns into integer operators (QLinearConv, QGemm, QLinearAdd, ...) at its
// levels EXTENDED and ALL. At every level the answers are the plan's within one step of a tensor's scale, but behind the grids of
// qdq_fronts.h, which round a second time.
//
//   - Scales and zero points of activations are scalars. One pair stands behind a tensor, and all of its readers read behind that.
//   - Weights are s8 with one scale an output channel. Biases are s32 at the product of input scale and weight scale; where a bias does not
//     fit, the scale of that channel's weights grows.
//   - A clip that the grid's ends imply is left out, a Relu stays.
//   - Activation parameters by channel (`TensorPlan::depthwise`) are said with one scale: factors go into the weights of producer and
//     reader, where nothing bends between them, else into a Mul before the tensor is quantized. Zero points by channel become a sum before
//     it, with the border of the image padded in front of that.
//   - What ONNX Runtime has no integer form for (Gelu, LRN, ...) is computed in float32 between two pairs; SiLU, hard-swish and leaky ReLU
//     behind convolutions get a grid in front, and a ScaleShift is a convolution.
#pragma once

#include "core/plan/plan.h"

#include <string>
#include <vector>

namespace octavo {

// An int8 operator of the plan that ONNX Runtime will compute in float32, and why.
struct FloatOperator {
    std::string node;
    std::string reason;

    bool operator==(const FloatOperator&) const = default;
};

struct QdqModel {
    std::string bytes;
    std::vector<FloatOperator> in_float;  // in the graph's order
};

// `graph` is what devices execute: after run_passes and fuse_residuals, shapes inferred. Errors: Code::config, where the plan does not fit
// it; Code::model, where ONNX cannot say an operator.
Result<QdqModel> write_onnx_qdq(const Graph& graph, const Plan& plan);

}  // namespace octavo
