// Concat: tensors one behind another along an axis; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "required"}};

Result<Types> infer_types(const NodeView& node) {
    Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 1), shape.size()));
    const auto at = static_cast<std::size_t>(axis);
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        if (!node.has_input(i)) return refusal(node, "input " + std::to_string(i) + " is absent");
        OCTAVO_CHECK_OK(expect_type(node, i, node.input(0).type));
        Shape other = node.input_shape(i);
        const std::int64_t size = other.size() == shape.size() ? other[at] : 0;
        if (other.size() == shape.size()) other[at] = shape[at];
        if (other != shape)
            return refusal(node, "input " + std::to_string(i) + " is " + shape_text(node.input_shape(i)) + ", which does not continue " +
                                     shape_text(node.input_shape(0)) + " along axis " + std::to_string(axis));
        if (__builtin_add_overflow(shape[at], size, &shape[at])) return refusal(node, "output is too large");
    }
    return one_output(node.input(0).type, shape);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 1), shape.size()));
    const std::int64_t outer = split_at(shape, axis).outer;
    auto* to = static_cast<std::byte*>(outputs[0].data);
    for (std::int64_t i = 0; i < outer; ++i)
        for (const octavo_tensor& input : inputs) {
            const std::size_t bytes = static_cast<std::size_t>(count_of(input) / outer) * element_bytes(input.type);
            if (bytes > 0) std::memcpy(to, static_cast<const std::byte*>(input.data) + static_cast<std::size_t>(i) * bytes, bytes);
            to += bytes;
        }
    return {};
}

}  // namespace

extern const Row concat_row;
const Row concat_row = {"Concat", 1, -1, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
