// Dropout, inference only: the input itself, and on request a mask that keeps everything.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"ratio", OCTAVO_ATTRIBUTE_FLOAT, "0.5"}, {"seed", OCTAVO_ATTRIBUTE_INT, "none"}};

Result<Types> infer_types(const NodeView& node) {
    if (node.has_input(2)) {
        OCTAVO_CHECK_OK(expect_type(node, 2, OCTAVO_BOOLEAN));
        const octavo_tensor_info& training = node.input(2);
        if (!training.data || element_count(node.input_shape(2)) != 1 || *static_cast<const std::uint8_t*>(training.data) != 0)
            return refusal(node, "may be in training mode; export the model for inference");
    }
    Types types = like_input(node);
    if (node.output_count() > 1) types.push_back({OCTAVO_BOOLEAN, node.input_shape(0)});
    return types;
}

Result<void> compute(const NodeView& node, Inputs inputs, Outputs outputs) {
    if (outputs.size() > 1) std::ranges::fill(values<std::uint8_t>(outputs[1]), std::uint8_t{1});
    return compute_same_bytes(node, inputs, outputs);
}

}  // namespace

extern const Row dropout_row;
const Row dropout_row = {"Dropout", 1, 3, Role::passes, kAttributes, infer_types, compute, inputs_at(2)};

}  // namespace octavo::ops
