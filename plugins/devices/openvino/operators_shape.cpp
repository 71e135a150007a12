// What moves or selects values. Shapes are known, so whatever only renames dimensions is one Reshape to the output's.
#include "operators.h"

#include <ops/support.h>
#include <openvino/op/ops.hpp>

namespace octavo::openvino {
namespace {

namespace op = ov::op;
using Numbers = std::vector<std::int64_t>;

Value reshaped(const Value& x, const ops::Shape& shape) {
    return make<op::v1::Reshape>(x, integers(shape), false);
}

}  // namespace

// Reshape, Flatten, Squeeze, Unsqueeze, Identity, Dropout.
Result<Outputs> build_same_bytes(const Job& job) {
    if (job.node.has_output(1)) return ops::refusal(job.node, "device openvino has no second output of it");
    const Value x = job.read(0);
    return Outputs{job.node.input_shape(0) == job.output_shape() ? x : reshaped(x, job.output_shape())};
}

Result<Outputs> build_transpose(const Job& job) {
    Numbers order = job.node.integers("perm", {});
    if (order.empty())
        for (std::int64_t i = job.rank(); i-- > 0;) order.push_back(i);
    return Outputs{make<op::v1::Transpose>(job.read(0), integers(order))};
}

Result<Outputs> build_concat(const Job& job) {
    return Outputs{make<op::v0::Concat>(job.read_all(), job.axis("axis", 0))};
}

Result<Outputs> build_slice(const Job& job) {
    OCTAVO_TRY(const Numbers starts, ops::integers_of(job.node, 1, "starts", {}));
    OCTAVO_TRY(const Numbers ends, ops::integers_of(job.node, 2, "ends", {}));
    Numbers all;
    for (std::size_t i = 0; i < starts.size(); ++i) all.push_back(static_cast<std::int64_t>(i));
    OCTAVO_TRY(const Numbers axes, ops::integers_of(job.node, 3, "axes", all));
    OCTAVO_TRY(const Numbers steps, ops::integers_of(job.node, 4, "steps", Numbers(starts.size(), 1)));
    return Outputs{make<op::v8::Slice>(job.read(0), integers(starts), integers(ends), integers(steps), integers(axes))};
}

Result<Outputs> build_split(const Job& job) {
    const std::int64_t axis = job.axis("axis", 0);
    Numbers parts;
    for (std::size_t i = 0; i < job.node.output_count(); ++i) {
        if (!job.node.has_output(i)) return ops::refusal(job.node, "device openvino wants a name for each part");
        parts.push_back(job.output_shape(i)[static_cast<std::size_t>(axis)]);
    }
    return std::make_shared<op::v1::VariadicSplit>(job.read(0), integer(axis), integers(parts))->outputs();
}

Result<Outputs> build_pad(const Job& job) {
    const std::string_view mode = job.node.text("mode", "constant");
    if (mode == "wrap") return ops::refusal(job.node, "device openvino cannot pad with the other side");
    OCTAVO_TRY(const Numbers listed, ops::integers_of(job.node, 1, "pads", {}));
    Numbers all;
    for (std::int64_t i = 0; i < job.rank(); ++i) all.push_back(i);
    OCTAVO_TRY(Numbers axes, ops::integers_of(job.node, 3, "axes", all));
    Numbers before(static_cast<std::size_t>(job.rank()), 0), behind = before;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        OCTAVO_TRY(const std::int64_t axis, ops::resolve_axis(job.node, axes[i], before.size()));
        before[static_cast<std::size_t>(axis)] = listed[i];
        behind[static_cast<std::size_t>(axis)] = listed[axes.size() + i];
    }
    const Value x = job.read(0);
    if (mode != "constant")
        return Outputs{
            make<op::v12::Pad>(x, integers(before), integers(behind), mode == "edge" ? op::PadMode::EDGE : op::PadMode::REFLECT)};
    const Value value = job.node.has_input(2) ? job.read_as(2, {}) : real(job.node.real("value", 0));
    return Outputs{make<op::v12::Pad>(x, integers(before), integers(behind), value, op::PadMode::CONSTANT)};
}

Result<Outputs> build_gather(const Job& job) {
    return Outputs{make<op::v8::Gather>(job.read(0), job.read(1), integer(job.axis("axis", 0)))};
}

Result<Outputs> build_tile(const Job& job) {
    return Outputs{make<op::v0::Tile>(job.read(0), job.read(1))};
}

Result<Outputs> build_expand(const Job& job) {
    return Outputs{make<op::v3::Broadcast>(job.read(0), integers(job.output_shape()))};
}

Result<Outputs> build_top_k(const Job& job) {
    const std::int64_t axis = job.axis("axis", -1);
    const auto mode = job.node.integer("largest", 1) != 0 ? op::TopKMode::MAX : op::TopKMode::MIN;
    const Value count = integer(job.output_shape(job.node.has_output(0) ? 0 : 1)[static_cast<std::size_t>(axis)]);
    return std::make_shared<op::v11::TopK>(job.read(0), count, axis, mode, op::TopKSortType::SORT_VALUES, ov::element::i64, true)
        ->outputs();
}

// The first of equal values, as the stable TopK has it.
Result<Outputs> build_arg_extreme(const Job& job) {
    if (job.node.integer("select_last_index", 0) != 0) return ops::refusal(job.node, "device openvino selects the first of equal values");
    const auto mode = job.node.op() == "ArgMax" ? op::TopKMode::MAX : op::TopKMode::MIN;
    const auto found = std::make_shared<op::v11::TopK>(job.read(0), integer(1), job.axis("axis", 0), mode, op::TopKSortType::SORT_VALUES,
                                                       ov::element::i64, true);
    return Outputs{reshaped(found->output(1), job.output_shape())};
}

Result<Outputs> build_depth_to_space(const Job& job) {
    using Mode = op::v0::DepthToSpace::DepthToSpaceMode;
    const bool depth_first = job.node.text("mode", "DCR") == "CRD";
    return Outputs{make<op::v0::DepthToSpace>(job.read(0), depth_first ? Mode::DEPTH_FIRST : Mode::BLOCKS_FIRST,
                                              static_cast<std::size_t>(job.node.integer("blocksize", 1)))};
}

Result<Outputs> build_space_to_depth(const Job& job) {
    return Outputs{make<op::v0::SpaceToDepth>(job.read(0), op::v0::SpaceToDepth::SpaceToDepthMode::BLOCKS_FIRST,
                                              static_cast<std::size_t>(job.node.integer("blocksize", 1)))};
}

}  // namespace octavo::openvino
