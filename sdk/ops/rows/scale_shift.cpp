// ScaleShift, an operator of our own: x * scale[c] + shift[c], two roundings, along axis 1. What becomes of a batch normalization that no
// convolution takes in.
#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_CHECK_OK(expect_for_channels(node, 2));
    return like_input(node);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    const auto channels = static_cast<std::size_t>(shape[1]);
    const auto size = static_cast<std::size_t>(extent(shape, 2, shape.size()));
    const std::span<const float> x = values<const float>(inputs[0]);
    const std::span<const float> scale = values<const float>(inputs[1]);
    const std::span<const float> shift = values<const float>(inputs[2]);
    const std::span<float> y = values<float>(outputs[0]);
    for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t c = i / size % channels;
        y[i] = x[i] * scale[c] + shift[c];
    }
    return {};
}

}  // namespace

extern const Row scale_shift_row;
const Row scale_shift_row = {"ScaleShift", 3, 3, Role::elementwise, {}, infer_types, compute};

}  // namespace octavo::ops
