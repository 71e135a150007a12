// See half_weights.h.
#include "core/formats/openvino/half_weights.h"

#include "core/base/half.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cmath>

namespace octavo {

Graph with_half_weights(Graph graph) {
    for (const Node& node : graph.nodes) {
        if (ops::find(node.op)->role != ops::Role::product || node.inputs.size() < 2) continue;
        Tensor& weight = graph[node.inputs[1]];
        if (!weight.is_constant() || weight.type != OCTAVO_F32) continue;
        std::vector<float> rounded;
        for (const float value : weight.data.as<float>()) rounded.push_back(from_float16(to_float16(value)));
        if (std::ranges::all_of(rounded, [](float value) { return std::isfinite(value); })) weight.data = make_buffer(std::move(rounded));
    }
    return graph;
}

std::optional<std::vector<std::uint16_t>> half_bits(std::span<const float> values) {
    std::vector<std::uint16_t> bits;
    for (const float value : values) {
        bits.push_back(to_float16(value));
        if (from_float16(bits.back()) != value) return std::nullopt;
    }
    return bits;
}

}  // namespace octavo
