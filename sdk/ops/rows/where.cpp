// Where: values of input 1 where input 0 is true, of input 2 elsewhere; all three broadcast. Any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_BOOLEAN));
    OCTAVO_CHECK_OK(expect_type(node, 2, node.input(1).type));
    OCTAVO_TRY(const Shape chosen, broadcast(node, node.input_shape(1), node.input_shape(2)));
    OCTAVO_TRY(Shape shape, broadcast(node, node.input_shape(0), chosen));
    return one_output(node.input(1).type, std::move(shape));
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    std::array<Shape, 3> strides;
    std::array<std::int64_t, 3> step{};
    for (std::size_t i = 0; i < 3; ++i) {
        strides[i] = broadcast_strides(shape_of(inputs[i]), shape);
        step[i] = shape.empty() ? 0 : strides[i].back();
    }
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const bool* condition = static_cast<const bool*>(inputs[0].data);
        const T* a = static_cast<const T*>(inputs[1].data);
        const T* b = static_cast<const T*>(inputs[2].data);
        T* out = static_cast<T*>(outputs[0].data);
        for_each_run<3>(shape, strides, [&](const std::array<std::int64_t, 3>& offset, std::int64_t length) {
            for (std::int64_t i = 0; i < length; ++i)
                *out++ = condition[offset[0] + i * step[0]] ? a[offset[1] + i * step[1]] : b[offset[2] + i * step[2]];
        });
    });
    return {};
}

}  // namespace

extern const Row where_row;
const Row where_row = {"Where", 3, 3, Role::floating, {}, infer_types, compute};

}  // namespace octavo::ops
