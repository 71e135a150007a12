// GatherElements: for each index the value of the data at the same position but for one axis, where the index says it; data of any type.
#include "ops/elements.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axis", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    OCTAVO_CHECK_OK(expect_elements(node));
    return one_output(node.input(0).type, node.input_shape(1));
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    return with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const T* from = static_cast<const T*>(inputs[0].data);
        T* to = static_cast<T*>(outputs[0].data);
        return walk_elements(node, inputs, [&](std::int64_t i, std::int64_t at) { to[i] = from[at]; });
    });
}

}  // namespace

extern const Row gather_elements_row;
const Row gather_elements_row = {"GatherElements", 2, 2, Role::passes, kAttributes, infer_types, compute};

}  // namespace octavo::ops
