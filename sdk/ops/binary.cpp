#include "ops/binary.h"

namespace octavo::ops {

namespace {

Result<Types> infer_pair(const NodeView& node, octavo_type result) {
    OCTAVO_CHECK_OK(expect_type(node, 1, node.input(0).type));
    OCTAVO_TRY(Shape shape, broadcast(node, node.input_shape(0), node.input_shape(1)));
    return one_output(result, std::move(shape));
}

}  // namespace

Result<Types> infer_binary(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    return infer_pair(node, node.input(0).type);
}

Result<Types> infer_comparison(const NodeView& node) {
    return infer_pair(node, OCTAVO_BOOLEAN);
}

Result<Types> infer_logic(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_BOOLEAN));
    return infer_pair(node, OCTAVO_BOOLEAN);
}

Result<Types> infer_variadic(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    Shape shape = node.input_shape(0);
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        if (!node.has_input(i)) return refusal(node, "input " + std::to_string(i) + " is absent");
        OCTAVO_CHECK_OK(expect_type(node, i, node.input(0).type));
        OCTAVO_TRY(shape, broadcast(node, shape, node.input_shape(i)));
    }
    return one_output(node.input(0).type, std::move(shape));
}

}  // namespace octavo::ops
