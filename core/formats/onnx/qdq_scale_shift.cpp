// ScaleShift (a batch normalization that no convolution could take, as DenseNet's) between two grids: ONNX Runtime would dequantize,
// multiply, add and quantize. It is a 1x1 depthwise convolution, whose weights lie on their grids exactly, and that it has in integers.
#include "core/formats/onnx/qdq_writer.h"

#include <cmath>

namespace octavo::onnx {

bool QdqWriter::write_scale_shift(const Node& node) {
    const std::optional<Grid> in = forms_.whole(node.inputs[0]);
    if (!in || !forms_.is_int8(node) || graph_[node.outputs[0]].shape.size() != 4 || residual_of(node) != TensorId::none) return false;
    if (!reason_not_on_grid(node, activation_left(node)).empty()) return false;
    ProductTerms terms;
    terms.weight = constant_values(node.inputs[1]);
    for (const float weight : terms.weight) terms.scale.push_back(weight == 0 ? 1.0F : std::abs(weight) / kWeightLevels);
    const std::span<const float> shift = constant_values(node.inputs[2]);
    terms.bias.assign(shift.begin(), shift.end());
    terms.input_scale = in->scale;
    terms.out_step = output_steps(node, terms.weight.size());
    QuantizedProduct product = quantize_product(terms);
    if (product.worst_bias_error > kCoarseBiasFused) return false;
    const auto channels = static_cast<std::int64_t>(terms.weight.size());
    Names inputs = {read(node.inputs[0])};
    add_quantized_product(node, terms, std::move(product), {channels, 1, 1, 1}, kCoarseBiasFused, inputs);
    const Tail tail = plan_tail(node);
    model_.add_node(node.name, "Conv", inputs, {tail.core}, {{"group", channels}});
    write_tail(node, tail);
    return true;
}

}  // namespace octavo::onnx
