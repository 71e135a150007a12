// Weights for kernels that add pairs of u8 x s8 products in 16 bits: scales that grow, channel by channel, until no pair can leave them.
#pragma once

#include <cstdint>
#include <span>

namespace octavo {

// The least scale from `scale` on with which the weights of one sign of each pair add up to at most `limit` steps. A pair are input
// channels 2i and 2i + 1 at one place of the kernel. `weights`: of one output channel, [input channel][place].
float fitting_scale(std::span<const float> weights, std::int64_t places, float scale, std::int32_t limit);

}  // namespace octavo
