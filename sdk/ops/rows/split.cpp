// Split: a tensor cut along an axis; any type. Sizes come from the attribute "split", from input 1 (opset 13), or are equal, the last one
// smaller where "num_outputs" (opset 18) allows it.
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "0"},
                                        {"num_outputs", OCTAVO_ATTRIBUTE_INT, "the node's"},
                                        {"split", OCTAVO_ATTRIBUTE_INTS, "equal parts"}};

Result<Shape> equal_parts(const NodeView& node, std::int64_t size) {
    const auto parts = static_cast<std::int64_t>(node.output_count());
    if (!node.attribute("num_outputs")) {
        if (size % parts != 0)
            return refusal(node, std::to_string(size) + " does not divide into " + std::to_string(parts) + " equal parts");
        return Shape(node.output_count(), size / parts);
    }
    if (node.integer("num_outputs", parts) != parts)
        return refusal(node,
                       "num_outputs is " + std::to_string(node.integer("num_outputs", parts)) + ", but there are " + std::to_string(parts));
    const std::int64_t each = (size + parts - 1) / parts;
    if (each * (parts - 1) > size) return refusal(node, std::to_string(size) + " does not divide into " + std::to_string(parts) + " parts");
    Shape sizes(node.output_count(), each);
    sizes.back() = size - each * (parts - 1);
    return sizes;
}

Result<Types> infer_types(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), shape.size()));
    const std::int64_t size = shape[static_cast<std::size_t>(axis)];
    if (node.output_count() == 0) return refusal(node, "has no outputs");
    OCTAVO_TRY(Shape sizes, integers_of(node, 1, "split", {}));
    if (sizes.empty()) {
        OCTAVO_TRY(sizes, equal_parts(node, size));
    }
    std::int64_t sum = 0;
    for (const std::int64_t part : sizes)
        if (part < 0 || __builtin_add_overflow(sum, part, &sum)) return refusal(node, "split " + shape_text(sizes) + " is not possible");
    if (sum != size) return refusal(node, "parts " + shape_text(sizes) + " do not add up to " + std::to_string(size));
    Types types(sizes.size(), {node.input(0).type, shape});
    for (std::size_t i = 0; i < sizes.size(); ++i) types[i].shape[static_cast<std::size_t>(axis)] = sizes[i];
    return types;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), shape.size()));
    const std::int64_t outer = split_at(shape, axis).outer;
    const auto* from = static_cast<const std::byte*>(inputs[0].data);
    for (std::int64_t i = 0; i < outer; ++i)
        for (const octavo_tensor& output : outputs) {
            const std::size_t bytes = static_cast<std::size_t>(count_of(output) / outer) * element_bytes(output.type);
            if (bytes > 0) std::memcpy(static_cast<std::byte*>(output.data) + static_cast<std::size_t>(i) * bytes, from, bytes);
            from += bytes;
        }
    return {};
}

}  // namespace

extern const Row split_row;
const Row split_row = {"Split", 1, 2, Role::passes, kAttributes, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
