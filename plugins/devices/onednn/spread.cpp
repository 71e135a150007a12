// A picture with each channel several times side by side: a convolution by groups of one channel that has several outputs a channel reads
// it as a depthwise one, for which there are kernels. Writing the copies costs a fraction of what that saves.
#include "product.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kGrain = 16'384;  // values read that repay a task

// to[i * times + k] = from[i]
template <class T>
void spread(const T* from, std::int64_t count, std::int64_t times, T* to) {
    if (times == 2) {
        for (std::int64_t i = 0; i < count; ++i) to[2 * i] = to[2 * i + 1] = from[i];
        return;
    }
    for (std::int64_t i = 0; i < count; ++i) std::fill_n(to + i * times, times, from[i]);
}

template <class T>
class SpreadStep : public Step {
public:
    SpreadStep(BufferId from, BufferId to, std::int64_t count, std::int64_t times) : count_(count), times_(times) {
        reads = {from};
        writes = {to};
    }
    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<T>(reads[0]);
        to_ = addresses.get<T>(writes[0]);
    }
    void run(const RunContext& context) override {
        context.team.share((count_ + kGrain - 1) / kGrain, [&](std::int64_t task, int) {
            const std::int64_t first = task * kGrain;
            spread(from_ + first, std::min(kGrain, count_ - first), times_, to_ + first * times_);
        });
    }

private:
    std::int64_t count_, times_;
    const T* from_ = nullptr;
    T* to_ = nullptr;
};

template <class T>
BufferId spread_by(Builder& builder, const ops::NodeView& node, octavo_precision precision, BufferId from, std::int64_t count,
                   std::int64_t times) {
    const BufferId to = builder.add_buffer(static_cast<std::size_t>(count * times) * sizeof(T) + 64);
    builder.add(std::make_unique<SpreadStep<T>>(from, to, count, times), node, precision, "spread");
    return to;
}

}  // namespace

std::int64_t make_depthwise(ConvShape& shape) {
    const std::int64_t times = shape.groups > 1 && shape.groups == shape.input_c ? shape.output_c / shape.input_c : 1;
    if (times > 1) shape.input_c = shape.groups = shape.output_c;
    return times;
}

BufferId spread_channels(Builder& builder, const ops::NodeView& node, octavo_precision precision, BufferId from, std::int64_t times) {
    if (times == 1) return from;
    const std::int64_t count = layout_of(node.input(0)).count();
    return precision == OCTAVO_INT8 ? spread_by<std::uint8_t>(builder, node, precision, from, count, times)
                                    : spread_by<float>(builder, node, precision, from, count, times);
}

}  // namespace octavo::onednn
