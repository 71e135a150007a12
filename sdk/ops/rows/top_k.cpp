// TopK: the k greatest (or least) values along an axis with their positions, in order; of equal values the earlier one comes first. k is
// constant input 1, before opset 10 an attribute.
#include <algorithm>
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "-1"},
                                        {"k", OCTAVO_ATTRIBUTE_INT, "input 1"},
                                        {"largest", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"sorted", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<std::int64_t> count_wanted(const NodeView& node) {
    if (!node.has_input(1)) return node.integer("k", -1);
    OCTAVO_TRY(const Shape listed, constant_integers(node, 1, "k"));
    return listed.size() == 1 ? listed[0] : -1;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), shape.size()));
    OCTAVO_TRY(const std::int64_t count, count_wanted(node));
    std::int64_t& size = shape[static_cast<std::size_t>(axis)];
    if (count < 0 || count > size)
        return refusal(node, "k is " + std::to_string(count) + ", expected 0 to the " + std::to_string(size) + " entries of axis " +
                                 std::to_string(axis));
    size = count;
    Types types = {{node.input(0).type, shape}};
    if (node.output_count() > 1) types.push_back({OCTAVO_S64, shape});
    return types;
}

template <class T>
void select(const octavo_tensor& from, std::int64_t axis, bool largest, Outputs outputs) {
    const AxisSplit split = split_at(shape_of(from), axis);
    const std::int64_t count = outputs[0].shape[axis];
    const T* x = static_cast<const T*>(from.data);
    std::vector<std::int64_t> order(static_cast<std::size_t>(split.size));
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (std::int64_t inner = 0; inner < split.inner; ++inner) {
            const T* line = x + outer * split.size * split.inner + inner;
            const auto precedes = [&](std::int64_t a, std::int64_t b) {
                const T left = line[a * split.inner], right = line[b * split.inner];
                const bool left_is_nan = left != left, right_is_nan = right != right;  // behind all numbers, in either order
                if (left_is_nan != right_is_nan) return right_is_nan;
                if (left == right || left_is_nan) return a < b;
                return largest ? left > right : left < right;
            };
            std::iota(order.begin(), order.end(), 0);
            std::partial_sort(order.begin(), order.begin() + count, order.end(), precedes);
            for (std::int64_t i = 0; i < count; ++i) {
                const std::int64_t at = (outer * count + i) * split.inner + inner;
                const std::int64_t chosen = order[static_cast<std::size_t>(i)];
                static_cast<T*>(outputs[0].data)[at] = line[chosen * split.inner];
                if (is_given(outputs, 1)) static_cast<std::int64_t*>(outputs[1].data)[at] = chosen;
            }
        }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), static_cast<std::size_t>(inputs[0].rank)));
    const bool largest = node.integer("largest", 1) != 0;
    with_type(inputs[0].type, [&](auto zero) { select<decltype(zero)>(inputs[0], axis, largest, outputs); });
    return {};
}

}  // namespace

extern const Row top_k_row;
const Row top_k_row = {"TopK", 1, 2, Role::floating, kAttributes, infer_types, compute, inputs_at(1)};

}  // namespace octavo::ops
