// GlobalLpPool: the p-norm of each channel, in double.
#include <algorithm>
#include <cmath>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"p", OCTAVO_ATTRIBUTE_INT, "2"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_floats(node));
    Shape shape = node.input_shape(0);
    if (shape.size() < 3) return refusal(node, "input " + shape_text(shape) + " has no height and width");
    if (extent(shape, 2, shape.size()) == 0) return refusal(node, "input " + shape_text(shape) + " is empty");
    std::fill(shape.begin() + 2, shape.end(), 1);
    return one_output(OCTAVO_F32, shape);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    const std::int64_t size = extent(shape_of(inputs[0]), 2, static_cast<std::size_t>(inputs[0].rank));
    const float* plane = static_cast<const float*>(inputs[0].data);
    const auto p = static_cast<double>(node.integer("p", 2));
    for (float& result : values<float>(outputs[0])) {
        double sum = 0;
        for (std::int64_t i = 0; i < size; ++i) sum += std::pow(std::abs(static_cast<double>(plane[i])), p);
        result = static_cast<float>(std::pow(sum, 1.0 / p));
        plane += size;
    }
    return {};
}

}  // namespace

extern const Row global_lp_pool_row;
const Row global_lp_pool_row = {"GlobalLpPool", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
