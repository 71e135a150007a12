// ReduceMean: the mean along axes (an attribute, or input 1 since opset 18), summed in double in memory order.
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"axes", OCTAVO_ATTRIBUTE_INTS, "all"}, {"keepdims", OCTAVO_ATTRIBUTE_INT, "1"}, {"noop_with_empty_axes", OCTAVO_ATTRIBUTE_INT, "0"}};

// The input's shape with 1 along each axis that is averaged.
Result<Shape> reduced_shape(const NodeView& node) {
    OCTAVO_TRY(const std::vector<std::int64_t> axes, reduced_axes(node));
    Shape shape = node.input_shape(0);
    for (const std::int64_t axis : axes) shape[static_cast<std::size_t>(axis)] = 1;
    return shape;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    OCTAVO_TRY(Shape shape, reduced_shape(node));
    if (element_count(node.input_shape(0)) == 0) return refusal(node, "input " + shape_text(node.input_shape(0)) + " is empty");
    if (node.integer("keepdims", 1) != 0) return one_output(OCTAVO_F32, shape);
    OCTAVO_TRY(const std::vector<std::int64_t> axes, reduced_axes(node));
    for (std::size_t i = axes.size(); i-- > 0;) shape.erase(shape.begin() + axes[i]);
    return one_output(OCTAVO_F32, shape);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Shape kept, reduced_shape(node));
    const Shape shape = shape_of(inputs[0]);
    const Shape strides = broadcast_strides(kept, shape);
    const std::int64_t step = strides.empty() ? 0 : strides.back();
    const std::span<float> means = values<float>(outputs[0]);
    std::vector<double> sums(means.size());
    const float* x = static_cast<const float*>(inputs[0].data);
    for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) sums[static_cast<std::size_t>(offset[0] + i * step)] += static_cast<double>(*x++);
    });
    const auto count = static_cast<double>(element_count(shape) / element_count(kept));
    for (std::size_t i = 0; i < means.size(); ++i) means[i] = static_cast<float>(sums[i] / count);
    return {};
}

}  // namespace

extern const Row reduce_mean_row;
const Row reduce_mean_row = {"ReduceMean", 1, 2, Role::average, kAttributes, infer_types, compute};

}  // namespace octavo::ops
