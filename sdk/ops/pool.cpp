// See pool.h.
#include "ops/pool.h"

#include <algorithm>

namespace octavo::ops {

Result<Types> infer_pool(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    OCTAVO_TRY(const Window window, window_of(node));
    return one_output(OCTAVO_F32, pooled_shape(node.input_shape(0), window));
}

Result<Types> infer_global_pool(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    Shape shape = node.input_shape(0);
    if (shape.size() < 3) return refusal(node, "input " + shape_text(shape) + " has no height and width");
    if (extent(shape, 2, shape.size()) == 0) return refusal(node, "input " + shape_text(shape) + " is empty");
    std::fill(shape.begin() + 2, shape.end(), 1);
    return one_output(OCTAVO_F32, std::move(shape));
}

Result<void> expect_norm(const NodeView& node) {
    const std::int64_t p = node.integer("p", 2);
    if (p >= 1) return {};
    return refusal(node, "p is " + std::to_string(p) + ", expected 1 or more");
}

}  // namespace octavo::ops
