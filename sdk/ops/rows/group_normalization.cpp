// GroupNormalization: the channels of an image in groups of equal size, each less its mean and divided by its deviation, then scale and
// bias: one of each a channel (opset 21) or a group (opset 18).
#include "ops/moments.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"epsilon", OCTAVO_ATTRIBUTE_FLOAT, "1e-5"},
                                        {"num_groups", OCTAVO_ATTRIBUTE_INT, "required"},
                                        {"stash_type", OCTAVO_ATTRIBUTE_INT, "1"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    const Shape shape = node.input_shape(0);
    if (shape.size() < 2) return refusal(node, "input " + shape_text(shape) + " has no channels");
    const std::int64_t groups = node.integer("num_groups", 0);
    if (groups < 1 || shape[1] % groups != 0)
        return refusal(node, std::to_string(shape[1]) + " channels in " + std::to_string(groups) + " groups");
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
        if (node.input_shape(i) != Shape{shape[1]} && node.input_shape(i) != Shape{groups})
            return refusal(
                node, "input " + std::to_string(i) + " is " + shape_text(node.input_shape(i)) + ", expected " + std::to_string(shape[1]));
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(inputs[0]);
    const auto groups = static_cast<std::size_t>(node.integer("num_groups", 1)), channels = static_cast<std::size_t>(shape[1]);
    const auto plane = static_cast<std::size_t>(extent(shape, 2, shape.size())), size = channels / groups * plane;
    const double epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
    const std::span<const float> x = values<const float>(inputs[0]);
    float* y = static_cast<float*>(outputs[0].data);
    const auto of_channel = [&](std::size_t i, std::size_t c) {
        const std::span<const float> list = values<const float>(inputs[i]);
        return static_cast<double>(list[c * list.size() / channels]);
    };
    for (std::size_t at = 0; at < x.size(); at += size) {
        const Moments moments = moments_of(x.subspan(at, size));
        const double factor = 1 / std::sqrt(moments.variance + epsilon);
        for (std::size_t i = at; i < at + size; i += plane) {
            const std::size_t c = i / plane % channels;
            shift_and_scale(x.subspan(i, plane), moments.mean, factor * of_channel(1, c), of_channel(2, c), y + i);
        }
    }
    return {};
}

}  // namespace

extern const Row group_normalization_row;
const Row group_normalization_row = {"GroupNormalization", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
