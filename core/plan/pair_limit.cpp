// Each round divides the largest pair down to the limit; rounding may leave it a step above, so a few rounds are needed.
#include "core/plan/pair_limit.h"

#include <octavo/numbers.h>

#include <algorithm>
#include <cstddef>

namespace octavo {
namespace {

int largest_pair(std::span<const float> weights, std::int64_t places, float scale) {
    const auto step = static_cast<std::size_t>(places);
    int largest = 0;
    for (std::size_t at = 0; at < weights.size(); at += 2 * step)
        for (std::size_t place = at; place < std::min(at + step, weights.size()); ++place) {
            const int a = quantize_weight(weights[place], scale);
            const int b = place + step < weights.size() ? quantize_weight(weights[place + step], scale) : 0;
            largest = std::max(largest, pair_sum(a, b));
        }
    return largest;
}

}  // namespace

float fitting_scale(std::span<const float> weights, std::int64_t places, float scale, std::int32_t limit) {
    for (int largest = largest_pair(weights, places, scale); largest > limit; largest = largest_pair(weights, places, scale))
        scale *= static_cast<float>(largest) / (static_cast<float>(limit) + 0.49F);
    return scale;
}

}  // namespace octavo
