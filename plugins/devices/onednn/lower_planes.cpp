// InstanceNormalization, and so GroupNormalization as exporters spell it, in fp32: each channel of each image is a column of a picture that
// lies channels-last, or a row.
#include "as_it_lies.h"
#include "kernels/functions.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kChannels = 16;  // of one task: a cache line

class PlanesStep : public Step {
public:
    std::int64_t images = 0, channels = 0, size = 0;
    bool in_rows = false;
    std::vector<float> scale, bias;
    float epsilon = 0;

    void bind(const Addresses& addresses, std::byte*) override {
        from_ = addresses.get<float>(reads[0]);
        to_ = addresses.get<float>(writes[0]);
    }
    void run(const RunContext& context) override { in_rows ? run_rows(context.team) : run_columns(context.team); }
    std::size_t constant_bytes() const override { return (scale.size() + bias.size()) * sizeof(float); }

private:
    Normal normal_at(std::int64_t channel) const { return {&scale[at(channel)], &bias[at(channel)], static_cast<double>(epsilon)}; }
    static std::size_t at(std::int64_t channel) { return static_cast<std::size_t>(channel); }

    void run_rows(Team& team) const {
        team.share(images * channels, [&](std::int64_t plane, int) {
            function_kernels().normalize_row(from_ + plane * size, to_ + plane * size, size, normal_at(plane % channels));
        });
    }
    void run_columns(Team& team) const {
        const std::int64_t bands = (channels + kChannels - 1) / kChannels;
        team.share(images * bands, [&](std::int64_t task, int) {
            const std::int64_t first = task % bands * kChannels, start = task / bands * size * channels + first;
            const Columns columns = {size, channels, std::min(kChannels, channels - first)};
            function_kernels().normalize_columns(from_ + start, to_ + start, columns, normal_at(first));
        });
    }

    const float* from_ = nullptr;
    float* to_ = nullptr;
};

}  // namespace

bool lower_planes(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "InstanceNormalization" || !node.input(1).data || !node.input(2).data || node.input(0).rank < 3) return false;
    const std::int32_t in = node.input_id(0);
    const ops::Shape shape = node.input_shape(0);
    auto step = std::make_unique<PlanesStep>();
    step->images = shape[0];
    step->channels = shape[1];
    step->size = ops::extent(shape, 2, shape.size());
    step->in_rows = !is_picture(node.input(0)) || builder.lies_in_rows(in);
    step->epsilon = node.real("epsilon", 1e-5F);
    for (const auto& [input, to] : {std::pair{1, &step->scale}, std::pair{2, &step->bias}}) {
        const auto* values = static_cast<const float*>(builder.constant(node.input_id(static_cast<std::size_t>(input))));
        to->assign(values, values + shape[1]);
    }
    const bool in_rows = step->in_rows;
    step->reads = {read_as(builder, in, in_rows)};
    add_as(builder, std::move(step), node, OCTAVO_FP32, "values", in_rows);
    return true;
}

}  // namespace octavo::onednn
