// InstanceNormalization: each channel of each image less its mean and divided by its deviation, then scale[c] and bias[c]; in double.
#include "ops/moments.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"epsilon", OCTAVO_ATTRIBUTE_FLOAT, "1e-5"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_CHECK_OK(expect_for_channels(node, 2));
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    const auto size = static_cast<std::size_t>(extent(shape, 2, shape.size()));
    const auto channels = static_cast<std::size_t>(shape[1]);
    const double epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    const std::span<const float> x = values<const float>(inputs[0]);
    const std::span<float> y = values<float>(outputs[0]);
    for (std::size_t i = 0; i < y.size(); i += size) {
        const Moments moments = moments_of(x.subspan(i, size));
        const std::size_t c = i / size % channels;
        const double factor = static_cast<double>(values<const float>(inputs[1])[c]) / std::sqrt(moments.variance + epsilon);
        shift_and_scale(x.subspan(i, size), moments.mean, factor, static_cast<double>(values<const float>(inputs[2])[c]), &y[i]);
    }
    return {};
}

}  // namespace

extern const Row instance_normalization_row;
const Row instance_normalization_row = {"InstanceNormalization", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
