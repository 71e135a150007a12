// See product.h.
#include "core/graph/product.h"

#include "core/graph/flat.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {

Activation activation_of(const Node& node) {
    const FlatNode flat(node);
    return ops::NodeView(flat.view(), {}).activation();
}

TensorId residual_of(const Node& node) {
    const bool takes_one = node.op == "Conv" || node.op == "Gemm";
    return takes_one && node.inputs.size() > kResidualInput ? node.inputs[kResidualInput] : TensorId::none;
}

bool channels_last(const Node& node) {
    return node.op == "MatMul" || (node.op == "Gemm" && attribute_or(node, "transB", std::int64_t{0}) == 0);
}

std::size_t channel_axis(const Node& product, const Shape& shape) {
    return product.op == "Gemm" ? shape.size() - 1 : 1;
}

std::vector<std::size_t> channel_axes(const Graph& graph) {
    constexpr std::size_t kUnset = 0;
    std::vector<std::size_t> axes(graph.tensors.size(), kUnset);
    const auto see = [&](const Node& node, TensorId id) {
        const std::size_t axis = channel_axis(node, graph[id].shape);
        axes[index(id)] = axes[index(id)] == kUnset || axes[index(id)] == axis ? axis : 1;
    };
    for (const Node& node : graph.nodes) {
        if (node.op != "Gemm" && node.op != "Conv") continue;
        see(node, node.inputs[0]);
        see(node, node.outputs[0]);
    }
    std::replace(axes.begin(), axes.end(), kUnset, std::size_t{1});
    return axes;
}

}  // namespace octavo
