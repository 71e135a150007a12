// ArgMax and ArgMin: the position of the greatest or least value along an axis, the first one of equals or the last.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

inline constexpr AttributeRow kArgAttributes[] = {
    {"axis", OCTAVO_ATTRIBUTE_INT, "0"}, {"keepdims", OCTAVO_ATTRIBUTE_INT, "1"}, {"select_last_index", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_arg(const NodeView& node);

// `better(a, b)`: a beats b.
template <class Better>
Result<void> compute_arg(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), static_cast<std::size_t>(inputs[0].rank)));
    const bool last = node.integer("select_last_index", 0) != 0;
    const AxisSplit split = split_at(shape_of(inputs[0]), axis);
    std::int64_t* out = values<std::int64_t>(outputs[0]).data();
    with_type(inputs[0].type, [&](auto zero) {
        const auto* x = static_cast<const decltype(zero)*>(inputs[0].data);
        for (std::int64_t outer = 0; outer < split.outer; ++outer)
            for (std::int64_t inner = 0; inner < split.inner; ++inner) {
                const auto* line = x + outer * split.size * split.inner + inner;
                std::int64_t best = 0;
                for (std::int64_t i = 1; i < split.size; ++i) {
                    const auto here = line[i * split.inner], there = line[best * split.inner];
                    if (Better{}(here, there) || (last && here == there)) best = i;
                }
                *out++ = best;
            }
    });
    return {};
}

}  // namespace octavo::ops
