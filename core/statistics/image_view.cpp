// Two readings of one image must add in the same order: both layouts sum tile by tile into the same eight lanes.
#include "core/statistics/image_view.h"

#include "core/statistics/wide.h"

#include <algorithm>
#include <array>

namespace octavo {
namespace {

constexpr std::size_t kLanes = 8;
using LaneSums = std::array<double, kLanes>;

double fold(const LaneSums& s) {
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

double tile_sum(const float* values, std::size_t count) {
    LaneSums sums{};
    std::size_t p = 0;
    for (; p + kLanes <= count; p += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += static_cast<double>(values[p + lane]);
    }
    for (std::size_t lane = 0; p + lane < count; ++lane) sums[lane] += static_cast<double>(values[p + lane]);
    return fold(sums);
}

inline void add_lanes(const float* values, std::size_t channels, double* sums) {
    if (channels == kTileChannels) {  // a fixed length is vectorized
        for (std::size_t c = 0; c < kTileChannels; ++c) sums[c] += static_cast<double>(values[c]);
        return;
    }
    for (std::size_t c = 0; c < channels; ++c) sums[c] += static_cast<double>(values[c]);
}

// One tile of channels-last data: `totals` has an entry for each of its channels.
OCTAVO_WIDE void add_tile(const float* values, std::size_t positions, std::size_t pitch, std::span<double> totals) {
    std::array<std::array<double, kTileChannels>, kLanes> sums{};
    for (std::size_t p = 0; p < positions; ++p) add_lanes(values + p * pitch, totals.size(), sums[p % kLanes].data());
    for (std::size_t c = 0; c < totals.size(); ++c) {
        LaneSums lanes;
        for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = sums[lane][c];
        totals[c] += fold(lanes);
    }
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

inline void widen(float value, float& least, float& greatest) {
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
}

OCTAVO_WIDE void widen_run(const float* values, std::size_t count, float& low, float& high) {
    float least[kLanes], greatest[kLanes];
    std::fill_n(least, kLanes, low);
    std::fill_n(greatest, kLanes, high);
    std::size_t p = 0;
    for (; p + kLanes <= count; p += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane) widen(values[p + lane], least[lane], greatest[lane]);
    for (; p < count; ++p) widen(values[p], least[0], greatest[0]);
    low = *std::min_element(least, least + kLanes);
    high = *std::max_element(greatest, greatest + kLanes);
}

// One tile of channels-last data. A whole one has a fixed length, which is vectorized, and stays in registers.
OCTAVO_WIDE void widen_tile(const float* values, std::size_t positions, std::size_t pitch, std::span<float> low, std::span<float> high) {
    if (low.size() < kTileChannels) {
        for (std::size_t p = 0; p < positions; ++p)
            for (std::size_t c = 0; c < low.size(); ++c) widen(values[p * pitch + c], low[c], high[c]);
        return;
    }
    float least[kTileChannels], greatest[kTileChannels];
    std::copy_n(low.data(), kTileChannels, least);
    std::copy_n(high.data(), kTileChannels, greatest);
    for (std::size_t p = 0; p < positions; ++p)
        for (std::size_t c = 0; c < kTileChannels; ++c) widen(values[p * pitch + c], least[c], greatest[c]);
    std::copy_n(least, kTileChannels, low.data());
    std::copy_n(greatest, kTileChannels, high.data());
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

void widen_spans(const ImageView& image, std::span<float> low, std::span<float> high) {
    if (!image.channels_last) {
        for (std::size_t c = 0; c < image.channels; ++c) widen_run(image.data + c * image.positions, image.positions, low[c], high[c]);
        return;
    }
    for (std::size_t c = 0; c < image.channels; c += kTileChannels) {
        const std::size_t channels = std::min(kTileChannels, image.channels - c);
        widen_tile(image.data + c, image.positions, image.pitch, low.subspan(c, channels), high.subspan(c, channels));
    }
}

std::vector<double> channel_sums(const ImageView& image) {
    std::vector<double> totals(image.channels, 0.0);
    for (std::size_t first = 0; first < image.positions; first += kTilePositions) {
        const std::size_t positions = std::min(kTilePositions, image.positions - first);
        for (std::size_t c = 0; c < image.channels; c += image.channels_last ? kTileChannels : 1) {
            if (image.channels_last) {
                add_tile(image.data + first * image.pitch + c, positions, image.pitch,
                         std::span(totals).subspan(c, std::min(kTileChannels, image.channels - c)));
            } else {
                totals[c] += tile_sum(image.data + c * image.positions + first, positions);
            }
        }
    }
    return totals;
}

}  // namespace octavo
