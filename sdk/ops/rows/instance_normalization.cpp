// InstanceNormalization: each channel of each image less its mean and divided by its deviation, then scale[c] and bias[c]; in double.
#include <cmath>
#include <numeric>

#include "ops/support.h"

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
        const std::span<const float> plane = x.subspan(i, size);
        const double mean = std::accumulate(plane.begin(), plane.end(), 0.0) / static_cast<double>(size);
        double squares = 0;
        for (const float value : plane) squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
        const std::size_t c = i / size % channels;
        const double factor =
            static_cast<double>(values<const float>(inputs[1])[c]) / std::sqrt(squares / static_cast<double>(size) + epsilon);
        const double bias = static_cast<double>(values<const float>(inputs[2])[c]);
        for (std::size_t k = 0; k < size; ++k) y[i + k] = static_cast<float>((static_cast<double>(plane[k]) - mean) * factor + bias);
    }
    return {};
}

}  // namespace

extern const Row instance_normalization_row;
const Row instance_normalization_row = {"InstanceNormalization", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
