// Slots: the counters that a block's values belong to, zeros left out. A bin is found by one multiplication with a power of two, which is
// exact, so its edges are exact too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace octavo {

inline constexpr std::size_t kBlock = 256;  // values at a time

struct SlotRule {
    float scale;             // bins / range
    std::uint32_t negative;  // slot of negative bin 0; positive bin 0 has slot 0
};

// The slots of some values, in their order; room for one vector more.
using Slots = std::array<std::uint32_t, kBlock + 8>;

// Writes the slots of the values (at most kBlock) that are not zero, and gives their number. All values lie within the range.
std::size_t nonzero_slots(std::span<const float> values, SlotRule rule, Slots& slots);

}  // namespace octavo
