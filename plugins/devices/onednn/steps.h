// Steps that are no convolutions: each binds its job to addresses once and runs it in parallel over pixels or rows.
#pragma once

#include "builder.h"

#include <type_traits>

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
    switch (bytes) {
        case 3:
            return body(std::integral_constant<std::size_t, 3>());
        case 8:
            return body(std::integral_constant<std::size_t, 8>());
        case 12:
            return body(std::integral_constant<std::size_t, 12>());
        case 16:
            return body(std::integral_constant<std::size_t, 16>());
        case 32:
            return body(std::integral_constant<std::size_t, 32>());
        case 64:
            return body(std::integral_constant<std::size_t, 64>());
        default:
            return body(static_cast<std::size_t>(bytes));
    }
}

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
