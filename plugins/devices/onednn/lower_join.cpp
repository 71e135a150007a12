// Concat along any axis, of real numbers or of codes of one grid, row by row or channels-last as they lie: blocks of each input in turns.
// Along channels of pictures lower_values.cpp does it.
#include "as_it_lies.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

class JoinStep : public Step {
public:
    struct Part {
        std::vector<float> constant;  // instead of a buffer
        std::int64_t offset, count;   // of a block, in values
    };
    std::vector<Part> parts;
    std::int64_t blocks = 0, stride = 0;
    std::int64_t value_bytes = 4;

    void bind(const Addresses& addresses, std::byte*) override {
        std::size_t next = 0;
        for (const Part& part : parts)
            from_.push_back(part.constant.empty() ? addresses.get<std::byte>(reads[next++])
                                                  : std::as_bytes(std::span(part.constant)).data());
        to_ = addresses.get<std::byte>(writes[0]);
    }
    void run(const RunContext& context) override {
        share_pieces(context.team, blocks, stride, [&](std::int64_t first, std::int64_t last, int) {
            for (std::size_t i = 0; i < parts.size(); ++i)
                for (std::int64_t b = first; b < last; ++b)
                    std::memcpy(to_ + (b * stride + parts[i].offset) * value_bytes, from_[i] + b * parts[i].count * value_bytes,
                                static_cast<std::size_t>(parts[i].count * value_bytes));
        });
    }
    std::size_t constant_bytes() const override {
        std::size_t bytes = 0;
        for (const Part& part : parts) bytes += part.constant.size() * sizeof(float);
        return bytes;
    }

private:
    std::vector<const std::byte*> from_;
    std::byte* to_ = nullptr;
};

bool joins_codes(const Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (builder.precision(index) != OCTAVO_INT8) return false;
    for (std::size_t i = 0; i < node.input_count(); ++i)
        if (node.input(i).data || !builder.equal_codes(node.input_id(i), node.output_id(0))) return false;
    return true;
}

}  // namespace

bool lower_join(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const octavo_tensor_info& out = node.output(0);
    if (node.op() != "Concat" || out.type != OCTAVO_F32) return false;
    const auto axis = ops::resolve_axis(node, node.integer("axis", 1), static_cast<std::size_t>(out.rank));
    if (!axis) return false;
    bool in_rows = out.rank != 4;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        if (byte_count(node.input(i)) == 0) return false;
        in_rows = in_rows || (!node.input(i).data && builder.lies_in_rows(node.input_id(i)));
    }
    const ops::Shape axes = axes_as_they_lie(static_cast<std::size_t>(out.rank), in_rows);
    const auto place = static_cast<std::size_t>(std::ranges::find(axes, *axis) - axes.begin());
    const bool codes = joins_codes(builder, index);
    auto step = std::make_unique<JoinStep>();
    step->value_bytes = codes ? 1 : 4;
    const ops::Shape shape = as_it_lies({out.shape, out.shape + out.rank}, in_rows);
    step->blocks = ops::extent(shape, 0, place);
    step->stride = ops::extent(shape, place, shape.size());
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        const ops::Shape own = as_it_lies(node.input_shape(i), in_rows);
        const std::int32_t id = node.input_id(i);
        auto& part = step->parts.emplace_back(JoinStep::Part{{}, offset, ops::extent(own, place, own.size())});
        offset += part.count;
        if (node.input(i).data)
            part.constant = as_it_lies(static_cast<const float*>(builder.constant(id)), node.input_shape(i), in_rows);
        else
            step->reads.push_back(codes ? read_codes_as(builder, id, in_rows) : read_as(builder, id, in_rows));
    }
    if (codes) {
        const BufferId to = builder.add_buffer(static_cast<std::size_t>(layout_of(out).count()) + 64);
        step->writes = {to};
        builder.add(std::move(step), node, OCTAVO_INT8, "copy");
        set_codes_as(builder, node.output_id(0), to, in_rows);
        return true;
    }
    add_as(builder, std::move(step), node, builder.precision(index), "copy", in_rows);
    return true;
}

}  // namespace octavo::onednn
