// What ScatterND and ScatterElements do where an update meets what is there.
#pragma once

#include <functional>
#include <string_view>

#include "ops/support.h"

namespace octavo::ops {

// Data (input 0, copied to the output before) and updates (input 2) have one type, indices (input 1) are integers, and `reduction` is
// known: none, add, mul, max or min.
Result<void> expect_scatter(const NodeView& node);

// Copies the data to the output, then calls each(put), where put(to, from) puts the update at `from` onto the value at `to`, counted in
// elements.
template <class Each>
Result<void> scatter(const NodeView& node, Inputs inputs, Outputs outputs, Each&& each) {
    OCTAVO_CHECK_OK(compute_same_bytes(node, inputs, outputs));
    return with_type(outputs[0].type, [&](auto zero) -> Result<void> {
        using T = decltype(zero);
        T* data = static_cast<T*>(outputs[0].data);
        const T* updates = static_cast<const T*>(inputs[2].data);
        const auto with = [&](auto meet) {
            return each([&](std::int64_t to, std::int64_t from) { data[to] = static_cast<T>(meet(data[to], updates[from])); });
        };
        const std::string_view reduction = node.text("reduction", "none");
        if constexpr (!std::is_same_v<T, bool>) {
            if (reduction == "add") return with(wrapping<std::plus<>, T>);
            if (reduction == "mul") return with(wrapping<std::multiplies<>, T>);
        }
        if (reduction == "max") return with([](T a, T b) { return a < b ? b : a; });
        if (reduction == "min") return with([](T a, T b) { return b < a ? b : a; });
        return with([](T, T b) { return b; });
    });
}

}  // namespace octavo::ops
