// What DepthToSpace and SpaceToDepth share: attributes, and what a block must fit.
#pragma once

#include "ops/support.h"

namespace octavo::ops {

inline constexpr AttributeRow kBlockAttributes[] = {{"blocksize", OCTAVO_ATTRIBUTE_INT, "required"},
                                                    {"mode", OCTAVO_ATTRIBUTE_STRING, "DCR"}};

// The block's edge, if the mode is known and `fits(input's shape, edge)`.
template <class Fits>
Result<std::int64_t> block_of(const NodeView& node, Fits&& fits) {
    constexpr std::int64_t kLargestBlock = 1 << 13;  // its square times any size is no overflow
    const Shape shape = node.input_shape(0);
    const std::int64_t block = node.integer("blocksize", 0);
    const std::string_view mode = node.text("mode", "DCR");
    if (mode != "DCR" && mode != "CRD") return refusal(node, "mode '" + std::string(mode) + "' is not known, expected DCR or CRD");
    if (shape.size() != 4 || block < 1 || block > kLargestBlock || !fits(shape, block))
        return refusal(node, "blocks of " + std::to_string(block) + " do not fit input " + shape_text(shape));
    return block;
}

}  // namespace octavo::ops
