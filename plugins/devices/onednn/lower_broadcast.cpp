// Add, Sub, Mul, Div and PRelu of real numbers with numpy's broadcasting, where lower_values.cpp has no form: axes that both operands walk
// through in one stride are joined, and the last of them is a vector kernel's. Channels-last where the operands lie so, else row by row.
#include "as_it_lies.h"
#include "kernels/functions.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

struct Side {
    BufferId buffer = BufferId::none;
    std::vector<float> constant;  // instead
    ops::Shape strides;           // of the axes of the result; 0 where it is repeated
};

class BroadcastStep : public Step {
public:
    Pointwise kind = Pointwise::add;
    Activation activation;
    Side sides[2];
    ops::Shape shape;

    void bind(const Addresses& addresses, std::byte*) override {
        for (std::size_t s = 0; s < 2; ++s)
            from_[s] = sides[s].buffer == BufferId::none ? sides[s].constant.data() : addresses.get<float>(sides[s].buffer);
        to_ = addresses.get<float>(writes[0]);
    }
    // A task is some rows, or a piece of one.
    void run(const RunContext& context) override {
        const std::int64_t length = shape.back(), rows = ops::element_count(shape) / length;
        const std::int64_t grain = std::max<std::int64_t>(1, kGrain / length), pieces = (length + kGrain - 1) / kGrain;
        context.team.share((rows + grain - 1) / grain * pieces, [&](std::int64_t task, int) {
            const std::int64_t first = task % pieces * kGrain, count = std::min(length - first, kGrain);
            for (std::int64_t row = task / pieces * grain; row < std::min(rows, (task / pieces + 1) * grain); ++row)
                combine(row, first, count);
        });
    }
    std::size_t constant_bytes() const override { return (sides[0].constant.size() + sides[1].constant.size()) * sizeof(float); }

private:
    static constexpr std::int64_t kGrain = 16384;  // values that repay a task

    void combine(std::int64_t row, std::int64_t first, std::int64_t count) const {
        const float* at[2] = {from_[0], from_[1]};
        std::int64_t rest = row;
        for (std::size_t axis = shape.size() - 1; axis-- > 0; rest /= shape[axis])
            for (std::size_t s = 0; s < 2; ++s) at[s] += rest % shape[axis] * sides[s].strides[axis];
        const bool moves[2] = {sides[0].strides.back() != 0, sides[1].strides.back() != 0};
        float* const to = to_ + row * shape.back() + first;
        function_kernels().combine(kind, at[0] + (moves[0] ? first : 0), moves[0], at[1] + (moves[1] ? first : 0), moves[1], to, count);
        if (activation.kind != ActivationKind::none) value_kernels().activate(activation, count, to);
    }

    const float* from_[2] = {};
    float* to_ = nullptr;
};

bool moves_by_one(const Side& side) {
    return side.strides.back() == 0 || side.strides.back() == 1;
}

// Axes of size 1 go, and neighbours that both sides walk through in one stride become one.
void join_axes(BroadcastStep& step) {
    ops::Shape shape, strides[2];
    for (std::size_t axis = 0; axis < step.shape.size(); ++axis) {
        const std::int64_t size = step.shape[axis];
        if (size == 1) continue;
        const auto continues = [&](std::size_t s) { return strides[s].back() == step.sides[s].strides[axis] * size; };
        if (!shape.empty() && continues(0) && continues(1)) {
            shape.back() *= size;
            for (std::size_t s = 0; s < 2; ++s) strides[s].back() = step.sides[s].strides[axis];
            continue;
        }
        shape.push_back(size);
        for (std::size_t s = 0; s < 2; ++s) strides[s].push_back(step.sides[s].strides[axis]);
    }
    if (shape.empty()) shape = {1}, strides[0] = strides[1] = {0};
    step.shape = shape;
    for (std::size_t s = 0; s < 2; ++s) step.sides[s].strides = strides[s];
}

bool lies_in_rows(const Builder& builder, const ops::NodeView& node) {
    if (!is_picture(node.output(0))) return true;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        const octavo_tensor_info& side = node.input(i);
        if (side.data) continue;
        if (side.rank != 4 || builder.lies_in_rows(node.input_id(i))) return true;
    }
    return false;
}

}  // namespace

bool lower_broadcast(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const std::optional<Pointwise> kind = binary_kind(node.op());
    const octavo_tensor_info& out = node.output(0);
    if (!kind || out.type != OCTAVO_F32 || out.rank == 0) return false;
    const bool in_rows = lies_in_rows(builder, node);
    auto step = std::make_unique<BroadcastStep>();
    step->kind = *kind;
    step->activation = node.activation();
    const ops::Shape shape(out.shape, out.shape + out.rank);
    step->shape = as_it_lies(shape, in_rows);
    for (std::size_t s = 0; s < 2; ++s) {
        ops::Shape own = node.input_shape(s);
        own.insert(own.begin(), shape.size() - own.size(), 1);
        step->sides[s].strides = ops::broadcast_strides(as_it_lies(own, in_rows), step->shape);
        if (node.input(s).data)
            step->sides[s].constant = as_it_lies(static_cast<const float*>(builder.constant(node.input_id(s))), own, in_rows);
    }
    join_axes(*step);
    if (!moves_by_one(step->sides[0]) || !moves_by_one(step->sides[1])) return false;
    for (std::size_t s = 0; s < 2; ++s) {
        if (node.input(s).data) continue;
        step->sides[s].buffer = read_as(builder, node.input_id(s), in_rows);
        step->reads.push_back(step->sides[s].buffer);
    }
    add_as(builder, std::move(step), node, builder.precision(index), "values", in_rows);
    return true;
}

}  // namespace octavo::onednn
