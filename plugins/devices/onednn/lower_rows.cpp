// Transpose from [N, C, H, W] to [N, H, W, C] in front of a reshape, as heads of detectors have it: channels-last, that is how the values
// lie already, and nothing moves.
#include "builder.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

bool is_flattening(const ops::NodeView& node) {
    return (node.op() == "Reshape" || node.op() == "Flatten") && node.output(0).rank != 4;
}

}  // namespace

bool lower_rows(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "Transpose" || node.input(0).rank != 4 || node.input(0).data || node.input(0).type != OCTAVO_F32) return false;
    if (!std::ranges::equal(node.integers("perm", {}), ops::Shape{0, 2, 3, 1})) return false;
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    if (builder.is_shown(out) || builder.is_quantized(out)) return false;
    for (std::int32_t n = 0; n < builder.graph().node_count; ++n) {
        const ops::NodeView reader = builder.view(n);
        for (std::size_t i = 0; i < reader.input_count(); ++i)
            if (reader.has_input(i) && reader.input_id(i) == out && (i != 0 || !is_flattening(reader))) return false;
    }
    builder.set_rows(out, builder.read(in, Form::real));
    return true;
}

}  // namespace octavo::onednn
