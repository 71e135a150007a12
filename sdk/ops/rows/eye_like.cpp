// EyeLike: a matrix of the input's shape with ones on a diagonal and zeros elsewhere, of the input's type or, with `dtype`, of another. The
// input's values are not read.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"dtype", OCTAVO_ATTRIBUTE_INT, "the input's"}, {"k", OCTAVO_ATTRIBUTE_INT, "0"}};

Result<Types> infer_types(const NodeView& node) {
    if (node.input_shape(0).size() != 2) return refusal(node, "input " + shape_text(node.input_shape(0)) + " is no matrix");
    if (!node.attribute("dtype")) return like_input(node);
    const std::optional<octavo_type> type = type_of_number(node.integer("dtype", 0));
    if (!type) return refusal(node, "type number " + std::to_string(node.integer("dtype", 0)) + " is not supported");
    return one_output(*type, node.input_shape(0));
}

Result<void> compute(const NodeView& node, Inputs, Outputs outputs) {
    const std::int64_t columns = outputs[0].shape[1], k = node.integer("k", 0);
    with_type(outputs[0].type, [&](auto zero) {
        using T = decltype(zero);
        const std::span<T> out = values<T>(outputs[0]);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            out[i] = static_cast<T>(at % columns - at / columns == k);
        }
    });
    return {};
}

}  // namespace

extern const Row eye_like_row;
const Row eye_like_row = {"EyeLike", 1, 1, Role::floating, kAttributes, infer_types, compute};

}  // namespace octavo::ops
