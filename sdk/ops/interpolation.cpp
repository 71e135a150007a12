// See interpolation.h. Positions are computed in fp32, as ONNX Runtime does, since rounding decides which neighbour is nearest. Axes are
// resized one after the other, in order; each step of a linear interpolation is a * (1 - w) + b * w.
#include "ops/interpolation.h"

#include <algorithm>
#include <cmath>

namespace octavo::ops {

namespace {

constexpr float kLargestSize = 1 << 24;  // exact as a float

struct Tap {
    std::int64_t first, second;
    float weight;  // of the second
};

float source_position(CoordinateMode mode, std::int64_t position, float scale, std::int64_t from, std::int64_t to) {
    const auto x = static_cast<float>(position);
    switch (mode) {
        case CoordinateMode::half_pixel:
            return (x + 0.5F) / scale - 0.5F;
        case CoordinateMode::pytorch_half_pixel:
            return to > 1 ? (x + 0.5F) / scale - 0.5F : 0.0F;
        case CoordinateMode::asymmetric:
            return x / scale;
        case CoordinateMode::align_corners:
            return to == 1 ? 0.0F : x * static_cast<float>(from - 1) / static_cast<float>(to - 1);
    }
    return x;
}

float nearest(NearestMode mode, float x) {
    switch (mode) {
        case NearestMode::round_prefer_floor:
            return x == std::floor(x) + 0.5F ? std::floor(x) : std::round(x);
        case NearestMode::round_prefer_ceil:
            return std::floor(x + 0.5F);
        case NearestMode::floor:
            return std::floor(x);
        case NearestMode::ceil:
            return std::ceil(x);
    }
    return x;
}

std::vector<Tap> taps_of(const Interpolation& how, std::size_t axis, std::int64_t from) {
    const std::int64_t to = how.output[axis];
    const auto last = static_cast<float>(from - 1);
    std::vector<Tap> taps;
    for (std::int64_t i = 0; i < to; ++i) {
        const float x = source_position(how.coordinates, i, how.scales[axis], from, to);
        const float inside = std::clamp(how.linear ? x : nearest(how.nearest, x), 0.0F, last);
        const auto first = static_cast<std::int64_t>(inside);
        taps.push_back({first, std::min(first + 1, from - 1), inside - static_cast<float>(first)});
    }
    return taps;
}

std::vector<float> resize_axis(const std::vector<float>& from, const AxisSplit& split, const std::vector<Tap>& taps) {
    std::vector<float> to(static_cast<std::size_t>(split.outer * split.inner) * taps.size());
    float* out = to.data();
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (const Tap& tap : taps) {
            const float* a = from.data() + (outer * split.size + tap.first) * split.inner;
            const float* b = from.data() + (outer * split.size + tap.second) * split.inner;
            for (std::int64_t i = 0; i < split.inner; ++i) *out++ = tap.weight > 0 ? a[i] * (1.0F - tap.weight) + b[i] * tap.weight : a[i];
        }
    return to;
}

}  // namespace

Result<void> set_output_shape(const NodeView& node, Interpolation& interpolation) {
    const Shape input = node.input_shape(0);
    if (interpolation.scales.size() != input.size())
        return refusal(node, "has " + std::to_string(interpolation.scales.size()) + " scales for input " + shape_text(input));
    interpolation.output.clear();
    for (std::size_t i = 0; i < input.size(); ++i) {
        const float size = std::floor(static_cast<float>(input[i]) * interpolation.scales[i]);
        if (!(interpolation.scales[i] > 0) || !(size >= 1) || !(size <= kLargestSize))
            return refusal(node, "input " + shape_text(input) + " cannot be scaled by " + std::to_string(interpolation.scales[i]));
        interpolation.output.push_back(static_cast<std::int64_t>(size));
    }
    return {};
}

Result<std::vector<float>> constant_reals(const NodeView& node, std::size_t input, const char* what) {
    OCTAVO_CHECK_OK(expect_type(node, input, OCTAVO_F32));
    const octavo_tensor_info& tensor = node.input(input);
    if (!tensor.data)
        return refusal(node, std::string(what) + " (input " + std::to_string(input) + ", '" + tensor.name +
                                 "') is computed while the model runs; only constants are supported");
    const auto* first = static_cast<const float*>(tensor.data);
    return std::vector<float>(first, first + element_count(node.input_shape(input)));
}

void interpolate(const Interpolation& interpolation, const octavo_tensor& from, const octavo_tensor& to) {
    const std::span<const float> source = values<const float>(from);
    std::vector<float> data(source.begin(), source.end());
    Shape shape = shape_of(from);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] == interpolation.output[axis] && interpolation.scales[axis] == 1.0F) continue;
        data = resize_axis(data, split_at(shape, static_cast<std::int64_t>(axis)), taps_of(interpolation, axis, shape[axis]));
        shape[axis] = interpolation.output[axis];
    }
    std::ranges::copy(data, values<float>(to).begin());
}

}  // namespace octavo::ops
