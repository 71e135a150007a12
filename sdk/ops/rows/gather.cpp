// Gather: the slices along an axis that s64 or s32 indices name, negative ones from the end; data of any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape data = node.input_shape(0);
    const Shape indices = node.input_shape(1);
    if (node.input(1).type != OCTAVO_S32) OCTAVO_CHECK_OK(expect_type(node, 1, OCTAVO_S64));
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    Shape shape(data.begin(), data.begin() + axis);
    shape.insert(shape.end(), indices.begin(), indices.end());
    shape.insert(shape.end(), data.begin() + axis + 1, data.end());
    return one_output(node.input(0).type, shape);
}

Result<std::vector<std::int64_t>> indices_of(const NodeView& node, const octavo_tensor& tensor, std::int64_t size) {
    std::vector<std::int64_t> indices;
    for (std::int64_t i = 0; i < count_of(tensor); ++i) {
        const std::int64_t found =
            tensor.type == OCTAVO_S32 ? static_cast<const std::int32_t*>(tensor.data)[i] : static_cast<const std::int64_t*>(tensor.data)[i];
        if (found < -size || found >= size)
            return refusal(node, "index " + std::to_string(found) + " lies outside of " + std::to_string(size) + " entries");
        indices.push_back(found < 0 ? found + size : found);
    }
    return indices;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape data = shape_of(inputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    const AxisSplit split = split_at(data, axis);
    OCTAVO_TRY(const std::vector<std::int64_t> indices, indices_of(node, inputs[1], split.size));
    const std::size_t bytes = static_cast<std::size_t>(split.inner) * size_bytes(inputs[0].type);
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
