// CastLike: Cast to the type of input 1, of which nothing else is read. A pass makes a Cast of it.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"saturate", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    return one_output(node.input(1).type, node.input_shape(0));
}

// Cast's arithmetic goes by the tensors.
Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return find("Cast")->compute(node, inputs, outputs);
}

}  // namespace

extern const Row cast_like_row;
const Row cast_like_row = {"CastLike", 2, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
