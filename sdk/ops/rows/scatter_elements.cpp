// ScatterElements: a copy of the data in which the value at the position of each update but for one axis, where the index says it, is
// replaced by the update, or joined with it by a reduction; data of any type.
#include "ops/elements.h"
#include "ops/scatter.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "0"}, {"reduction", OCTAVO_ATTRIBUTE_STRING, "none"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_scatter(node));
    OCTAVO_CHECK_OK(expect_elements(node));
    if (node.input_shape(2) != node.input_shape(1))
        return refusal(node, "updates are " + shape_text(node.input_shape(2)) + ", expected " + shape_text(node.input_shape(1)));
    return like_input(node);
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return scatter(node, inputs, outputs,
                   [&](auto put) { return walk_elements(node, inputs, [&](std::int64_t i, std::int64_t at) { put(at, i); }); });
}

}  // namespace

extern const Row scatter_elements_row;
const Row scatter_elements_row = {"ScatterElements", 3, 3, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
