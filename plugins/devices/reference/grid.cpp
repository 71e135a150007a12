// See grid.h.
#include "grid.h"

#include <ops/op.h>

#include <cmath>
#include <string>

namespace octavo::reference {

namespace {

Result<std::optional<Grid>> grid_of(const octavo_quantization& given, const octavo_tensor_info& tensor, const char* kind) {
    if (given.channels == 0) return std::optional<Grid>();
    const std::string place = std::string("plan, ") + kind + " parameters of tensor '" + tensor.name + "': ";
    if (tensor.type != OCTAVO_F32) return Error(Code::config, place + "the tensor is not f32");
    const std::int64_t channels = tensor.rank > 1 ? tensor.shape[1] : 1;
    if (given.channels != 1 && given.channels != channels)
        return Error(Code::config, place + std::to_string(given.channels) + " scales, expected 1 or " + std::to_string(channels));
    Grid grid;
    for (std::int32_t c = 0; c < given.channels; ++c) {
        const float scale = given.scale[c];
        const std::int32_t zero_point = given.zero_point[c];
        if (!(scale > 0.0F) || !std::isfinite(scale) || !std::isfinite(1.0F / scale))
            return Error(Code::config, place + "scale " + std::to_string(scale) + " has no finite reciprocal");
        if (zero_point < 0 || zero_point > 255)
            return Error(Code::config, place + "zero point " + std::to_string(zero_point) + ", expected 0 to 255");
        grid.scale.push_back(scale);
        grid.zero_point.push_back(zero_point);
    }
    return std::optional<Grid>(std::move(grid));
}

}  // namespace

Result<TensorGrids> grids_of(const octavo_plan& plan, std::span<const octavo_tensor_info> tensors, std::size_t tensor) {
    TensorGrids grids;
    OCTAVO_TRY(grids.whole, grid_of(plan.whole[tensor], tensors[tensor], "whole"));
    OCTAVO_TRY(grids.depthwise, grid_of(plan.depthwise[tensor], tensors[tensor], "depthwise"));
    return grids;
}

ChannelLayout::ChannelLayout(const octavo_tensor_info& tensor) {
    if (tensor.rank < 2) return;
    channels = static_cast<std::size_t>(tensor.shape[1]);
    run = static_cast<std::size_t>(ops::element_count({tensor.shape + 2, static_cast<std::size_t>(tensor.rank - 2)}));
}

std::vector<std::uint8_t> quantize(const Grid& grid, const ChannelLayout& layout, std::span<const float> values) {
    std::vector<std::uint8_t> codes(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t c = layout.channel_of(i);
        codes[i] = quantize_u8(values[i], 1.0F / grid.scale_of(c), static_cast<float>(grid.zero_point_of(c)));
    }
    return codes;
}

void dequantize(const Grid& grid, const ChannelLayout& layout, std::span<const std::uint8_t> codes, std::span<float> values) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t c = layout.channel_of(i);
        values[i] = dequantize_u8(codes[i], grid.scale_of(c), grid.zero_point_of(c));
    }
}

std::vector<std::int16_t> centred(const Grid& grid, const ChannelLayout& layout, std::span<const std::uint8_t> codes) {
    std::vector<std::int16_t> differences(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i)
        differences[i] = static_cast<std::int16_t>(std::int32_t{codes[i]} - grid.zero_point_of(layout.channel_of(i)));
    return differences;
}

}  // namespace octavo::reference
