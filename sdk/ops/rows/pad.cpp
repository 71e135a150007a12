// Pad: a tensor of any type continued by a constant, its own reflection, its border or itself, or a border cut off where a pad is negative.
// Pads and value are attributes before opset 11, inputs since (the pads constant); opset 18 adds axes.
#include <algorithm>
#include <limits>
#include <numeric>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {
    {"mode", OCTAVO_ATTRIBUTE_STRING, "constant"}, {"pads", OCTAVO_ATTRIBUTE_INTS, "input 1"}, {"value", OCTAVO_ATTRIBUTE_FLOAT, "0"}};

enum class PadMode { constant, reflect, edge, wrap };
constexpr std::pair<std::string_view, PadMode> kModes[] = {
    {"constant", PadMode::constant}, {"reflect", PadMode::reflect}, {"edge", PadMode::edge}, {"wrap", PadMode::wrap}};

Result<PadMode> mode_of(const NodeView& node) {
    const std::string_view wanted = node.text("mode", "constant");
    for (const auto& [name, mode] : kModes)
        if (name == wanted) return mode;
    return refusal(node, "mode '" + std::string(wanted) + "' is not known");
}

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
    OCTAVO_TRY(const PadMode mode, mode_of(node));
    OCTAVO_TRY(const Pads pads, pads_of(node));
    if (node.has_input(2)) {
        OCTAVO_CHECK_OK(expect_type(node, 2, node.input(0).type));
        OCTAVO_CHECK_OK(expect_single(node, 2));
    }
    const Shape from = node.input_shape(0);
    Shape shape = from;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::int64_t most = std::max(pads.begin[i], pads.end[i]);
        const bool starts_from_nothing = mode != PadMode::constant && most > 0 && from[i] == 0;
        if (__builtin_add_overflow(shape[i], pads.begin[i] + pads.end[i], &shape[i]) || shape[i] < 0 || starts_from_nothing)
            return refusal(node, "pads " + std::to_string(pads.begin[i]) + " and " + std::to_string(pads.end[i]) + " do not fit axis " +
                                     std::to_string(i) + " of " + shape_text(from));
    }
    return one_output(node.input(0).type, shape);
}

// Where position `i` of an axis, which may lie outside of 0..size-1, is read; -1: nowhere.
std::int64_t source_of(PadMode mode, std::int64_t i, std::int64_t size) {
    if (i >= 0 && i < size) return i;
    switch (mode) {
        case PadMode::constant:
            return -1;
        case PadMode::edge:
            return std::clamp<std::int64_t>(i, 0, size - 1);
        case PadMode::wrap:
            return (i % size + size) % size;
        case PadMode::reflect: {
            if (size == 1) return 0;
            const std::int64_t period = 2 * (size - 1);
            const std::int64_t within = (i % period + period) % period;
            return std::min(within, period - within);
        }
    }
    return -1;
}

// Sources of all positions of an axis, as offsets; -1: the constant.
std::vector<std::int64_t> sources_of(PadMode mode, const Pads& pads, std::size_t axis, std::int64_t size, std::int64_t stride,
                                     std::int64_t count) {
    std::vector<std::int64_t> sources;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t source = source_of(mode, i - pads.begin[axis], size);
        sources.push_back(source < 0 ? -1 : source * stride);
    }
    return sources;
}

template <class T>
void pad(const std::vector<std::vector<std::int64_t>>& sources, const T* x, T value, std::span<T> y) {
    std::vector<std::size_t> position(sources.size(), 0);
    for (T& out : y) {
        std::int64_t at = 0;
        for (std::size_t axis = 0; axis < sources.size() && at >= 0; ++axis) {
            const std::int64_t offset = sources[axis][position[axis]];
            at = offset < 0 ? -1 : at + offset;
        }
        out = at < 0 ? value : x[at];
        for (std::size_t axis = sources.size(); axis-- > 0;) {
            if (++position[axis] < sources[axis].size()) break;
            position[axis] = 0;
        }
    }
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const PadMode mode, mode_of(node));
    OCTAVO_TRY(const Pads pads, pads_of(node));
    const Shape from = shape_of(inputs[0]);
    const Shape strides = dense_strides(from);
    std::vector<std::vector<std::int64_t>> sources;
    for (std::size_t i = 0; i < from.size(); ++i) sources.push_back(sources_of(mode, pads, i, from[i], strides[i], outputs[0].shape[i]));
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const T value = is_given(inputs, 2) ? values<const T>(inputs[2])[0] : static_cast<T>(node.real("value", 0));
        pad<T>(sources, static_cast<const T*>(inputs[0].data), value, values<T>(outputs[0]));
    });
    return {};
}

}  // namespace

extern const Row pad_row;
const Row pad_row = {"Pad", 1, 4, Role::passes, kAttributes, infer_types, compute, inputs_at(1, 3)};

}  // namespace octavo::ops
