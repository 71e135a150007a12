// See product.h.
#include "core/graph/product.h"

#include "core/graph/flat.h"
#include "sdk/ops/op.h"

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

}  // namespace octavo
