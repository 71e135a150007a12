// Transposes between [N, C, H, W] and [N, H, W, C], as ConvNeXt and heads of detectors have them: channels-last, that is how the values of
// the one lie already, and it is row by row for the other, so nothing moves. The same between [N, C, P] and [N, P, C].
#include "builder.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

bool transpose_columns(Builder& builder, const ops::NodeView& node) {
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    if (const std::optional<BufferId> columns = builder.columns(in)) {
        builder.finish_from_real(out, builder.add_buffer(0, *columns));
        return true;
    }
    if (builder.is_quantized(out)) return false;
    builder.set_columns(out, builder.add_buffer(0, builder.read(in, Form::real)));
    return true;
}

}  // namespace

bool lower_rows(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "Transpose" || node.input(0).data || node.input(0).type != OCTAVO_F32) return false;
    if (node.input(0).rank == 3 && node.integers("perm", {}) == ops::Shape{0, 2, 1}) return transpose_columns(builder, node);
    if (node.input(0).rank != 4) return false;
    const ops::Shape order = node.integers("perm", {});
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    const bool on_grid = !builder.is_quantized(out) || builder.equal_codes(in, out);
    if (order == ops::Shape{0, 2, 3, 1} && on_grid) {
        builder.set_rows(out, builder.add_buffer(0, builder.read(in, Form::real)));
        return true;
    }
    if (order != ops::Shape{0, 3, 1, 2}) return false;
    builder.finish_from_real(out, builder.add_buffer(0, builder.read_rows(in)));
    return true;
}

}  // namespace octavo::onednn
