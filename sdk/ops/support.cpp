// See support.h.
#include "ops/support.h"

#include <algorithm>
#include <utility>

namespace octavo::ops {

namespace {

// Innermost loops of copy_strided, one for each size of element.
template <class T>
void copy_run(const std::byte* from, std::int64_t step, std::int64_t length, std::byte* to) {
    const T* source = reinterpret_cast<const T*>(from);
    T* target = reinterpret_cast<T*>(to);
    if (step == 1) {
        std::copy_n(source, length, target);
        return;
    }
    for (std::int64_t i = 0; i < length; ++i) target[i] = source[i * step];
}

}  // namespace

Error refusal(const NodeView& node, const std::string& text) {
    return {Code::model, node.title() + ": " + text};
}

Result<void> expect_type(const NodeView& node, std::size_t input, octavo_type type) {
    const octavo_type found = node.input(input).type;
    if (found == type) return {};
    return refusal(node, "input " + std::to_string(input) + " is " + type_name(found) + ", expected " + type_name(type));
}

Result<void> expect_floats(const NodeView& node) {
    for (std::size_t i = 0; i < node.input_count(); ++i)
        if (node.has_input(i)) OCTAVO_CHECK_OK(expect_type(node, i, OCTAVO_F32));
    return {};
}

Result<void> expect_number(const NodeView& node, std::size_t input) {
    if (node.input(input).type != OCTAVO_BOOLEAN) return {};
    return refusal(node, "input " + std::to_string(input) + " is boolean, expected numbers");
}

Result<void> expect_integer(const NodeView& node, std::size_t input) {
    if (node.input(input).type == OCTAVO_S32) return {};
    return expect_type(node, input, OCTAVO_S64);
}

Result<void> expect_single(const NodeView& node, std::size_t input) {
    if (element_count(node.input_shape(input)) == 1) return {};
    return refusal(node, "input " + std::to_string(input) + " is no single number");
}

Result<void> expect_for_channels(const NodeView& node, std::size_t last) {
    const Shape shape = node.input_shape(0);
    if (shape.size() < 2) return refusal(node, "input " + shape_text(shape) + " has no channels");
    for (std::size_t i = 1; i <= last; ++i)
        if (node.input_shape(i) != Shape{shape[1]})
            return refusal(
                node, "input " + std::to_string(i) + " is " + shape_text(node.input_shape(i)) + ", expected " + std::to_string(shape[1]));
    return {};
}

Types like_input(const NodeView& node) {
    return one_output(node.input(0).type, node.input_shape(0));
}

std::optional<octavo_type> type_of_number(std::int64_t onnx) {
    constexpr std::pair<std::int64_t, octavo_type> kNumbers[] = {{1, OCTAVO_F32},  {10, OCTAVO_F32}, {11, OCTAVO_F32},
                                                                 {16, OCTAVO_F32}, {2, OCTAVO_U8},   {3, OCTAVO_S8},
                                                                 {6, OCTAVO_S32},  {7, OCTAVO_S64},  {9, OCTAVO_BOOLEAN}};
    for (const auto& [number, type] : kNumbers)
        if (number == onnx) return type;
    return std::nullopt;
}

Result<std::int64_t> resolve_axis(const NodeView& node, std::int64_t axis, std::size_t rank) {
    const auto size = static_cast<std::int64_t>(rank);
    if (axis < -size || axis >= size)
        return refusal(node, "axis " + std::to_string(axis) + " lies outside of a shape of rank " + std::to_string(rank));
    return axis < 0 ? axis + size : axis;
}

Result<std::vector<std::int64_t>> resolve_axes(const NodeView& node, std::vector<std::int64_t> axes, std::size_t rank) {
    for (std::int64_t& axis : axes) {
        OCTAVO_TRY(axis, resolve_axis(node, axis, rank));
    }
    std::ranges::sort(axes);
    if (std::ranges::adjacent_find(axes) != axes.end()) return refusal(node, "an axis is named twice");
    return axes;
}

Result<std::int64_t> resolve_index(const NodeView& node, std::int64_t index, std::int64_t size) {
    if (index < -size || index >= size)
        return refusal(node, "index " + std::to_string(index) + " lies outside of " + std::to_string(size) + " entries");
    return index < 0 ? index + size : index;
}

Result<std::vector<std::int64_t>> constant_integers(const NodeView& node, std::size_t input, const char* what) {
    const octavo_tensor_info& tensor = node.input(input);
    if (!tensor.data)
        return refusal(node, std::string(what) + " (input " + std::to_string(input) + ", '" + tensor.name +
                                 "') is computed while the model runs; only constants are supported");
    if (tensor.rank > 1) return refusal(node, std::string(what) + " has rank " + std::to_string(tensor.rank) + ", expected a list");
    const std::int64_t count = element_count({tensor.shape, static_cast<std::size_t>(tensor.rank)});
    std::vector<std::int64_t> list(static_cast<std::size_t>(count));
    if (tensor.type == OCTAVO_S64)
        std::copy_n(static_cast<const std::int64_t*>(tensor.data), count, list.begin());
    else if (tensor.type == OCTAVO_S32)
        std::copy_n(static_cast<const std::int32_t*>(tensor.data), count, list.begin());
    else
        return refusal(node, std::string(what) + " is " + type_name(tensor.type) + ", expected s64");
    return list;
}

Result<Shape> constant_shape(const NodeView& node, std::size_t input) {
    OCTAVO_TRY(Shape shape, constant_integers(node, input, "shape"));
    if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 0; }))
        return refusal(node, "shape " + shape_text(shape) + " is not possible");
    return shape;
}

Result<std::vector<std::int64_t>> integers_of(const NodeView& node, std::size_t input, const char* what,
                                              std::vector<std::int64_t> fallback) {
    if (node.has_input(input)) return constant_integers(node, input, what);
    return node.integers(what, std::move(fallback));
}

Result<float> constant_real(const NodeView& node, std::size_t input, const char* what, float fallback) {
    if (!node.has_input(input)) return node.real(what, fallback);
    OCTAVO_CHECK_OK(expect_type(node, input, OCTAVO_F32));
    const octavo_tensor_info& tensor = node.input(input);
    if (!tensor.data) return refusal(node, std::string(what) + " is computed while the model runs; only constants are supported");
    if (element_count(node.input_shape(input)) != 1) return refusal(node, std::string(what) + " is not one number");
    return *static_cast<const float*>(tensor.data);
}

std::int64_t extent(const Shape& shape, std::size_t first, std::size_t last) {
    return element_count(std::span(shape).subspan(first, last - first));
}

AxisSplit split_at(const Shape& shape, std::int64_t axis) {
    const auto at = static_cast<std::size_t>(axis);
    return {extent(shape, 0, at), shape[at], extent(shape, at + 1, shape.size())};
}

Shape pooled_shape(const Shape& input, const Window& window) {
    if (input.size() == 3) return {input[0], input[1], window.output_w};
    return {input[0], input[1], window.output_h, window.output_w};
}

Shape dense_strides(const Shape& shape) {
    Shape strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

Shape broadcast_strides(const Shape& from, const Shape& to) {
    const Shape dense = dense_strides(from);
    Shape strides(to.size(), 0);
    const std::size_t added = to.size() - from.size();
    for (std::size_t i = 0; i < from.size(); ++i)
        if (from[i] != 1) strides[added + i] = dense[i];
    return strides;
}

Result<Shape> broadcast(const NodeView& node, const Shape& a, const Shape& b) {
    const Shape& longer = a.size() >= b.size() ? a : b;
    const Shape& shorter = a.size() >= b.size() ? b : a;
    Shape shape = longer;
    const std::size_t added = longer.size() - shorter.size();
    for (std::size_t i = 0; i < shorter.size(); ++i) {
        std::int64_t& size = shape[added + i];
        if (size == shorter[i] || shorter[i] == 1) continue;
        if (size != 1) return refusal(node, "shapes " + shape_text(a) + " and " + shape_text(b) + " do not broadcast");
        size = shorter[i];
    }
    return shape;
}

void copy_strided(const std::byte* from, const Shape& strides, const Shape& shape, std::size_t element_bytes, std::byte* to) {
    const std::int64_t step = strides.empty() ? 1 : strides.back();
    const auto width = static_cast<std::int64_t>(element_bytes);
    for_each_run<1>(shape, {strides}, [&](const std::array<std::int64_t, 1>& offset, std::int64_t length) {
        const std::byte* source = from + offset[0] * width;
        if (element_bytes == 1) copy_run<std::uint8_t>(source, step, length, to);
        if (element_bytes == 4) copy_run<std::uint32_t>(source, step, length, to);
        if (element_bytes == 8) copy_run<std::uint64_t>(source, step, length, to);
        to += length * width;
    });
}

std::vector<std::int64_t> integer_values(const octavo_tensor& tensor) {
    if (tensor.type == OCTAVO_S64) {
        const auto list = values<const std::int64_t>(tensor);
        return {list.begin(), list.end()};
    }
    const auto list = values<const std::int32_t>(tensor);
    return {list.begin(), list.end()};
}

Result<Types> infer_number_like_input(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    return like_input(node);
}

Result<Types> infer_float_like_input(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    return like_input(node);
}

Result<void> compute_same_bytes(const NodeView&, Inputs inputs, Outputs outputs) {
    const std::size_t bytes = static_cast<std::size_t>(count_of(outputs[0])) * element_bytes(outputs[0].type);
    if (bytes > 0) std::memcpy(outputs[0].data, inputs[0].data, bytes);
    return {};
}

}  // namespace octavo::ops
