// OneHot: for each index a list of `depth` values (constant input 1) along a new axis: the second of `values` (input 2) where the index
// points, counted from the end where it is negative, the first elsewhere. Values of any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "-1"}};

// Numbers of any type, as ONNX allows for indices and depth.
std::vector<std::int64_t> whole_numbers(const octavo_tensor& tensor) {
    std::vector<std::int64_t> list;
    with_type(tensor.type, [&](auto zero) {
        for (const auto value : values<const decltype(zero)>(tensor)) list.push_back(static_cast<std::int64_t>(value));
    });
    return list;
}

Result<std::int64_t> depth_of(const NodeView& node) {
    if (!node.input(1).data) return refusal(node, "depth (input 1) is computed while the model runs; only constants are supported");
    OCTAVO_CHECK_OK(expect_single(node, 1));
    octavo_tensor tensor{};
    tensor.type = node.input(1).type;
    tensor.data = const_cast<void*>(node.input(1).data);
    const std::int64_t depth = whole_numbers(tensor)[0];
    if (depth < 1) return refusal(node, "depth is " + std::to_string(depth) + ", expected at least 1");
    return depth;
}

Result<Types> infer_types(const NodeView& node) {
    Shape shape = node.input_shape(0);
    OCTAVO_CHECK_OK(expect_number(node, 0));
    OCTAVO_TRY(const std::int64_t depth, depth_of(node));
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), shape.size() + 1));
    if (node.input_shape(2) != Shape{2}) return refusal(node, "values are " + shape_text(node.input_shape(2)) + ", expected 2");
    shape.insert(shape.begin() + axis, depth);
    return one_output(node.input(2).type, std::move(shape));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), shape.size()));
    const AxisSplit split = split_at(shape, axis);
    const std::vector<std::int64_t> indices = whole_numbers(inputs[0]);
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const T* off_and_on = static_cast<const T*>(inputs[2].data);
        T* out = static_cast<T*>(outputs[0].data);
        for (std::int64_t outer = 0; outer < split.outer; ++outer)
            for (std::int64_t i = 0; i < split.size; ++i)
                for (std::int64_t inner = 0; inner < split.inner; ++inner) {
                    const std::int64_t index = indices[static_cast<std::size_t>(outer * split.inner + inner)];
                    *out++ = off_and_on[index == i || index + split.size == i ? 1 : 0];
                }
    });
    return {};
}

}  // namespace

extern const Row one_hot_row;
const Row one_hot_row = {"OneHot", 3, 3, Role::floating, kAttributes, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
