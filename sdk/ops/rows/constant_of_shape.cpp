// ConstantOfShape: a tensor of the shape in constant input 0, filled with one value of any type: that of input 1, which the importer makes
// of ONNX's tensor attribute "value", else f32 zero.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(Shape shape, constant_shape(node, 0));
    if (!node.has_input(1)) return one_output(OCTAVO_F32, std::move(shape));
    if (element_count(node.input_shape(1)) != 1)
        return refusal(node, "value is " + shape_text(node.input_shape(1)) + ", expected one number");
    return one_output(node.input(1).type, std::move(shape));
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        std::ranges::fill(values<T>(outputs[0]), is_given(inputs, 1) ? values<const T>(inputs[1])[0] : T{});
    });
    return {};
}

}  // namespace

extern const Row constant_of_shape_row;
const Row constant_of_shape_row = {"ConstantOfShape", 1, 2, Role::floating, {}, infer_types, compute, inputs_at(0)};

}  // namespace octavo::ops
