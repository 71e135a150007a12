// In which order a micro kernel in bytes takes its steps: two whose weights are small enough share their 16-bit sums, which saves one of
// the two multiplications that widen sums to 32 bits (pmaddwd). Any two steps will do, so they are matched.
#pragma once

#include <cstdint>
#include <vector>

namespace octavo::onednn {

struct StepOrder {
    std::vector<std::int32_t> steps;
    int twos = 0;  // so many times two steps share sums, first; single ones follow
};

// weights: [steps][lanes][4] of one block of output channels, at most 16 lanes; no pair of them overflows (pairs_fit).
StepOrder order_steps(const std::int8_t* weights, std::int32_t steps, int lanes);

}  // namespace octavo::onednn
