// BatchNormalization, inference only: (x - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + bias[c], in double. Passes fold it into a
// convolution or make it a ScaleShift; what is left stays in floating point.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"epsilon", OCTAVO_ATTRIBUTE_FLOAT, "1e-5"},
                                        {"momentum", OCTAVO_ATTRIBUTE_FLOAT, "0.9"},
                                        {"spatial", OCTAVO_ATTRIBUTE_INT, "1"},
                                        {"training_mode", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    // Before opset 14 the number of outputs says so.
    if (node.integer("training_mode", 0) != 0 || node.output_count() > 1)
        return refusal(node, "is in training mode; export the model for inference");
    if (node.integer("spatial", 1) == 0) return refusal(node, "statistics for each element (spatial = 0) are not supported");
    OCTAVO_CHECK_OK(expect_for_channels(node, 4));
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    const auto channels = static_cast<std::size_t>(shape[1]);
    const auto size = static_cast<std::size_t>(extent(shape, 2, shape.size()));
    const double epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    const std::span<const float> x = values<const float>(inputs[0]);
    const std::span<float> y = values<float>(outputs[0]);
    const auto parameter = [&](std::size_t input, std::size_t c) { return static_cast<double>(values<const float>(inputs[input])[c]); };
    for (std::size_t i = 0; i < y.size(); i += size) {
        const std::size_t c = i / size % channels;
        const double factor = parameter(1, c) / std::sqrt(parameter(4, c) + epsilon);
        const double bias = parameter(2, c);
        const double mean = parameter(3, c);
        for (std::size_t k = i; k < i + size; ++k) y[k] = static_cast<float>((static_cast<double>(x[k]) - mean) * factor + bias);
    }
    return {};
}

}  // namespace

extern const Row batch_normalization_row;
const Row batch_normalization_row = {"BatchNormalization", 5, 5, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
