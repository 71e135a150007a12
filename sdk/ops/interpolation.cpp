// See interpolation.h. Positions are computed in fp32, as ONNX Runtime does, since rounding decides which neighbour is nearest; weights of
// the cubic and stretched filters in double. Axes are resized one after the other, in order; each value is a sum of weighted taps in fp32.
#include "ops/interpolation.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace octavo::ops {

namespace {

float source_position(const Interpolation& how, std::size_t axis, std::int64_t position, std::int64_t from) {
    const auto x = static_cast<float>(position);
    const float scale = how.scales[axis];
    const std::int64_t to = how.output[axis];
    const auto last = static_cast<float>(from - 1);
    const float exact = scale * static_cast<float>(from);  // the size before it was cut to a whole number
    switch (how.coordinates) {
        case CoordinateMode::half_pixel:
            return (x + 0.5F) / scale - 0.5F;
        case CoordinateMode::half_pixel_symmetric:
            return static_cast<float>(from) / 2 * (1.0F - static_cast<float>(to) / exact) + (x + 0.5F) / scale - 0.5F;
        case CoordinateMode::pytorch_half_pixel:
            return to > 1 ? (x + 0.5F) / scale - 0.5F : 0.0F;
        case CoordinateMode::tf_half_pixel_for_nn:
            return (x + 0.5F) / scale;
        case CoordinateMode::asymmetric:
            return x / scale;
        case CoordinateMode::align_corners:
            return to == 1 ? 0.0F : x * last / static_cast<float>(to - 1);
        case CoordinateMode::tf_crop_and_resize:
            if (to == 1) return 0.5F * (how.begin[axis] + how.end[axis]) * last;
            return how.begin[axis] * last + x * (how.end[axis] - how.begin[axis]) * last / static_cast<float>(to - 1);
    }
    return x;
}

float nearest(const Interpolation& how, std::size_t axis, float x) {
    switch (how.nearest) {
        case NearestMode::round_prefer_floor:
            return x == std::floor(x) + 0.5F ? std::floor(x) : std::round(x);
        case NearestMode::round_prefer_ceil:
            return std::floor(x + 0.5F);
        case NearestMode::floor:
            return std::floor(x);
        case NearestMode::ceil:
            return std::ceil(x);
        case NearestMode::simple:
            return how.scales[axis] < 1 ? std::ceil(x) : std::floor(x);
    }
    return x;
}

// The filters' weights at distance t from the position (Keys 1981 for the cubic one).
double linear_weight(double t) {
    return std::max(0.0, 1.0 - std::abs(t));
}
double cubic_weight(double a, double t) {
    t = std::abs(t);
    if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
    if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
    return 0;
}

Taps between_two(float x, std::int64_t from) {
    const float inside = std::clamp(x, 0.0F, static_cast<float>(from - 1));
    const auto first = static_cast<std::int64_t>(inside);
    const float weight = inside - static_cast<float>(first);
    if (weight == 0) return {{first, 1.0F}};
    return {{first, 1.0F - weight}, {first + 1, weight}};
}

// All taps that the filter reaches, made to add up to 1.
Taps filtered(const Interpolation& how, std::size_t axis, float x, std::int64_t from) {
    const auto scale = static_cast<double>(how.scales[axis]);
    const double stretch = how.antialias ? std::min(scale, 1.0) : 1.0;
    const double reach = (how.filter == Filter::cubic ? 2.0 : 1.0) / stretch;
    const auto centre = static_cast<double>(x);
    std::vector<std::pair<std::int64_t, double>> weights;
    double sum = 0;
    for (auto i = static_cast<std::int64_t>(std::ceil(centre - reach)); static_cast<double>(i) <= centre + reach; ++i) {
        if (how.exclude_outside && (i < 0 || i >= from)) continue;
        const double t = (static_cast<double>(i) - centre) * stretch;
        const double weight = how.filter == Filter::cubic ? cubic_weight(static_cast<double>(how.cubic_coefficient), t) : linear_weight(t);
        if (weight == 0) continue;
        weights.emplace_back(std::clamp<std::int64_t>(i, 0, from - 1), weight);
        sum += weight;
    }
    Taps taps;
    for (const auto& [index, weight] : weights) taps.push_back({index, static_cast<float>(weight / sum)});
    return taps;
}

Taps taps_at(const Interpolation& how, std::size_t axis, std::int64_t position, std::int64_t from) {
    const float x = source_position(how, axis, position, from);
    // NaN is outside, too.
    if (how.coordinates == CoordinateMode::tf_crop_and_resize && !(x >= 0 && x <= static_cast<float>(from - 1))) return {};
    if (how.filter == Filter::nearest)
        return {{static_cast<std::int64_t>(std::clamp(nearest(how, axis, x), 0.0F, static_cast<float>(from - 1))), 1.0F}};
    if (how.filter == Filter::linear && !how.antialias) return between_two(x, from);
    return filtered(how, axis, x, from);
}

// Of floats; of any numbers where each position has one tap.
template <class T>
std::vector<T> resize_axis(const std::vector<T>& from, const AxisSplit& split, const std::vector<Taps>& positions, float outside) {
    std::vector<T> to(static_cast<std::size_t>(split.outer * split.inner) * positions.size(), static_cast<T>(outside));
    T* out = to.data();
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (const Taps& taps : positions) {
            for (const Tap& tap : taps) {
                const T* x = from.data() + (outer * split.size + tap.index) * split.inner;
                const bool first = &tap == taps.data();
                for (std::int64_t i = 0; i < split.inner; ++i) {
                    if constexpr (std::is_same_v<T, float>)
                        out[i] = first ? x[i] * tap.weight : out[i] + x[i] * tap.weight;
                    else
                        out[i] = x[i];
                }
            }
            out += split.inner;
        }
    return to;
}

// Whole numbers are cut towards zero, as in ONNX Runtime.
template <class T, class From>
T whole(From x) {
    if constexpr (std::is_same_v<T, From>)
        return x;
    else  // the upper end may round up to a power of two
        return x >= static_cast<From>(std::numeric_limits<T>::max())
                   ? std::numeric_limits<T>::max()
                   : static_cast<T>(std::max(x, static_cast<From>(std::numeric_limits<T>::lowest())));
}

template <class Work, class T>
void interpolate_in(const Interpolation& how, const octavo_tensor& from, const octavo_tensor& to) {
    const std::span<const T> source = values<const T>(from);
    std::vector<Work> data(source.size());
    std::ranges::transform(source, data.begin(), [](T x) { return static_cast<Work>(x); });
    Shape shape = shape_of(from);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (!changes_axis(how, axis, shape[axis])) continue;
        const std::vector<Taps> positions = taps_along(how, axis, shape[axis]);
        data = resize_axis(data, split_at(shape, static_cast<std::int64_t>(axis)), positions, how.extrapolation);
        shape[axis] = how.output[axis];
    }
    std::ranges::transform(data, values<T>(to).begin(), whole<T, Work>);
}

}  // namespace

Result<void> set_output_shape(const NodeView& node, Interpolation& interpolation) {
    const Shape input = node.input_shape(0);
    if (interpolation.scales.size() != input.size())
        return refusal(node, "has " + std::to_string(interpolation.scales.size()) + " scales for input " + shape_text(input));
    interpolation.output.clear();
    for (std::size_t i = 0; i < input.size(); ++i) {
        const float size = std::floor(static_cast<float>(input[i]) * interpolation.scales[i]);
        if (!(interpolation.scales[i] > 0) || !(size >= 1) || !(size <= static_cast<float>(kLargestSize)))
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

bool changes_axis(const Interpolation& interpolation, std::size_t axis, std::int64_t size) {
    const bool crops = interpolation.coordinates == CoordinateMode::tf_crop_and_resize;
    return size != interpolation.output[axis] || interpolation.scales[axis] != 1.0F || crops;
}

std::vector<Taps> taps_along(const Interpolation& interpolation, std::size_t axis, std::int64_t size) {
    std::vector<Taps> positions;
    for (std::int64_t i = 0; i < interpolation.output[axis]; ++i) positions.push_back(taps_at(interpolation, axis, i, size));
    return positions;
}

void interpolate(const Interpolation& how, const octavo_tensor& from, const octavo_tensor& to) {
    with_type(from.type, [&](auto zero) {
        using T = decltype(zero);
        if constexpr (!std::is_same_v<T, bool>)
            how.filter == Filter::nearest ? interpolate_in<T, T>(how, from, to) : interpolate_in<float, T>(how, from, to);
    });
}

}  // namespace octavo::ops
