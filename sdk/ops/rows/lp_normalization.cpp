// LpNormalization: x divided by its 1- or 2-norm along an axis; where the norm is 0 the result is 0. In double.
#include <cmath>
#include <cstdlib>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "-1"}, {"p", OCTAVO_ATTRIBUTE_INT, "2"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(resolve_axis(node, node.integer("axis", -1), node.input_shape(0).size()));
    const std::int64_t p = node.integer("p", 2);
    if (p != 1 && p != 2) return refusal(node, "p is " + std::to_string(p) + ", expected 1 or 2");
    return infer_float_like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    OCTAVO_TRY(const std::int64_t axis, resolve_axis(node, node.integer("axis", -1), static_cast<std::size_t>(inputs[0].rank)));
    const bool euclidean = node.integer("p", 2) == 2;
    const AxisSplit split = split_at(shape_of(inputs[0]), axis);
    const float* x = static_cast<const float*>(inputs[0].data);
    float* y = static_cast<float*>(outputs[0].data);
    for (std::int64_t outer = 0; outer < split.outer; ++outer)
        for (std::int64_t inner = 0; inner < split.inner; ++inner) {
            const std::int64_t start = outer * split.size * split.inner + inner;
            const auto at = [&](std::int64_t i) { return static_cast<double>(x[start + i * split.inner]); };
            double norm = 0;
            for (std::int64_t i = 0; i < split.size; ++i) norm += euclidean ? at(i) * at(i) : std::abs(at(i));
            if (euclidean) norm = std::sqrt(norm);
            for (std::int64_t i = 0; i < split.size; ++i) y[start + i * split.inner] = norm > 0 ? static_cast<float>(at(i) / norm) : 0.0F;
        }
    return {};
}

}  // namespace

extern const Row lp_normalization_row;
const Row lp_normalization_row = {"LpNormalization", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
