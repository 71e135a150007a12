// See fed_values.h.
#include "core/pipeline/fed_values.h"

#include "core/pipeline/stage_benchmark.h"

#include <cmath>

namespace octavo {
namespace {

std::span<float> floats_of(std::vector<std::byte>& bytes) {
    return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

float value_of(const std::vector<float>& values, std::size_t channel, float otherwise) {
    if (values.empty()) return otherwise;
    return values.size() == 1 ? values[0] : values[channel];
}

void preprocess(std::span<const float> raw, std::span<float> made, const Shape& shape, const InputFeed& feed) {
    const bool has_channels = shape.size() > feed.axis;
    const auto channels = static_cast<std::size_t>(has_channels ? shape[feed.axis] : 1);
    const auto inner = has_channels ? static_cast<std::size_t>(element_count(std::span(shape).subspan(feed.axis + 1))) : made.size();
    for (std::size_t i = 0; i < made.size(); ++i) {
        const std::size_t channel = i / inner % channels;
        const std::size_t from = feed.is_reversed ? i + (channels - 1 - channel) * inner - channel * inner : i;
        made[i] = (raw[from] - value_of(feed.mean, channel, 0)) / value_of(feed.scale, channel, 1);
    }
}

}  // namespace

std::vector<std::vector<std::byte>> raw_inputs(const std::vector<Port>& ports, std::span<const InputFeed> feeds) {
    std::vector<std::vector<std::byte>> inputs = random_inputs(ports);
    for (std::size_t i = 0; i < feeds.size(); ++i) {
        if (!feeds[i].is_normalized()) continue;
        for (float& value : floats_of(inputs[i])) value = std::floor((value + 1) * 128);
    }
    return inputs;
}

std::vector<std::vector<std::byte>> preprocessed(const std::vector<std::vector<std::byte>>& raw, const std::vector<Port>& ports,
                                                 std::span<const InputFeed> feeds) {
    std::vector<std::vector<std::byte>> inputs = raw;
    for (std::size_t i = 0; i < feeds.size(); ++i) {
        if (!feeds[i].is_normalized() && !feeds[i].is_reversed) continue;
        std::vector<std::byte> source = raw[i];
        preprocess(floats_of(source), floats_of(inputs[i]), ports[i].shape, feeds[i]);
    }
    return inputs;
}

}  // namespace octavo
