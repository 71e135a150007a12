#include "ops/elements.h"

namespace octavo::ops {

Result<void> expect_elements(const NodeView& node) {
    const Shape data = node.input_shape(0), indices = node.input_shape(1);
    OCTAVO_CHECK_OK(expect_integer(node, 1));
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", 0), data.size()));
    bool fits = indices.size() == data.size();
    for (std::size_t i = 0; fits && i < data.size(); ++i) fits = static_cast<std::int64_t>(i) == axis || indices[i] <= data[i];
    if (!fits) return refusal(node, "indices " + shape_text(indices) + " do not fit data " + shape_text(data));
    return {};
}

}  // namespace octavo::ops
