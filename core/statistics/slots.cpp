// After a ReLU half of all values are zeros, so leaving them out pays: in AVX2 eight slots are packed to the front by one permutation.
#include "core/statistics/slots.h"

#include <bit>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace octavo {
namespace {

constexpr std::uint32_t kMagnitude = 0x7FFFFFFFU;

// Zeros are found by their bits: threads that flush subnormals to zero must count them no differently.
std::size_t plain_slots(std::span<const float> values, SlotRule rule, std::uint32_t* slots) {
    std::size_t count = 0;
    for (const float value : values) {
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t magnitude = bits & kMagnitude;
        const auto bin = static_cast<std::uint32_t>(static_cast<std::int32_t>(std::bit_cast<float>(magnitude) * rule.scale));
        slots[count] = bin + ((0U - (bits >> 31)) & rule.negative);
        count += magnitude != 0;
    }
    return count;
}

#ifdef __x86_64__

// kFront[mask]: which lanes are set in the mask, in order.
constexpr auto kFront = [] {
    std::array<std::array<std::uint32_t, 8>, 256> front{};
    for (std::uint32_t mask = 0; mask < 256; ++mask)
        for (std::uint32_t lane = 0, next = 0; lane < 8; ++lane)
            if ((mask >> lane) & 1U) front[mask][next++] = lane;
    return front;
}();

__attribute__((target("avx2,popcnt"))) std::size_t avx2_slots(std::span<const float> values, SlotRule rule, std::uint32_t* slots) {
    const __m256 scale = _mm256_set1_ps(rule.scale);
    const __m256i sign_off = _mm256_set1_epi32(static_cast<int>(kMagnitude)), negative = _mm256_set1_epi32(static_cast<int>(rule.negative));
    std::size_t count = 0, i = 0;
    for (; i + 8 <= values.size(); i += 8) {
        const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values.data() + i));
        const __m256i magnitude = _mm256_and_si256(bits, sign_off);
        const __m256i bin = _mm256_cvttps_epi32(_mm256_mul_ps(_mm256_castsi256_ps(magnitude), scale));
        const __m256i slot = _mm256_add_epi32(bin, _mm256_and_si256(_mm256_srai_epi32(bits, 31), negative));
        const __m256i is_counted = _mm256_cmpgt_epi32(magnitude, _mm256_setzero_si256());
        const auto mask = static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(is_counted)));
        const __m256i order = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kFront[mask].data()));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(slots + count), _mm256_permutevar8x32_epi32(slot, order));
        count += static_cast<std::size_t>(std::popcount(mask));
    }
    return count + plain_slots(values.subspan(i), rule, slots + count);
}

#endif

}  // namespace

std::size_t nonzero_slots(std::span<const float> values, SlotRule rule, Slots& slots) {
#ifdef __x86_64__
    static const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    if (has_avx2) return avx2_slots(values, rule, slots.data());
#endif
    return plain_slots(values, rule, slots.data());
}

}  // namespace octavo
