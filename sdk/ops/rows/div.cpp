// Div: the quotient of two tensors. Integers are cut towards zero, and an integer zero as divisor is an error.
#include <algorithm>

#include "ops/binary.h"

namespace octavo::ops {

namespace {

struct Div {
    float operator()(float a, float b) const { return a / b; }
    // -1 apart: the least integer has no negative.
    std::int64_t operator()(std::int64_t a, std::int64_t b) const {
        return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
    }
};

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    if (inputs[1].type == OCTAVO_S64 && std::ranges::count(values<const std::int64_t>(inputs[1]), 0) > 0)
        return refusal(node, "division by the integer zero");
    return compute_binary<Div>(node, inputs, outputs);
}

}  // namespace

extern const Row div_row;
const Row div_row = {"Div", 2, 2, Role::elementwise, {}, infer_binary, compute};

}  // namespace octavo::ops
