// ScatterND: a copy of the data in which the slices that lists of s64 or s32 indices name, negative ones from the end, are replaced by
// updates, or joined with them by a reduction; data of any type.
#include <algorithm>

#include "ops/scatter.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"reduction", OCTAVO_ATTRIBUTE_STRING, "none"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_scatter(node));
    const Shape data = node.input_shape(0), indices = node.input_shape(1), updates = node.input_shape(2);
    if (indices.empty() || indices.back() < 0 || indices.back() > static_cast<std::int64_t>(data.size()))
        return refusal(node, "indices " + shape_text(indices) + " do not fit data " + shape_text(data));
    Shape expected(indices.begin(), indices.end() - 1);
    expected.insert(expected.end(), data.begin() + indices.back(), data.end());
    if (updates != expected) return refusal(node, "updates are " + shape_text(updates) + ", expected " + shape_text(expected));
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape data = shape_of(inputs[0]);
    const auto depth = static_cast<std::size_t>(inputs[1].shape[inputs[1].rank - 1]);
    const std::vector<std::int64_t> indices = integer_values(inputs[1]);
    const Shape strides = dense_strides(data);
    const std::int64_t slice = extent(data, depth, data.size());
    const std::int64_t lists = slice > 0 ? count_of(inputs[2]) / slice : 0;
    return scatter(node, inputs, outputs, [&](auto put) -> Result<void> {
        for (std::int64_t i = 0; i < lists; ++i) {
            std::int64_t to = 0;
            for (std::size_t k = 0; k < depth; ++k) {
                OCTAVO_TRY(const std::int64_t index, resolve_index(node, indices[static_cast<std::size_t>(i) * depth + k], data[k]));
                to += index * strides[k];
            }
            for (std::int64_t k = 0; k < slice; ++k) put(to + k, i * slice + k);
        }
        return {};
    });
}

}  // namespace

extern const Row scatter_nd_row;
const Row scatter_nd_row = {"ScatterND", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
