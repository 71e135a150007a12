// Pad: a constant put around an f32 tensor, or a border cut off where a pad is negative. Pads and value are attributes before opset 11 and
// constant inputs since; opset 18 adds axes.
#include <algorithm>
#include <limits>
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"mode", OCTAVO_ATTRIBUTE_STRING, "constant"}, {"pads", OCTAVO_ATTRIBUTE_INTS, "input 1"}, {"value", OCTAVO_ATTRIBUTE_FLOAT, "0"}};

struct Pads {
    Shape begin, end;
};

Result<Pads> pads_of(const NodeView& node) {
    const std::size_t rank = node.input_shape(0).size();
    if (!node.has_input(1) && !node.attribute("pads")) return refusal(node, "has no pads: neither input 1 nor an attribute");
    OCTAVO_TRY(const Shape listed, integers_of(node, 1, "pads", {}));
    Shape axes(rank);
    std::iota(axes.begin(), axes.end(), 0);
    OCTAVO_TRY(axes, integers_of(node, 3, "axes", axes));
    OCTAVO_CHECK_OK(resolve_axes(node, axes, rank));
    if (listed.size() != 2 * axes.size())
        return refusal(node, "has " + std::to_string(listed.size()) + " pads, expected " + std::to_string(2 * axes.size()));
    Pads pads{Shape(rank, 0), Shape(rank, 0)};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, axes[i], rank));
        for (const std::int64_t pad : {listed[i], listed[axes.size() + i]})
            if (pad < -std::numeric_limits<std::int32_t>::max() || pad > std::numeric_limits<std::int32_t>::max())
                return refusal(node, "pad " + std::to_string(pad) + " is too large");
        pads.begin[static_cast<std::size_t>(axis)] = listed[i];
        pads.end[static_cast<std::size_t>(axis)] = listed[axes.size() + i];
    }
    return pads;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_type(node, 0, OCTAVO_F32));
    if (node.text("mode", "constant") != "constant")
        return refusal(node, "mode '" + std::string(node.text("mode", "")) + "' is not supported, only 'constant'");
    OCTAVO_TRY(const Pads pads, pads_of(node));
    OCTAVO_CHECK_OK(constant_real(node, 2, "value", 0));
    Shape shape = node.input_shape(0);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (__builtin_add_overflow(shape[i], pads.begin[i] + pads.end[i], &shape[i]) || shape[i] < 0)
            return refusal(node, "pads " + std::to_string(pads.begin[i]) + " and " + std::to_string(pads.end[i]) + " do not fit axis " +
                                     std::to_string(i) + " of " + shape_text(node.input_shape(0)));
    }
    return one_output(OCTAVO_F32, shape);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Pads pads, pads_of(node));
    OCTAVO_TRY(const float value, constant_real(node, 2, "value", 0));
    std::ranges::fill(values<float>(outputs[0]), value);
    const Shape from = shape_of(inputs[0]);
    const std::array<Shape, 2> strides = {dense_strides(from), dense_strides(shape_of(outputs[0]))};
    Shape size(from.size());  // of what both have in common
    std::int64_t read = 0;
    std::int64_t write = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::int64_t first = std::max<std::int64_t>(0, -pads.begin[i]);
        const std::int64_t last = from[i] - std::max<std::int64_t>(0, -pads.end[i]);
        size[i] = std::max<std::int64_t>(0, last - first);
        read += first * strides[0][i];
        write += std::max<std::int64_t>(0, pads.begin[i]) * strides[1][i];
    }
    const float* x = static_cast<const float*>(inputs[0].data);
    float* y = static_cast<float*>(outputs[0].data);
    for_each_run<2>(size, strides, [&](const std::array<std::int64_t, 2>& offset, std::int64_t length) {
        std::copy_n(x + read + offset[0], length, y + write + offset[1]);
    });
    return {};
}

}  // namespace

extern const Row pad_row;
const Row pad_row = {"Pad", 1, 4, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
