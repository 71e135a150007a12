// Gather: the slices along an axis that s64 or s32 indices name, negative ones from the end; data of any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape data = node.input_shape(0);
    const Shape indices = node.input_shape(1);
    OCTAVO_CHECK_OK(expect_integer(node, 1));
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    Shape shape(data.begin(), data.begin() + axis);
    shape.insert(shape.end(), indices.begin(), indices.end());
    shape.insert(shape.end(), data.begin() + axis + 1, data.end());
    return one_output(node.input(0).type, shape);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape data = shape_of(inputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    const AxisSplit split = split_at(data, axis);
    std::vector<std::int64_t> indices = integer_values(inputs[1]);
    for (std::int64_t& index : indices) {
        OCTAVO_TRY(index, resolve_index(node, index, split.size));
    }
    const std::size_t bytes = static_cast<std::size_t>(split.inner) * element_bytes(inputs[0].type);
    if (bytes == 0) return {};
    const auto* from = static_cast<const std::byte*>(inputs[0].data);
    auto* to = static_cast<std::byte*>(outputs[0].data);
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (const std::int64_t index : indices) {
            std::memcpy(to, from + static_cast<std::size_t>(outer * split.size + index) * bytes, bytes);
            to += bytes;
        }
    return {};
}

}  // namespace

extern const Row gather_row;
const Row gather_row = {"Gather", 2, 2, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
