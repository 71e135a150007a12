// GlobalMaxPool: the largest value of each channel.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    Shape shape = node.input_shape(0);
    if (shape.size() < 3) return refusal(node, "input " + shape_text(shape) + " has no height and width");
    if (extent(shape, 2, shape.size()) == 0) return refusal(node, "input " + shape_text(shape) + " is empty");
    std::fill(shape.begin() + 2, shape.end(), 1);
    return one_output(OCTAVO_F32, shape);
}

Result<void> compute(const NodeView&, Inputs inputs, Outputs outputs) {
    const std::int64_t size = extent(shape_of(inputs[0]), 2, static_cast<std::size_t>(inputs[0].rank));
    const float* plane = static_cast<const float*>(inputs[0].data);
    for (float& result : values<float>(outputs[0])) {
        result = *std::max_element(plane, plane + size);
        plane += size;
    }
    return {};
}

}  // namespace

extern const Row global_max_pool_row;
const Row global_max_pool_row = {"GlobalMaxPool", 1, 1, Role::passes, {}, infer_types, compute};

}  // namespace octavo::ops
