// FakeQuantize (OpenVINO): each value put on the nearest of `levels` points from input_low to input_high, half to even, said in
// output_low..output_high. The four ends broadcast to the tensor.
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"levels", OCTAVO_ATTRIBUTE_INT, "256"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    const std::int64_t levels = node.integer("levels", 256);
    if (levels < 2 || levels > 65536) return refusal(node, "levels is " + std::to_string(levels) + ", expected 2 to 65536");
    for (std::size_t i = 1; i < 5; ++i) {
        OCTAVO_TRY(const Shape shape, broadcast(node, node.input_shape(0), node.input_shape(i)));
        if (shape != node.input_shape(0))
            return refusal(node, "an end of shape " + shape_text(node.input_shape(i)) + " does not fit " + shape_text(node.input_shape(0)));
    }
    return like_input(node);
}

float put(float x, float low, float high, float to_low, float to_high, float steps) {
    if (x <= std::min(low, high)) return to_low;
    if (x > std::max(low, high)) return to_high;
    return std::nearbyintf((x - low) / (high - low) * steps) / steps * (to_high - to_low) + to_low;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const Shape shape = shape_of(outputs[0]);
    const auto steps = static_cast<float>(node.integer("levels", 256) - 1);
    std::array<Shape, 5> strides;
    std::array<std::int64_t, 5> step{};
    std::array<const float*, 5> from{};
    for (std::size_t i = 0; i < 5; ++i) {
        strides[i] = broadcast_strides(shape_of(inputs[i]), shape);
        step[i] = shape.empty() ? 0 : strides[i].back();
        from[i] = static_cast<const float*>(inputs[i].data);
    }
    float* out = static_cast<float*>(outputs[0].data);
    for_each_run<5>(shape, strides, [&](const std::array<std::int64_t, 5>& offset, std::int64_t length) {
        for (std::int64_t i = 0; i < length; ++i) {
            const auto at = [&](std::size_t k) { return from[k][offset[k] + i * step[k]]; };
            *out++ = put(at(0), at(1), at(2), at(3), at(4), steps);
        }
    });
    return {};
}

}  // namespace

extern const Row fake_quantize_row;
const Row fake_quantize_row = {"FakeQuantize", 5, 5, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
