// Transpose: dimensions in another order, reversed where `perm` is not given; any type.
#include <algorithm>
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"perm", OCTAVO_ATTRIBUTE_INTS, "reversed"}};

Result<Shape> order_of(const NodeView& node) {
    Shape reversed(node.input_shape(0).size());
    std::iota(reversed.rbegin(), reversed.rend(), 0);
    const Shape order = node.integers("perm", reversed);
    if (!std::is_permutation(order.begin(), order.end(), reversed.begin(), reversed.end()))
        return refusal(node, "perm " + shape_text(order) + " is no order of " + std::to_string(reversed.size()) + " axes");
    return order;
}

Shape ordered(const Shape& values, const Shape& order) {
    Shape result;
    for (const std::int64_t axis : order) result.push_back(values[static_cast<std::size_t>(axis)]);
    return result;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Shape order, order_of(node));
    return one_output(node.input(0).type, ordered(node.input_shape(0), order));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Shape order, order_of(node));
    copy_strided(static_cast<const std::byte*>(inputs[0].data), ordered(dense_strides(shape_of(inputs[0])), order), shape_of(outputs[0]),
                 element_bytes(inputs[0].type), static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row transpose_row;
const Row transpose_row = {"Transpose", 1, 1, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
