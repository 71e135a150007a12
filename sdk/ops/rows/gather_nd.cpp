// GatherND: the slices that lists of s64 or s32 indices name, negative ones from the end, the first `batch_dims` axes in step; data of any
// type.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"batch_dims", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape data = node.input_shape(0);
    const Shape indices = node.input_shape(1);
    OCTAVO_CHECK_OK(expect_integer(node, 1));
    const std::int64_t batch = node.integer("batch_dims", 0);
    const auto rank = static_cast<std::int64_t>(data.size());
    if (indices.empty() || batch < 0 || batch >= static_cast<std::int64_t>(indices.size()) || indices.back() < 1 ||
        indices.back() + batch > rank || !std::equal(data.begin(), data.begin() + batch, indices.begin()))
        return refusal(node, "indices " + shape_text(indices) + " do not fit data " + shape_text(data));
    Shape shape(indices.begin(), indices.end() - 1);
    shape.insert(shape.end(), data.begin() + batch + indices.back(), data.end());
    return one_output(node.input(0).type, std::move(shape));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape data = shape_of(inputs[0]);
    const auto batch = static_cast<std::size_t>(node.integer("batch_dims", 0));
    const std::vector<std::int64_t> indices = integer_values(inputs[1]);
    const auto depth = static_cast<std::size_t>(inputs[1].shape[inputs[1].rank - 1]);
    const Shape strides = dense_strides(data);
    const std::size_t bytes = static_cast<std::size_t>(extent(data, batch + depth, data.size())) * element_bytes(inputs[0].type);
    const std::size_t lists = indices.size() / depth;
    if (lists == 0) return {};  // perhaps for want of batches
    const std::size_t lists_of_a_batch = lists / static_cast<std::size_t>(extent(data, 0, batch));
    const auto* from = static_cast<const std::byte*>(inputs[0].data);
    auto* to = static_cast<std::byte*>(outputs[0].data);
    for (std::size_t i = 0; i < lists; ++i, to += bytes) {
        std::int64_t at = static_cast<std::int64_t>(i / lists_of_a_batch) * extent(data, batch, data.size());
        for (std::size_t k = 0; k < depth; ++k) {
            OCTAVO_TRY(const std::int64_t index, resolve_index(node, indices[i * depth + k], data[batch + k]));
            at += index * strides[batch + k];
        }
        if (bytes > 0) std::memcpy(to, from + static_cast<std::size_t>(at) * element_bytes(inputs[0].type), bytes);
    }
    return {};
}

}  // namespace

extern const Row gather_nd_row;
const Row gather_nd_row = {"GatherND", 2, 2, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
