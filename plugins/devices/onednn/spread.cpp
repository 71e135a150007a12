// Codes of a picture with each channel several times side by side: a convolution by groups of one channel that has several outputs a
// channel reads them as a depthwise one, for which there are kernels. Writing the copies costs a fraction of what that saves.
#include "product.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kGrain = 16'384;  // bytes read that repay a task

// to[i * times + k] = from[i]
void spread(const std::uint8_t* from, std::int64_t count, std::int64_t times, std::uint8_t* to) {
    if (times == 2) {
        for (std::int64_t i = 0; i < count; ++i) {
            const auto pair = static_cast<std::uint16_t>(from[i] * 0x0101);
            std::memcpy(to + 2 * i, &pair, sizeof pair);
        }
        return;
    }
    for (std::int64_t i = 0; i < count; ++i) std::fill_n(to + i * times, times, from[i]);
}

class SpreadStep : public Step {
public:
    SpreadStep(BufferId from, BufferId to, std::int64_t count, std::int64_t times) : count_(count), times_(times) {
        reads = {from};
        writes = {to};
    }
    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<std::uint8_t>(reads[0]);
        to_ = addresses.get<std::uint8_t>(writes[0]);
    }
    void run(const RunContext& context) override {
        context.team.share((count_ + kGrain - 1) / kGrain, [&](std::int64_t task, int) {
            const std::int64_t first = task * kGrain;
            spread(from_ + first, std::min(kGrain, count_ - first), times_, to_ + first * times_);
        });
    }

private:
    std::int64_t count_, times_;
    const std::uint8_t* from_ = nullptr;
    std::uint8_t* to_ = nullptr;
};

}  // namespace

BufferId spread_channels(Builder& builder, const ops::NodeView& node, BufferId from, std::int64_t count, std::int64_t times) {
    const BufferId to = builder.add_buffer(static_cast<std::size_t>(count * times) + 64);
    builder.add(std::make_unique<SpreadStep>(from, to, count, times), node, OCTAVO_INT8, "spread");
    return to;
}

}  // namespace octavo::onednn
