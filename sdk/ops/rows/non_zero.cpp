// NonZero: where the values of a constant that are not 0 lie: one column a value, in order, of as many numbers as there are dimensions.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

std::vector<bool> is_there(octavo_type type, const void* data, std::size_t count) {
    std::vector<bool> there;
    with_type(type, [&](auto zero) {
        using T = decltype(zero);
        for (const T value : std::span(static_cast<const T*>(data), count)) there.push_back(value != T{0});
    });
    return there;
}

Result<Types> infer_types(const NodeView& node) {
    if (!node.input(0).data) return refusal(node, "its input is computed while the model runs; only constants are supported");
    const Shape shape = node.input_shape(0);
    const std::vector<bool> there = is_there(node.input(0).type, node.input(0).data, static_cast<std::size_t>(element_count(shape)));
    const auto rank = static_cast<std::int64_t>(shape.size());
    return one_output(OCTAVO_S64, {std::max<std::int64_t>(rank, 1), std::ranges::count(there, true)});
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const std::vector<bool> there = is_there(inputs[0].type, inputs[0].data, static_cast<std::size_t>(count_of(inputs[0])));
    Shape shape = shape_of(inputs[0]);
    if (shape.empty()) shape = {1};
    std::int64_t* out = static_cast<std::int64_t*>(outputs[0].data);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        const std::int64_t inner = extent(shape, axis + 1, shape.size());
        for (std::size_t i = 0; i < there.size(); ++i)
            if (there[i]) *out++ = static_cast<std::int64_t>(i) / inner % shape[axis];
    }
    return {};
}

}  // namespace

extern const Row non_zero_row;
const Row non_zero_row = {"NonZero", 1, 1, Role::floating, {}, infer_types, compute, inputs_at(0)};

}  // namespace octavo::ops
