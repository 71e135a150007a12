// LRN: x / (bias + alpha / size * s)^beta, where s is the sum of squares over `size` neighbouring channels. In double.
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

double square(float x) { return static_cast<double>(x) * static_cast<double>(x); }

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    const std::int64_t channels = shape[1];
    const std::int64_t plane = extent(shape, 2, shape.size());
    const std::int64_t size = node.integer("size", 0);
    const double factor = static_cast<double>(node.real("alpha", 1e-4F)) / static_cast<double>(size);
    const double beta = static_cast<double>(node.real("beta", 0.75F));
    const double bias = static_cast<double>(node.real("bias", 1.0F));
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        const float* image = static_cast<const float*>(inputs[0].data) + n * channels * plane;
        float* out = static_cast<float*>(outputs[0].data) + n * channels * plane;
        for (std::int64_t c = 0; c < channels; ++c) {
            const std::int64_t first = std::max<std::int64_t>(0, c - (size - 1) / 2);
            const std::int64_t last = std::min(channels - 1, c + size / 2);
            for (std::int64_t i = 0; i < plane; ++i) {
                double squares = 0;
                for (std::int64_t k = first; k <= last; ++k) squares += square(image[k * plane + i]);
                const double x = static_cast<double>(image[c * plane + i]);
                out[c * plane + i] = static_cast<float>(x / std::pow(bias + factor * squares, beta));
            }
        }
    }
    return {};
}

}  // namespace

extern const Row lrn_row;
const Row lrn_row = {"LRN", 1, 1, Role::local, kAttributes, infer_types, compute};

}  // namespace octavo::ops
