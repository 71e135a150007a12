// What the rows share, and devices that interpret them: refusals, types, axes, constant integers, and walks over dense tensors.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "ops/op.h"

namespace octavo::ops {

using Types = std::vector<TensorType>;
using Inputs = std::span<const octavo_tensor>;
using Outputs = std::span<octavo_tensor>;

// Code::model, "Conv 'conv1': text".
Error refusal(const NodeView& node, const std::string& text);

Result<void> expect_type(const NodeView& node, std::size_t input, octavo_type type);
// Every input that is present has this type.
Result<void> expect_floats(const NodeView& node);
// Anything but boolean: what arithmetic works on.
Result<void> expect_number(const NodeView& node, std::size_t input);
Result<void> expect_integer(const NodeView& node, std::size_t input);  // s64 or s32
Result<void> expect_single(const NodeView& node, std::size_t input);   // one element, of any rank
// Input 0 has channels (axis 1), and each of inputs 1..last is a list of one value for each.
Result<void> expect_for_channels(const NodeView& node, std::size_t last);

// Calls visitor(T{}) with the C++ type of `type`.
template <class Visitor>
auto with_type(octavo_type type, Visitor&& visitor) {
    switch (type) {
        case OCTAVO_U8:
            return visitor(std::uint8_t{});
        case OCTAVO_S8:
            return visitor(std::int8_t{});
        case OCTAVO_S32:
            return visitor(std::int32_t{});
        case OCTAVO_S64:
            return visitor(std::int64_t{});
        case OCTAVO_BOOLEAN:
            return visitor(bool{});
        case OCTAVO_F32:
            break;
    }
    return visitor(float{});
}

// One of std::plus, std::minus and std::multiplies; integers wrap around.
template <class Operation, class T>
T wrapping(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
        return Operation{}(a, b);
    else
        return static_cast<T>(Operation{}(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

inline Types one_output(octavo_type type, Shape shape) {
    return {{type, std::move(shape)}};
}
// Type and shape of input 0.
Types like_input(const NodeView& node);

// What a number of ONNX's data types is here: reals of any width are f32. Nothing for a type that there is not.
std::optional<octavo_type> type_of_number(std::int64_t onnx);

// -rank..rank-1 to 0..rank-1.
Result<std::int64_t> resolve_axis(const NodeView& node, std::int64_t axis, std::size_t rank);
// The same for a list, sorted; a repeated axis is an error.
Result<std::vector<std::int64_t>> resolve_axes(const NodeView& node, std::vector<std::int64_t> axes, std::size_t rank);

// -size..size-1, as Gather counts, to 0..size-1.
Result<std::int64_t> resolve_index(const NodeView& node, std::int64_t index, std::int64_t size);

// The values of an s64 or s32 input that must be constant, as shapes, axes and pads are.
Result<std::vector<std::int64_t>> constant_integers(const NodeView& node, std::size_t input, const char* what);
// The same where they are a shape: none is negative.
Result<Shape> constant_shape(const NodeView& node, std::size_t input);
// From constant input `input` if present, else from the attribute, else `fallback`.
Result<std::vector<std::int64_t>> integers_of(const NodeView& node, std::size_t input, const char* what,
                                              std::vector<std::int64_t> fallback);
// One constant float of a scalar input, or the attribute, or `fallback`.
Result<float> constant_real(const NodeView& node, std::size_t input, const char* what, float fallback);

inline Shape shape_of(const octavo_tensor& tensor) {
    return {tensor.shape, tensor.shape + tensor.rank};
}
inline std::int64_t count_of(const octavo_tensor& tensor) {
    return element_count({tensor.shape, static_cast<std::size_t>(tensor.rank)});
}
template <class T>
std::span<T> values(const octavo_tensor& tensor) {
    return {static_cast<T*>(tensor.data), static_cast<std::size_t>(count_of(tensor))};
}
inline bool is_given(std::span<const octavo_tensor> tensors, std::size_t i) {
    return i < tensors.size() && tensors[i].data;
}
// For Row::value_inputs.
template <class... Index>
constexpr std::uint32_t inputs_at(Index... index) {
    return (... | (1U << index));
}
// Product of dimensions first..last-1.
std::int64_t extent(const Shape& shape, std::size_t first, std::size_t last);

// A shape as [outer][size][inner] around an axis.
struct AxisSplit {
    std::int64_t outer, size, inner;
};
AxisSplit split_at(const Shape& shape, std::int64_t axis);

// Batch and channels of the input, height and width of the window.
Shape pooled_shape(const Shape& input, const Window& window);

// Row-major strides in elements.
Shape dense_strides(const Shape& shape);
// Strides that read `from` as if it had the larger shape `to`: 0 along what is repeated.
Shape broadcast_strides(const Shape& from, const Shape& to);
// numpy's rule; an error where sizes differ and neither is 1.
Result<Shape> broadcast(const NodeView& node, const Shape& a, const Shape& b);

// Walks over `shape` in row-major order and calls run(offset, length) for each stretch along the last axis; offset[i] is where operand i
// with strides[i] stands, in elements.
template <std::size_t N, class Run>
void for_each_run(const Shape& shape, const std::array<Shape, N>& strides, Run&& run) {
    if (element_count(shape) == 0) return;
    std::array<std::int64_t, N> offset{};
    if (shape.empty()) return run(offset, std::int64_t{1});
    const std::size_t last = shape.size() - 1;
    Shape position(shape.size(), 0);
    while (true) {
        run(offset, shape[last]);
        std::size_t axis = last;
        while (axis > 0) {
            --axis;
            for (std::size_t i = 0; i < N; ++i) offset[i] += strides[i][axis];
            if (++position[axis] < shape[axis]) break;
            for (std::size_t i = 0; i < N; ++i) offset[i] -= strides[i][axis] * shape[axis];
            position[axis] = 0;
            if (axis == 0) return;
        }
        if (last == 0) return;
    }
}

// Fills a dense tensor of this shape from `from` (which points at the element with index 0) by the strides, in elements.
void copy_strided(const std::byte* from, const Shape& strides, const Shape& shape, std::size_t element_bytes, std::byte* to);

// The values of an s64 or s32 tensor.
std::vector<std::int64_t> integer_values(const octavo_tensor& tensor);

// What most unary rows infer: f32, or any number type, and that and the shape of input 0 (unary.h has what they compute).
Result<Types> infer_float_like_input(const NodeView& node);
Result<Types> infer_number_like_input(const NodeView& node);

// Reshape, Flatten, Identity and their like: the same bytes in the same order.
Result<void> compute_same_bytes(const NodeView& node, Inputs inputs, Outputs outputs);

}  // namespace octavo::ops
