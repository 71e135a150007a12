// Steps that are no convolutions: each binds its job to addresses once and runs it in parallel over pixels or rows.
#pragma once

#include "builder.h"

#include <type_traits>
#include <utility>

namespace octavo::onednn {

// The tensor in whatever form exists or is natural: codes are read as the numbers they stand for.
Source source_of(Builder& builder, std::int32_t tensor);

Destination bind_target(const Target& target, const Addresses& addresses);
Operand bind_source(const Source& source, const Addresses& addresses, std::int64_t pixel_stride, std::int64_t image_stride);

// What a kernel calls the operator; nothing for those that are not of two operands.
std::optional<Pointwise> binary_kind(std::string_view op);
// The mean over height and width, which is a pooling.
bool reduces_picture(const ops::NodeView& node);

// Calls `body` with a number of bytes. Those of three channels, as pictures have, and of short runs are constants to it: copying so many is
// no call.
template <class Body>
void with_size(std::int64_t bytes, Body&& body) {
    const auto known = [&]<std::size_t... sizes>(std::index_sequence<sizes...>) {
        return ((bytes == sizes && (body(std::integral_constant<std::size_t, sizes>()), true)) || ...);
    };
    if (!known(std::index_sequence<3, 8, 12, 16, 32, 64>())) body(static_cast<std::size_t>(bytes));
}

// Whether the first `channels` have one value.
inline bool is_uniform(const std::vector<float>& by_channel, std::int64_t channels) {
    return std::all_of(by_channel.begin(), by_channel.begin() + channels, [&](float value) { return value == by_channel.front(); });
}

// Of one grid for all values, as long as runs of `channels` values want them.
std::shared_ptr<const CodeParameters> lengthened(const CodeParameters& uniform, std::int64_t channels);

class PointwiseStep : public Step {
public:
    Pointwise kind = Pointwise::copy;
    Source a, b;
    bool gate_a = false, gate_b = false;  // one value a channel and image
    std::vector<float> constant_b;        // instead of b: [channels]
    std::vector<float> scale, shift;
    Activation activation;
    std::vector<Target> targets;
    Layout layout;

    // Once all of these are set.
    void declare();
    void bind(const Addresses& addresses, std::byte*) override;
    void run(const RunContext&) override;
    std::size_t constant_bytes() const override { return (constant_b.size() + scale.size() + shift.size()) * sizeof(float); }

private:
    bool is_alike() const;
    void lengthen_rows();

    PointwiseJob job_;
};

}  // namespace octavo::onednn
