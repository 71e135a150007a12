// Range: numbers from start to before limit in steps of delta, all three constant and of one number type.
#include <algorithm>
#include <cmath>
#include <functional>

#include "ops/support.h"

namespace octavo::ops {

namespace {

template <class T>
Result<std::int64_t> count_of_steps(const NodeView& node) {
    const auto number = [&](std::size_t i) { return static_cast<double>(*static_cast<const T*>(node.input(i).data)); };
    if (number(2) == 0) return refusal(node, "delta is 0");
    const double steps = std::ceil((number(1) - number(0)) / number(2));
    if (std::isnan(steps)) return refusal(node, "start, limit or delta is no finite number");
    return static_cast<std::int64_t>(std::clamp(steps, 0.0, 0x1p40));  // shapes as large as that are refused
}

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_number(node, 0));
    for (std::size_t i = 0; i < 3; ++i) {
        OCTAVO_CHECK_OK(expect_type(node, i, node.input(0).type));
        if (!node.input(i).data)
            return refusal(node, "input " + std::to_string(i) + " is computed while the model runs; only constants are supported");
        OCTAVO_CHECK_OK(expect_single(node, i));
    }
    return with_type(node.input(0).type, [&](auto zero) -> Result<Types> {
        OCTAVO_TRY(const std::int64_t count, count_of_steps<decltype(zero)>(node));
        return one_output(node.input(0).type, {count});
    });
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const T start = values<const T>(inputs[0])[0];
        const T delta = values<const T>(inputs[2])[0];
        const std::span<T> out = values<T>(outputs[0]);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = wrapping<std::plus<>>(start, wrapping<std::multiplies<>>(static_cast<T>(i), delta));
    });
    return {};
}

}  // namespace

extern const Row range_row;
const Row range_row = {"Range", 3, 3, Role::floating, {}, infer_types, compute, inputs_at(0, 1, 2)};

}  // namespace octavo::ops
