// Squeeze: dimensions of 1 taken away, at the given axes or, where none are, all; any type.
#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"axes", OCTAVO_ATTRIBUTE_INTS, "input 1, or all of size 1"}};

Result<Types> infer_types(const NodeView& node) {
    Shape shape = node.input_shape(0);
    OCTAVO_TRY(std::vector<std::int64_t> axes, integers_of(node, 1, "axes", {}));
    if (axes.empty()) {
        std::erase(shape, 1);
        return one_output(node.input(0).type, shape);
    }
    OCTAVO_TRY(axes, resolve_axes(node, axes, shape.size()));
    for (std::size_t i = axes.size(); i-- > 0;) {
        const std::int64_t size = shape[static_cast<std::size_t>(axes[i])];
        if (size != 1) return refusal(node, "axis " + std::to_string(axes[i]) + " has size " + std::to_string(size) + ", expected 1");
        shape.erase(shape.begin() + axes[i]);
    }
    return one_output(node.input(0).type, shape);
}

}  // namespace

extern const Row squeeze_row;
const Row squeeze_row = {"Squeeze", 1, 2, Role::passes, kAttributes, infer_types, compute_same_bytes, inputs_at(1)};

}  // namespace octavo::ops
