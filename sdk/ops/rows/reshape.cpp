// Reshape: the same values under another shape (constant input 1, or an attribute before opset 5). 0 keeps a dimension unless `allowzero`;
// one -1 takes what is left. Any type.
#include <algorithm>

#include "ops/support.h"

namespace octavo::ops {

namespace {

constexpr AttributeRow kAttributes[] = {{"allowzero", OCTAVO_ATTRIBUTE_INT, "0"}, {"shape", OCTAVO_ATTRIBUTE_INTS, "input 1"}};

Result<Types> infer_types(const NodeView& node) {
    const Shape from = node.input_shape(0);
    if (!node.has_input(1) && !node.attribute("shape")) return refusal(node, "has no shape: neither input 1 nor an attribute");
    OCTAVO_TRY(const Shape wanted, integers_of(node, 1, "shape", {}));
    const bool keeps = node.integer("allowzero", 0) == 0;
    const auto misfit = [&] { return refusal(node, shape_text(from) + " does not take the shape " + shape_text(wanted)); };
    Shape to = wanted;
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (to[i] < -1) return misfit();
        if (to[i] == 0 && keeps) {
            if (i >= from.size()) return misfit();
            to[i] = from[i];
        }
    }
    if (const auto rest = std::ranges::find(wanted, -1); rest != wanted.end()) {
        std::int64_t& size = to[static_cast<std::size_t>(rest - wanted.begin())];
        size = 1;
        const std::int64_t known = element_count(to);
        if (std::ranges::count(wanted, -1) > 1 || known == 0 || element_count(from) % known != 0) return misfit();
        size = element_count(from) / known;
    }
    if (element_count(to) != element_count(from)) return misfit();
    return one_output(node.input(0).type, to);
}

}  // namespace

extern const Row reshape_row;
const Row reshape_row = {"Reshape", 1, 2, Role::passes, kAttributes, infer_types, compute_same_bytes, inputs_at(1)};

}  // namespace octavo::ops
