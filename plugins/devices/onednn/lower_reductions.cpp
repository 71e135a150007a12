// ReduceMean, ReduceSum, ReduceL2, ReduceMax and ReduceMin over axes that lie side by side, and Softmax and LogSoftmax over the last axis
// as it lies (of pictures that is the channel's, unless they lie row by row), in fp32. Others run by the table.
#include "as_it_lies.h"
#include "kernels/functions.h"

#include "ops/softmax.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

// Calls body(outer, first column, columns) for bands of columns.
template <class Body>
void share_columns(Team& team, const ops::AxisSplit& split, const Body& body) {
    const std::int64_t bands = (split.inner + kColumns - 1) / kColumns;
    team.share(split.outer * bands, [&](std::int64_t task, int) {
        const std::int64_t first = task % bands * kColumns;
        body(task / bands, first, {split.size, split.inner, std::min(kColumns, split.inner - first)});
    });
}

class ReductionStep : public Step {
public:
    Reduction reduction = Reduction::mean;
    ops::AxisSplit split{};

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override { split.inner == 1 ? reduce_rows(context.team) : reduce_columns(context.team); }

private:
    void reduce_rows(Team& team) const {
        share_pieces(team, split.outer, split.size, [&](std::int64_t first, std::int64_t last, int) {
            for (std::int64_t i = first; i < last; ++i) to_[i] = function_kernels().reduce(reduction, from_ + i * split.size, split.size);
        });
    }
    void reduce_columns(Team& team) const {
        share_columns(team, split, [&](std::int64_t outer, std::int64_t first, const Columns& columns) {
            function_kernels().reduce_columns(reduction, from_ + outer * split.size * split.inner + first, columns,
                                              to_ + outer * split.inner + first);
        });
    }

    const float* from_ = nullptr;
    float* to_ = nullptr;
};

class SoftmaxStep : public Step {
public:
    ops::AxisSplit split{};
    bool is_logarithm = false;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        if (split.inner != 1)
            return share_columns(context.team, split, [&](std::int64_t outer, std::int64_t first, const Columns& columns) {
                const std::int64_t at = outer * split.size * split.inner + first;
                function_kernels().softmax_columns(from_ + at, to_ + at, columns, is_logarithm);
            });
        share_pieces(context.team, split.outer, split.size, [&](std::int64_t first, std::int64_t last, int) {
            for (std::int64_t i = first; i < last; ++i)
                function_kernels().softmax(from_ + i * split.size, to_ + i * split.size, split.size, is_logarithm);
        });
    }

private:
    const float* from_ = nullptr;
    float* to_ = nullptr;
};

std::optional<Reduction> reduction_of(std::string_view op) {
    constexpr std::pair<std::string_view, Reduction> kReductions[] = {{"ReduceMean", Reduction::mean},
                                                                      {"ReduceSum", Reduction::sum},
                                                                      {"ReduceL2", Reduction::l2},
                                                                      {"ReduceMax", Reduction::maximum},
                                                                      {"ReduceMin", Reduction::minimum}};
    for (const auto& [name, reduction] : kReductions)
        if (op == name) return reduction;
    return std::nullopt;
}

// Nothing where the reduced axes do not lie side by side.
std::optional<ops::AxisSplit> split_of(const ops::Shape& shape, const ops::Shape& order, const std::vector<std::int64_t>& reduced) {
    ops::AxisSplit split = {1, 1, 1};
    for (const std::int64_t axis : order) {
        const std::int64_t size = shape[static_cast<std::size_t>(axis)];
        if (size == 1) continue;
        if (!std::ranges::binary_search(reduced, axis)) {
            (split.size == 1 ? split.outer : split.inner) *= size;
            continue;
        }
        if (split.inner != 1) return std::nullopt;
        split.size *= size;
    }
    return split;
}

// Whether what is left of a picture lies row by row where the reduced axes are dropped.
bool stays_in_order(const std::vector<std::int64_t>& reduced) {
    return std::ranges::binary_search(reduced, 1) || (std::ranges::binary_search(reduced, 2) && std::ranges::binary_search(reduced, 3));
}

}  // namespace

bool lower_reduction(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const std::optional<Reduction> reduction = reduction_of(node.op());
    if (!reduction || node.output(0).type != OCTAVO_F32 || node.activation().kind != ActivationKind::none) return false;
    if (builder.precision(index) == OCTAVO_INT8) return false;
    const auto axes = ops::reduced_axes(node);
    if (!axes || axes->empty()) return false;
    const std::int32_t in = node.input_id(0);
    const ops::Shape shape = node.input_shape(0);
    const bool keeps = node.integer("keepdims", 1) != 0;
    bool in_rows = !is_picture(node.input(0)) || builder.lies_in_rows(in) || (!keeps && !stays_in_order(*axes));
    std::optional<ops::AxisSplit> split = split_of(shape, axes_as_they_lie(shape.size(), in_rows), *axes);
    if (!split && !in_rows) split = split_of(shape, axes_as_they_lie(shape.size(), in_rows = true), *axes);
    if (!split) return false;
    auto step = std::make_unique<ReductionStep>();
    step->reduction = *reduction;
    step->split = *split;
    step->reads = {read_as(builder, in, in_rows)};
    add_as(builder, std::move(step), node, builder.precision(index), "values", in_rows);
    return true;
}

bool lower_softmax(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if ((node.op() != "Softmax" && node.op() != "LogSoftmax") || node.output(0).type != OCTAVO_F32) return false;
    const auto split = ops::softmax_split(node);
    if (!split || split->size == 0) return false;
    const std::int32_t in = node.input_id(0);
    const octavo_tensor_info& info = node.input(0);
    const bool by_channel =
        is_picture(info) && !builder.lies_in_rows(in) && split->inner == info.shape[2] * info.shape[3] && split->size == info.shape[1];
    auto step = std::make_unique<SoftmaxStep>();
    step->split = by_channel ? ops::AxisSplit{split->outer * split->inner, split->size, 1} : *split;
    step->is_logarithm = node.op() == "LogSoftmax";
    step->reads = {read_as(builder, in, !by_channel)};
    add_as(builder, std::move(step), node, OCTAVO_FP32, "values", !by_channel);
    return true;
}

}  // namespace octavo::onednn
