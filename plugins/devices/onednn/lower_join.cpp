// Concat of real numbers along any axis, row by row or channels-last as they lie: blocks of each input in turns. Along channels, and in
// codes, lower_values.cpp does it.
#include "steps.h"

#include "ops/support.h"

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

    void bind(const Addresses& addresses, std::byte*) override {
        std::size_t next = 0;
        for (const Part& part : parts) from_.push_back(part.constant.empty() ? addresses.get<float>(reads[next++]) : part.constant.data());
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override {
        const std::int64_t grain = std::max<std::int64_t>(1, kGrain / stride);
        context.team.share((blocks + grain - 1) / grain, [&](std::int64_t task, int) {
            for (std::size_t i = 0; i < parts.size(); ++i)
                for (std::int64_t b = task * grain; b < std::min(blocks, (task + 1) * grain); ++b)
                    std::memcpy(to_ + b * stride + parts[i].offset, from_[i] + b * parts[i].count,
                                static_cast<std::size_t>(parts[i].count) * sizeof(float));
        });
    }
    std::size_t constant_bytes() const override {
        std::size_t bytes = 0;
        for (const Part& part : parts) bytes += part.constant.size() * sizeof(float);
        return bytes;
    }

private:
    static constexpr std::int64_t kGrain = 8192;  // values that repay a task

    std::vector<const float*> from_;
    float* to_ = nullptr;
};

std::vector<float> constant_as_it_lies(const Builder& builder, std::int32_t id, bool in_rows) {
    const Layout layout = layout_of(builder.tensor(id));
    std::vector<float> made(static_cast<std::size_t>(layout.count()));
    const auto* values = static_cast<const float*>(builder.constant(id));
    if (in_rows)
        std::ranges::copy_n(values, layout.count(), made.begin());
    else
        from_rows(layout, values, made.data());
    return made;
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
    constexpr std::size_t kPlaces[] = {0, 3, 1, 2};  // of the axes of a picture, channels-last
    const std::size_t place = in_rows ? static_cast<std::size_t>(*axis) : kPlaces[*axis];
    const auto as_it_lies = [in_rows](const octavo_tensor_info& info) {
        return in_rows ? ops::Shape(info.shape, info.shape + info.rank)
                       : ops::Shape{info.shape[0], info.shape[2], info.shape[3], info.shape[1]};
    };
    auto step = std::make_unique<JoinStep>();
    const ops::Shape shape = as_it_lies(out);
    step->blocks = ops::extent(shape, 0, place);
    step->stride = ops::extent(shape, place, shape.size());
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        const ops::Shape own = as_it_lies(node.input(i));
        const std::int32_t id = node.input_id(i);
        auto& part = step->parts.emplace_back(JoinStep::Part{{}, offset, ops::extent(own, place, own.size())});
        offset += part.count;
        if (node.input(i).data)
            part.constant = constant_as_it_lies(builder, id, in_rows);
        else
            step->reads.push_back(in_rows ? builder.read_rows(id) : builder.read(id, Form::real));
    }
    const BufferId to = builder.add_buffer(byte_count(out) + 64);
    step->writes = {to};
    builder.add(std::move(step), node, builder.precision(index), "copy");
    in_rows ? builder.finish_from_rows(node.output_id(0), to) : builder.finish_from_real(node.output_id(0), to);
    return true;
}

}  // namespace octavo::onednn
