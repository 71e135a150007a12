// A grid: the 256 values that a quantized tensor, or each of its channels, can have. Values get onto it and off it by numbers.h only.
#pragma once

#include <octavo/abi/model.h>
#include <octavo/numbers.h>
#include <octavo/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace octavo::reference {

struct Grid {
    std::vector<float> scale;  // one, or one a channel (axis 1)
    std::vector<std::int32_t> zero_point;

    std::size_t channels() const { return scale.size(); }
    float scale_of(std::size_t channel) const { return scale[channels() == 1 ? 0 : channel]; }
    std::int32_t zero_point_of(std::size_t channel) const { return zero_point[channels() == 1 ? 0 : channel]; }
};

// What a plan says of one tensor.
struct TensorGrids {
    std::optional<Grid> whole;
    std::optional<Grid> depthwise;

    bool empty() const { return !whole && !depthwise; }
    // What everything but a depthwise convolution reads.
    const Grid& general() const { return whole ? *whole : *depthwise; }
};

// Errors (Code::config): parameters of a tensor that is not f32, of another number of channels, or that are no scale and zero point.
Result<TensorGrids> grids_of(const octavo_plan& plan, std::span<const octavo_tensor_info> tensors, std::size_t tensor);

// Number of consecutive values that share a channel, and number of channels, of a tensor with axis 1.
struct ChannelLayout {
    std::size_t channels = 1;
    std::size_t run = 1;

    explicit ChannelLayout(const octavo_tensor_info& tensor);
    std::size_t channel_of(std::size_t element) const { return element / run % channels; }
};

std::vector<std::uint8_t> quantize(const Grid& grid, const ChannelLayout& layout, std::span<const float> values);
void dequantize(const Grid& grid, const ChannelLayout& layout, std::span<const std::uint8_t> codes, std::span<float> values);
// q - zero point, which integer sums are made of.
std::vector<std::int16_t> centred(const Grid& grid, const ChannelLayout& layout, std::span<const std::uint8_t> codes);

}  // namespace octavo::reference
