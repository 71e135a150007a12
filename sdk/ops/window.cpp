// The geometry of convolution and pooling windows: pads, auto_pad, dilations and ceil_mode as ONNX defines them and ONNX Runtime computes
// them.
#include <algorithm>
#include <limits>

#include "ops/support.h"

namespace octavo::ops {

namespace {

// Sizes stay below this, so that no product of two of them overflows.
constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

struct Axis {
    std::int64_t input = 1, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0, output = 1;

    std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
};

struct Rules {
    std::string_view auto_pad;
    bool ceil = false;
    bool pools = false;  // its window must touch the image
};

Result<Shape> kernel_of(const NodeView& node, std::size_t axes) {
    const Shape input = node.input_shape(0);
    const Shape whole(input.begin() + 2, input.end());
    if (node.op() == "GlobalAveragePool") return whole;
    Shape kernel = node.integers("kernel_shape", {});
    if (node.op() == "Conv" || node.op() == "ConvTranspose") {
        const Shape weight = node.input_shape(1);
        if (weight.size() != axes + 2) return refusal(node, "weight " + shape_text(weight) + " does not fit input " + shape_text(input));
        const Shape of_weight(weight.begin() + 2, weight.end());
        if (!kernel.empty() && kernel != of_weight)
            return refusal(node, "kernel_shape " + shape_text(kernel) + " differs from the weight's " + shape_text(of_weight));
        return of_weight;
    }
    if (kernel.empty()) return refusal(node, "attribute 'kernel_shape' is missing");
    return kernel;
}

Result<Shape> checked(const NodeView& node, const char* name, Shape values, std::size_t count, std::int64_t least) {
    if (values.size() != count)
        return refusal(node, std::string(name) + " has " + std::to_string(values.size()) + " entries, expected " + std::to_string(count));
    for (const std::int64_t value : values)
        if (value < least || value > kLargest)
            return refusal(node, std::string(name) + " has " + std::to_string(value) + ", expected at least " + std::to_string(least));
    return values;
}

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

void pad_to_same(Axis& axis, bool more_at_the_end) {
    const std::int64_t windows = divide_up(axis.input, axis.stride);
    const std::int64_t missing = std::max<std::int64_t>(0, (windows - 1) * axis.stride + axis.reach() - axis.input);
    axis.pad_begin = more_at_the_end ? missing / 2 : (missing + 1) / 2;
    axis.pad_end = missing - axis.pad_begin;
}

// Sets the output's size, and pads where auto_pad chooses them.
Result<void> resolve(const NodeView& node, const Rules& rules, Axis& axis) {
    if (rules.auto_pad == "VALID") axis.pad_begin = axis.pad_end = 0;
    if (rules.auto_pad == "SAME_UPPER" || rules.auto_pad == "SAME_LOWER") pad_to_same(axis, rules.auto_pad == "SAME_UPPER");
    if (rules.pools && (axis.pad_begin >= axis.reach() || axis.pad_end >= axis.reach()))
        return refusal(node, "padding is as large as the window");
    const std::int64_t room = axis.input + axis.pad_begin + axis.pad_end - axis.reach();
    if (axis.input < 1 || room < 0)
        return refusal(node, "window of " + std::to_string(axis.reach()) + " does not fit padded input of " +
                                 std::to_string(axis.input + axis.pad_begin + axis.pad_end));
    axis.output = (rules.ceil ? divide_up(room, axis.stride) : room / axis.stride) + 1;
    // A window that would start in the padding behind the image is dropped.
    if (rules.ceil && (axis.output - 1) * axis.stride >= axis.input + axis.pad_begin) --axis.output;
    return {};
}

Result<std::vector<Axis>> axes_of(const NodeView& node) {
    const Shape input = node.input_shape(0);
    if (input.size() != 3 && input.size() != 4)
        return refusal(node, "input " + shape_text(input) + " has rank " + std::to_string(input.size()) + ", expected 3 or 4");
    const std::size_t count = input.size() - 2;
    OCTAVO_CHECK_OK(checked(node, "input", {input.begin() + 2, input.end()}, count, 0));
    OCTAVO_TRY(Shape kernel, kernel_of(node, count));
    OCTAVO_TRY(kernel, checked(node, "kernel_shape", kernel, count, 1));
    OCTAVO_TRY(const Shape strides, checked(node, "strides", node.integers("strides", Shape(count, 1)), count, 1));
    OCTAVO_TRY(const Shape dilations, checked(node, "dilations", node.integers("dilations", Shape(count, 1)), count, 1));
    OCTAVO_TRY(const Shape pads, checked(node, "pads", node.integers("pads", Shape(2 * count, 0)), 2 * count, 0));
    std::vector<Axis> axes(count);
    for (std::size_t i = 0; i < count; ++i) axes[i] = {input[i + 2], kernel[i], strides[i], dilations[i], pads[i], pads[count + i], 0};
    return axes;
}

// The transposed form: the output's size from the input's, and pads where they are chosen by auto_pad or by a wanted size. A wanted size
// that is larger than what the windows cover ends in zeros.
Result<void> resolve_transposed(const NodeView& node, std::string_view auto_pad, std::int64_t added, std::int64_t wanted, Axis& axis) {
    if (axis.input < 1) return refusal(node, "input " + shape_text(node.input_shape(0)) + " is empty");
    const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
    if (auto_pad == "VALID") axis.pad_begin = axis.pad_end = 0;
    if (same && wanted == 0) wanted = axis.input * axis.stride;
    const std::int64_t covered = (axis.input - 1) * axis.stride + axis.reach() + added;
    axis.output = wanted > 0 ? wanted : covered - axis.pad_begin - axis.pad_end;
    if (axis.output < 1 || axis.output > kLargest) return refusal(node, "its output has a size of " + std::to_string(axis.output));
    if (wanted == 0) return {};
    const std::int64_t padding = std::max<std::int64_t>(0, covered - wanted);
    axis.pad_begin = auto_pad == "SAME_UPPER" ? padding / 2 : padding - padding / 2;
    axis.pad_end = padding - axis.pad_begin;
    return {};
}

Result<std::string_view> auto_pad_of(const NodeView& node) {
    constexpr std::string_view kAutoPads[] = {"", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"};
    const std::string_view auto_pad = node.text("auto_pad", "NOTSET");
    if (std::ranges::find(kAutoPads, auto_pad) != std::end(kAutoPads)) return auto_pad;
    return refusal(node, "auto_pad '" + std::string(auto_pad) + "' is not known");
}

Window window_from(const std::vector<Axis>& axes) {
    const Axis x = axes.back();
    const Axis y = axes.size() == 2 ? axes.front() : Axis{};
    return Window{.kernel_h = y.kernel,
                  .kernel_w = x.kernel,
                  .stride_h = y.stride,
                  .stride_w = x.stride,
                  .dilation_h = y.dilation,
                  .dilation_w = x.dilation,
                  .pad_top = y.pad_begin,
                  .pad_left = x.pad_begin,
                  .pad_bottom = y.pad_end,
                  .pad_right = x.pad_end,
                  .input_h = y.input,
                  .input_w = x.input,
                  .output_h = y.output,
                  .output_w = x.output};
}

}  // namespace

Result<Window> transposed_window_of(const NodeView& node) {
    OCTAVO_TRY(std::vector<Axis> axes, axes_of(node));
    OCTAVO_TRY(const std::string_view auto_pad, auto_pad_of(node));
    OCTAVO_TRY(const Shape added, checked(node, "output_padding", node.integers("output_padding", Shape(axes.size(), 0)), axes.size(), 0));
    Shape wanted = node.integers("output_shape", Shape(axes.size(), 0));
    if (wanted.size() == axes.size() + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);  // some exporters count batch and channels
    OCTAVO_TRY(wanted, checked(node, "output_shape", wanted, axes.size(), 0));
    for (std::size_t i = 0; i < axes.size(); ++i) OCTAVO_CHECK_OK(resolve_transposed(node, auto_pad, added[i], wanted[i], axes[i]));
    return window_from(axes);
}

Result<Window> window_of(const NodeView& node) {
    OCTAVO_TRY(std::vector<Axis> axes, axes_of(node));
    Rules rules;
    OCTAVO_TRY(rules.auto_pad, auto_pad_of(node));
    rules.pools = node.op() != "Conv";
    rules.ceil = rules.pools && node.integer("ceil_mode", 0) != 0;
    for (Axis& axis : axes) OCTAVO_CHECK_OK(resolve(node, rules, axis));
    return window_from(axes);
}

}  // namespace octavo::ops
