#include "slices.h"

#include "builder.h"

#include "ops/support.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

bool joins_channels(const Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "Concat" || builder.precision(index) != OCTAVO_INT8 || node.output(0).rank != 4) return false;
    const std::int64_t axis = node.integer("axis", 1);
    return (axis < 0 ? axis + 4 : axis) == 1 && builder.has(node.output_id(0), Form::whole);
}

// Whether it looks where the tensor lies, or is a concatenation.
bool finds_slices(const Builder& builder, const Builder::Reader& reader) {
    return joins_channels(builder, reader.node) || (builder.view(reader.node).op() == "ScaleShift" && reader.input == 0);
}

bool can_be_slice(const Builder& builder, std::int32_t in, std::int32_t out) {
    const std::vector<Builder::Reader>& readers = builder.readers(in);
    const auto joins = std::ranges::count_if(readers, [&](const Builder::Reader& r) { return joins_channels(builder, r.node); });
    const bool all_find = std::ranges::all_of(readers, [&](const Builder::Reader& r) { return finds_slices(builder, r); });
    return joins == 1 && all_find && builder.is_wanted_whole_only(in) && builder.equal_codes(in, out);
}

}  // namespace

// Backwards, so that the concatenation's own place is known.
std::vector<Slice> find_slices(const Builder& builder) {
    const octavo_graph& graph = builder.graph();
    std::vector<Slice> slices(static_cast<std::size_t>(graph.tensor_count));
    for (std::int32_t t = 0; t < graph.tensor_count; ++t) slices[static_cast<std::size_t>(t)].root = t;
    if (builder.by_dnnl()) return slices;  // it writes whole tensors only
    for (std::int32_t n = graph.node_count; n-- > 0;) {
        if (!joins_channels(builder, n)) continue;
        const ops::NodeView node = builder.view(n);
        const std::int32_t out = node.output_id(0);
        std::int64_t offset = 0;
        for (std::size_t i = 0; i < node.input_count(); offset += node.input(i).shape[1], ++i) {
            const std::int32_t in = node.input_id(i);
            const Slice& place = slices[static_cast<std::size_t>(out)];
            if (can_be_slice(builder, in, out)) slices[static_cast<std::size_t>(in)] = {place.root, place.offset + offset};
        }
    }
    return slices;
}

}  // namespace octavo::onednn
