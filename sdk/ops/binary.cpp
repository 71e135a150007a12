#include "ops/binary.h"

namespace octavo::ops {

Result<Types> infer_binary(const NodeView& node) {
    const octavo_type type = node.input(0).type;
    if (type != OCTAVO_F32 && type != OCTAVO_S64)
        return refusal(node, std::string("input 0 is ") + type_name(type) + ", expected f32 or s64");
    OCTAVO_CHECK_OK(expect_type(node, 1, type));
    OCTAVO_TRY(Shape shape, broadcast(node, node.input_shape(0), node.input_shape(1)));
    return one_output(type, std::move(shape));
}

}  // namespace octavo::ops
