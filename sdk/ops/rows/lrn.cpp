// LRN: x / (bias + alpha / size * s)^beta, where s is the sum of squares over `size` neighbouring channels. In double, but for the beta of
// AlexNet and GoogLeNet: there s^0.75 = sqrt(s) * sqrt(sqrt(s)) in float32 steps, which vector kernels repeat bit for bit (numbers.md).
#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"alpha", OCTAVO_ATTRIBUTE_FLOAT, "1e-4"},
                                        {"beta", OCTAVO_ATTRIBUTE_FLOAT, "0.75"},
                                        {"bias", OCTAVO_ATTRIBUTE_FLOAT, "1"},
                                        {"size", OCTAVO_ATTRIBUTE_INT, "required"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    if (shape.size() < 2) return refusal(node, "input " + shape_text(shape) + " has no channels");
    const std::int64_t size = node.integer("size", 0);
    if (size < 1 || size > std::int64_t{1} << 30) return refusal(node, "size is " + std::to_string(size) + ", expected at least 1");
    return infer_float_like_input(node);
}

struct Numbers {
    float alpha, beta, bias;
    std::int64_t size;
};

// Channels first..last of one pixel, `step` apart, that channel `at` is normalized by.
struct Neighbours {
    const float* pixel;
    std::int64_t step, first, last, at;

    float value(std::int64_t channel) const { return pixel[channel * step]; }
};

float contract_value(const Numbers& numbers, const Neighbours& near) {
    float sum = 0;
    for (std::int64_t c = near.first; c <= near.last; ++c) sum = sum + near.value(c) * near.value(c);
    const float factor = numbers.alpha / static_cast<float>(numbers.size);
    const float root = std::sqrt(numbers.bias + factor * sum);
    return near.value(near.at) / (root * std::sqrt(root));
}

float general_value(const Numbers& numbers, const Neighbours& near) {
    double sum = 0;
    for (std::int64_t c = near.first; c <= near.last; ++c) sum += static_cast<double>(near.value(c)) * static_cast<double>(near.value(c));
    const double factor = static_cast<double>(numbers.alpha) / static_cast<double>(numbers.size);
    const double base = static_cast<double>(numbers.bias) + factor * sum;
    return static_cast<float>(static_cast<double>(near.value(near.at)) / std::pow(base, static_cast<double>(numbers.beta)));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    const std::int64_t channels = shape[1];
    const std::int64_t plane = extent(shape, 2, shape.size());
    const Numbers numbers = {node.real("alpha", 1e-4F), node.real("beta", 0.75F), node.real("bias", 1.0F), node.integer("size", 1)};
    const auto value = numbers.beta == 0.75F ? contract_value : general_value;
    const float* x = static_cast<const float*>(inputs[0].data);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::int64_t n = 0; n < shape[0]; ++n, x += channels * plane)
        for (std::int64_t c = 0; c < channels; ++c) {
            const std::int64_t first = std::max<std::int64_t>(0, c - (numbers.size - 1) / 2);
            const std::int64_t last = std::min(channels - 1, c + numbers.size / 2);
            for (std::int64_t i = 0; i < plane; ++i) *y++ = value(numbers, {x + i, plane, first, last, c});
        }
    return {};
}

}  // namespace

extern const Row lrn_row;
const Row lrn_row = {"LRN", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
