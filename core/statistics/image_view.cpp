// Two readings of one image must add in the same order: both layouts sum tile by tile in groups of four.
#include "core/statistics/image_view.h"

#include "core/statistics/wide.h"

#include <algorithm>
#include <array>
#include <limits>

namespace octavo {
namespace {

constexpr std::size_t kGroup = 4;  // values that are added in float

struct Figures {
    double sum = 0;
    float low = std::numeric_limits<float>::infinity(), high = -std::numeric_limits<float>::infinity();
};

inline void widen(float value, float& low, float& high) {
    low = value < low ? value : low;
    high = value > high ? value : high;
}

// Value p of a channel lies at values[p * step].
inline double sum_of_group(const float* values, std::size_t step) {
    return static_cast<double>((values[0] + values[step]) + (values[2 * step] + values[3 * step]));
}

inline void widen_by_group(const float* values, std::size_t step, float& low, float& high) {
    float least = low, greatest = high;  // no aliases, so that a loop around this is vectorized
    widen(values[0], least, greatest);
    widen(values[step], least, greatest);
    widen(values[2 * step], least, greatest);
    widen(values[3 * step], least, greatest);
    low = least;
    high = greatest;
}

Figures figures_of_run(const float* values, std::size_t count, std::size_t step) {
    Figures figures;
    std::size_t p = 0;
    for (; p + kGroup <= count; p += kGroup) figures.sum += sum_of_group(values + p * step, step);
    for (; p < count; ++p) figures.sum += static_cast<double>(values[p * step]);
    for (p = 0; p < count; ++p) widen(values[p * step], figures.low, figures.high);
    return figures;
}

// kTileChannels channels of channels-last data: a fixed length is vectorized, and stays in registers.
OCTAVO_WIDE std::array<Figures, kTileChannels> figures_of_tile(const float* values, std::size_t positions, std::size_t pitch) {
    const Figures none;
    double sums[kTileChannels] = {};
    float low[kTileChannels], high[kTileChannels];
    std::fill_n(low, kTileChannels, none.low);
    std::fill_n(high, kTileChannels, none.high);
    std::size_t p = 0;
    for (; p + kGroup <= positions; p += kGroup) {
        const float* const group = values + p * pitch;
        for (std::size_t c = 0; c < kTileChannels; ++c) sums[c] += sum_of_group(group + c, pitch);
        for (std::size_t c = 0; c < kTileChannels; ++c) widen_by_group(group + c, pitch, low[c], high[c]);
    }
    for (; p < positions; ++p)
        for (std::size_t c = 0; c < kTileChannels; ++c) {
            sums[c] += static_cast<double>(values[p * pitch + c]);
            widen(values[p * pitch + c], low[c], high[c]);
        }
    std::array<Figures, kTileChannels> figures;
    for (std::size_t c = 0; c < kTileChannels; ++c) figures[c] = {sums[c], low[c], high[c]};
    return figures;
}

struct Shape {
    std::int64_t channels = 1;
    std::int64_t positions = 1;
};

Shape shape_of(const octavo_tensor& tensor) {
    Shape shape;
    if (tensor.rank > 1) shape.channels = tensor.shape[1];
    for (std::int32_t axis = 2; axis < tensor.rank; ++axis) shape.positions *= tensor.shape[axis];
    return shape;
}

// Whether positions follow each other in steps of `step`, and channels in steps of `channel_step`.
bool is_dense(const octavo_tensor& tensor, std::int64_t step, std::int64_t channel_step) {
    for (std::int32_t axis = tensor.rank - 1; axis >= 2; --axis) {
        if (tensor.shape[axis] > 1 && tensor.strides[axis] != step) return false;
        step *= tensor.shape[axis];
    }
    return tensor.rank < 2 || tensor.shape[1] <= 1 || tensor.strides[1] == channel_step;
}

void copy_axis(const octavo_tensor& tensor, std::int32_t axis, const float* from, std::vector<float>& to) {
    if (axis == tensor.rank) {
        to.push_back(*from);
        return;
    }
    for (std::int64_t i = 0; i < tensor.shape[axis]; ++i) copy_axis(tensor, axis + 1, from + i * tensor.strides[axis], to);
}

}  // namespace

ImageView view_image(const octavo_tensor& tensor, std::int64_t row, std::vector<float>& copy) {
    const Shape shape = shape_of(tensor);
    const float* const data = static_cast<const float*>(tensor.data) + row * tensor.strides[0];
    ImageView view = {data, static_cast<std::size_t>(shape.channels), static_cast<std::size_t>(shape.positions), false, 1};
    if (is_dense(tensor, 1, shape.positions)) return view;
    if (is_dense(tensor, shape.channels, 1)) {
        view.channels_last = true;
        view.pitch = view.channels;
        return view;
    }
    copy.clear();
    copy.reserve(view.channels * view.positions);
    copy_axis(tensor, 1, data, copy);
    view.data = copy.data();
    return view;
}

ChannelFigures channel_figures(const ImageView& image) {
    const Figures none;
    ChannelFigures all = {std::vector(image.channels, none.sum), std::vector(image.channels, none.low),
                          std::vector(image.channels, none.high)};
    const auto add = [&](std::size_t channel, const Figures& figures) {
        all.sums[channel] += figures.sum;
        widen(figures.low, all.low[channel], all.high[channel]);
        widen(figures.high, all.low[channel], all.high[channel]);
    };
    const std::size_t step = image.channels_last ? image.pitch : 1, channel_step = image.channels_last ? 1 : image.positions;
    for (std::size_t first = 0; first < image.positions; first += kTilePositions) {
        const std::size_t positions = std::min(kTilePositions, image.positions - first);
        const float* const values = image.data + first * step;
        std::size_t c = 0;
        for (; image.channels_last && c + kTileChannels <= image.channels; c += kTileChannels) {
            const std::array<Figures, kTileChannels> figures = figures_of_tile(values + c, positions, step);
            for (std::size_t i = 0; i < kTileChannels; ++i) add(c + i, figures[i]);
        }
        for (; c < image.channels; ++c) add(c, figures_of_run(values + c * channel_step, positions, step));
    }
    return all;
}

}  // namespace octavo
