// ImageView: one image of a tensor as channels times positions, dense in one of two orders. Where a tensor's strides are neither, its image
// is copied first, so that all that counts knows two layouts only.
#pragma once

#include <octavo/abi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace octavo {

struct ImageView {
    const float* data = nullptr;
    std::size_t channels = 1;
    std::size_t positions = 1;
    bool channels_last = false;
    std::size_t pitch = 1;  // channels-last: from one position to the next

    // All values, of an image that `part` has not narrowed.
    std::span<const float> all() const { return {data, channels * positions}; }
    // Some of its channels.
    ImageView part(std::size_t first, std::size_t count) const {
        return {data + first * (channels_last ? 1 : positions), count, positions, channels_last, pitch};
    }
};

// Of a tensor with so many on axis 0, those of the first images of a batch: as many an image where the batch divides them, as behind a
// Reshape to windows; else all.
inline std::size_t rows_of_images(std::int64_t rows, std::size_t images, std::int64_t batch) {
    return static_cast<std::size_t>(rows % batch == 0 ? rows / batch * static_cast<std::int64_t>(images) : rows);
}

// Row `row` of the batch; `copy` holds the values where they had to be moved.
ImageView view_image(const octavo_tensor& tensor, std::int64_t row, std::vector<float>& copy);

inline constexpr std::size_t kTilePositions = 512;
inline constexpr std::size_t kTileChannels = 16;  // floats of a cache line
// From one channel of a copied tile to the next: a line more than a power of two, so that they do not share few sets of the cache.
inline constexpr std::size_t kTilePitch = kTilePositions + kTileChannels;

// Calls visit(channel, values) with all values of each channel, in tiles and in order of position.
template <class Visit>
void for_each_channel_tile(const ImageView& image, std::vector<float>& scratch, Visit visit) {
    if (!image.channels_last) {
        for (std::size_t c = 0; c < image.channels; ++c) visit(c, image.all().subspan(c * image.positions, image.positions));
        return;
    }
    scratch.resize(kTileChannels * kTilePitch);
    for (std::size_t first_channel = 0; first_channel < image.channels; first_channel += kTileChannels) {
        const std::size_t channels = std::min(kTileChannels, image.channels - first_channel);
        for (std::size_t first = 0; first < image.positions; first += kTilePositions) {
            const std::size_t positions = std::min(kTilePositions, image.positions - first);
            for (std::size_t p = 0; p < positions; ++p) {
                const float* const from = image.data + (first + p) * image.pitch + first_channel;
                for (std::size_t c = 0; c < channels; ++c) scratch[c * kTilePitch + p] = from[c];
            }
            for (std::size_t c = 0; c < channels; ++c) {
                visit(first_channel + c, std::span<const float>(scratch).subspan(c * kTilePitch, positions));
            }
        }
    }
}

// What an image holds of each channel.
struct ChannelFigures {
    std::vector<double> sums;
    std::vector<float> low, high;
};

// Sums are taken in one fixed order whatever the layout: in a tile of kTilePositions, four after the other in float, and fours in double.
// Four values that add up to infinity, or a NaN, make the sum so; low and high pass over NaN.
ChannelFigures channel_figures(const ImageView& image);

}  // namespace octavo
