// Slice: from start to end by steps along axes, as Python slices; starts, ends, axes, steps are attributes before opset 10 and constant
// inputs since. Any type.
#include <algorithm>
#include <limits>
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axes", OCTAVO_ATTRIBUTE_INTS, "input 3, or the first"},
                                        {"ends", OCTAVO_ATTRIBUTE_INTS, "input 2"},
                                        {"starts", OCTAVO_ATTRIBUTE_INTS, "input 1"}};

// What is taken along each axis of the input.
struct Cut {
    Shape start, step, size;
};

struct Range {
    std::int64_t start, step, size;
};

// "As far as it goes" in either direction, as exporters write it and ONNX Runtime reads it.
bool is_endless(std::int64_t end) {
    return end == std::numeric_limits<std::int32_t>::max() || end == std::numeric_limits<std::int64_t>::max();
}

Range range_of(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t length) {
    const std::int64_t last = step > 0 ? length : length - 1;
    const std::int64_t first = step > 0 ? 0 : -1;
    if (start < 0) start += length;
    if (end < 0) end += length;
    if (step < 0 && is_endless(end)) end = first;
    start = std::clamp(start, step > 0 ? first : std::min<std::int64_t>(0, last), last);
    end = std::clamp(end, first, std::max(first, last));
    const std::int64_t distance = step > 0 ? end - start : start - end;
    if (distance <= 0) return {start, step, 0};
    // Unsigned, since the least integer has no negative.
    const std::uint64_t stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    return {start, step, static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1};
}

Result<Cut> cut_of(const NodeView& node) {
    const Shape shape = node.input_shape(0);
    if (!node.has_input(1) && !node.attribute("starts")) return refusal(node, "has no starts: neither input 1 nor an attribute");
    OCTAVO_TRY(const Shape starts, integers_of(node, 1, "starts", {}));
    OCTAVO_TRY(const Shape ends, integers_of(node, 2, "ends", {}));
    Shape first(starts.size());
    std::iota(first.begin(), first.end(), 0);
    OCTAVO_TRY(const Shape axes, integers_of(node, 3, "axes", first));
    OCTAVO_TRY(const Shape steps, integers_of(node, 4, "steps", Shape(starts.size(), 1)));
    if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
        return refusal(node, "starts, ends, axes and steps differ in length");
    OCTAVO_CHECK_OK(resolve_axes(node, axes, shape.size()));
    Cut cut{Shape(shape.size(), 0), Shape(shape.size(), 1), shape};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, axes[i], shape.size()));
        const auto at = static_cast<std::size_t>(axis);
        if (steps[i] == 0) return refusal(node, "a step is 0");
        const Range range = range_of(starts[i], ends[i], steps[i], shape[at]);
        cut.start[at] = range.start;
        cut.step[at] = range.size > 1 ? range.step : 1;
        cut.size[at] = range.size;
    }
    return cut;
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_TRY(const Cut cut, cut_of(node));
    return one_output(node.input(0).type, cut.size);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const Cut cut, cut_of(node));
    if (count_of(outputs[0]) == 0) return {};
    Shape strides = dense_strides(shape_of(inputs[0]));
    const std::int64_t start = std::inner_product(strides.begin(), strides.end(), cut.start.begin(), std::int64_t{0});
    for (std::size_t i = 0; i < strides.size(); ++i) strides[i] *= cut.step[i];
    const std::size_t width = element_bytes(inputs[0].type);
    copy_strided(static_cast<const std::byte*>(inputs[0].data) + static_cast<std::size_t>(start) * width, strides, cut.size, width,
                 static_cast<std::byte*>(outputs[0].data));
    return {};
}

}  // namespace

extern const Row slice_row;
const Row slice_row = {"Slice", 1, 5, Role::passes, kAttributes, infer_types, compute, inputs_at(1, 2, 3, 4)};

}  // namespace octavo::ops
