#include "kernels/step_order.h"

#include "kernels/conv_u8.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace octavo::onednn {
namespace {

constexpr std::size_t kTries = 128;  // partners looked at for a step; with all of them hardly more match

// What a step adds at most to each 16-bit sum of a block: of positive weights, then of negative ones.
struct StepSums {
    std::array<std::uint8_t, 64> at = {};

    StepSums(const std::int8_t* weights, int lanes) {
        for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(lanes); ++i) {
            const int a = weights[2 * i], b = weights[2 * i + 1];
            at[i] = static_cast<std::uint8_t>(std::max(a, 0) + std::max(b, 0));
            at[32 + i] = static_cast<std::uint8_t>(std::max(-a, 0) + std::max(-b, 0));
        }
    }
    int most() const {
        std::uint8_t most = 0;
        for (const std::uint8_t sum : at) most = std::max(most, sum);
        return most;
    }
    // In bytes, of which the compiler makes vectors.
    bool fits(const StepSums& other) const {
        std::uint8_t over = 0;
        for (std::size_t i = 0; i < at.size(); ++i) {
            const auto room = static_cast<std::uint8_t>(kMostPair - at[i]);
            over |= static_cast<std::uint8_t>(std::max(other.at[i], room) ^ room);
        }
        return over == 0;
    }
};

}  // namespace

// Greedy: the step with the largest sum of all goes with the one of the next largest that fits, so that small ones are left for others.
StepOrder order_steps(const std::int8_t* weights, std::int32_t steps, int lanes) {
    std::vector<StepSums> sums;
    std::vector<std::pair<int, std::int32_t>> left;  // largest sum, step
    for (std::int32_t step = 0; step < steps; ++step) {
        sums.emplace_back(weights + std::int64_t{step} * lanes * 4, lanes);
        left.emplace_back(sums.back().most(), step);
    }
    std::ranges::sort(left);
    StepOrder order;
    std::vector<std::int32_t> single;
    while (!left.empty()) {
        const std::int32_t step = left.back().second;
        left.pop_back();
        const auto tried = left.rbegin() + static_cast<std::ptrdiff_t>(std::min(kTries, left.size()));
        const auto partner = std::find_if(left.rbegin(), tried, [&](const auto& other) {
            return sums[static_cast<std::size_t>(step)].fits(sums[static_cast<std::size_t>(other.second)]);
        });
        if (partner == tried) {
            single.push_back(step);
            continue;
        }
        order.steps.insert(order.steps.end(), {step, partner->second});
        ++order.twos;
        left.erase(partner.base() - 1);
    }
    order.steps.insert(order.steps.end(), single.begin(), single.end());
    return order;
}

}  // namespace octavo::onednn
