// LayerNormalization: what lies from an axis on less its mean and divided by its deviation, times scale, plus bias (input 2, if given),
// which broadcast to it. Outputs 1 and 2 are the mean and the inverse of the deviation.
#include <algorithm>

#include "ops/moments.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"axis", OCTAVO_ATTRIBUTE_INT, "-1"}, {"epsilon", OCTAVO_ATTRIBUTE_FLOAT, "1e-5"}, {"stash_type", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    const Shape shape = node.input_shape(0);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), shape.size()));
    const Shape normal(shape.begin() + axis, shape.end());
    for (std::size_t i = 1; i < node.input_count(); ++i) {
        OCTAVO_TRY(const Shape spread, broadcast(node, normal, node.input_shape(i)));
        if (spread != normal)
            return refusal(node,
                           "input " + std::to_string(i) + " is " + shape_text(node.input_shape(i)) + ", expected " + shape_text(normal));
    }
    Types types = like_input(node);
    Shape kept = shape;
    std::fill(kept.begin() + axis, kept.end(), 1);
    while (types.size() < std::min<std::size_t>(node.output_count(), 3)) types.push_back({OCTAVO_F32, kept});
    return types;
}

// Input i as the normalized part wants it: one number for each, in place where it has them.
std::span<const float> spread(Inputs inputs, std::size_t i, const Shape& normal, std::vector<float>& storage) {
    if (shape_of(inputs[i]) == normal) return values<const float>(inputs[i]);
    storage.resize(static_cast<std::size_t>(element_count(normal)));
    copy_strided(static_cast<const std::byte*>(inputs[i].data), broadcast_strides(shape_of(inputs[i]), normal), normal, sizeof(float),
                 reinterpret_cast<std::byte*>(storage.data()));
    return storage;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), shape.size()));
    const Shape normal(shape.begin() + axis, shape.end());
    std::vector<float> scales, biases(static_cast<std::size_t>(element_count(normal)));
    const std::span<const float> scale = spread(inputs, 1, normal, scales);
    const std::span<const float> bias = is_given(inputs, 2) ? spread(inputs, 2, normal, biases) : biases;
    const double epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    const std::span<const float> x = values<const float>(inputs[0]);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::size_t at = 0, run = 0; at < x.size(); at += scale.size(), ++run) {
        const Moments moments = moments_of(x.subspan(at, scale.size()));
        const auto mean = static_cast<float>(moments.mean), factor = static_cast<float>(1 / std::sqrt(moments.variance + epsilon));
        for (std::size_t i = 0; i < scale.size(); ++i) y[at + i] = (x[at + i] - mean) * factor * scale[i] + bias[i];
        if (is_given(outputs, 1)) values<float>(outputs[1])[run] = mean;
        if (is_given(outputs, 2)) values<float>(outputs[2])[run] = factor;
    }
    return {};
}

}  // namespace

extern const Row layer_normalization_row;
const Row layer_normalization_row = {"LayerNormalization", 2, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
