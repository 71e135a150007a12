// Transpose from [N, C, H, W] to [N, H, W, C] in front of a reshape, as heads of detectors have it: channels-last, that is how the values
// lie already, and nothing moves.
#include "builder.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

// By a shape that is known.
bool flattens(const Builder& builder, const Builder::Reader& reader) {
    const ops::NodeView node = builder.view(reader.node);
    const bool known = node.input_count() < 2 || node.input(1).data;
    return reader.input == 0 && known && (node.op() == "Reshape" || node.op() == "Flatten") && node.output(0).rank != 4;
}

}  // namespace

bool lower_rows(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "Transpose" || node.input(0).rank != 4 || node.input(0).data || node.input(0).type != OCTAVO_F32) return false;
    if (!std::ranges::equal(node.integers("perm", {}), ops::Shape{0, 2, 3, 1})) return false;
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    const bool flat = std::ranges::all_of(builder.readers(out), [&](const Builder::Reader& reader) { return flattens(builder, reader); });
    if (!flat || builder.is_shown(out) || builder.is_quantized(out)) return false;
    builder.set_rows(out, builder.read(in, Form::real));
    return true;
}

}  // namespace octavo::onednn
