// LayerNormalization of the last axes in fp32, by rows. Codes are read and written on the way, a block of rows at a time, so that real
// numbers stay in a cache.
#include "as_it_lies.h"
#include "kernels/functions.h"
#include "kernels/lane_blocks.h"

#include <algorithm>

namespace octavo::onednn {
namespace {

constexpr std::int64_t kRun = 512;  // values that vectors take at a time; see move

// An Operand or a Destination.
template <class Side>
void advance(Side& side, std::int64_t values) {
    if (side.u8) side.u8 += values;
    if (side.f32) side.f32 += values;
}

class LayersStep : public Step {
public:
    std::int64_t rows = 0;
    std::vector<float> scale, bias;
    float epsilon = 0;
    Source source;
    Target target;

    void declare(int threads) {
        reads = {source.buffer};
        writes = {target.buffer};
        block_rows_ = piece_of(size());
        blocks_ = static_cast<std::size_t>((source.parameters ? 1 : 0) + (target.parameters ? 1 : 0));
        scratch_bytes = static_cast<std::size_t>(threads) * blocks_ * block_bytes();
    }
    void bind(const Addresses& addresses, std::byte* scratch) override {
        from_ = bind_source(source, addresses, 0, 0);
        to_ = bind_target(target, addresses);
        scratch_ = scratch;
    }
    void run(const RunContext& context) override {
        share_pieces(context.team, rows, size(), [&](std::int64_t first, std::int64_t last, int thread) {
            run_block(first, last - first, scratch_ + static_cast<std::size_t>(thread) * blocks_ * block_bytes());
        });
    }
    std::size_t constant_bytes() const override { return (scale.size() + bias.size()) * sizeof(float); }

private:
    std::int64_t size() const { return std::ssize(scale); }
    std::size_t block_bytes() const {
        return static_cast<std::size_t>(round_up(block_rows_ * size() * static_cast<std::int64_t>(sizeof(float)), 64));
    }

    void run_block(std::int64_t first, std::int64_t count, std::byte* scratch) const {
        auto* const read = reinterpret_cast<float*>(scratch);
        auto* const made = reinterpret_cast<float*>(scratch + (blocks_ > 1 ? block_bytes() : 0));
        const std::int64_t at = first * size(), values = count * size();
        const float* const from = from_.f32 ? from_.f32 + at : read;
        float* const to = to_.f32 ? to_.f32 + at : made;
        if (from_.u8) {
            Operand codes = from_;
            advance(codes, at);
            move(codes, {nullptr, read}, values);
        }
        const Normal normal = {scale.data(), bias.data(), static_cast<double>(epsilon)};
        for (std::int64_t row = 0; row < count; ++row)
            function_kernels().normalize_layer(from + row * size(), to + row * size(), size(), normal);
        if (to_.f32) return;
        Destination codes = to_;
        advance(codes, at);
        Operand real;
        real.f32 = made;
        move(real, codes, values);
    }

    // One grid for all values: in runs that are long enough for vectors, whatever the rows are.
    void move(const Operand& from, const Destination& to, std::int64_t values) const {
        PointwiseJob job;
        job.a = from;
        job.destinations[0] = to;
        job.channels = job.a.pixel_stride = job.destinations[0].stride = kRun;
        job.pixels = values / kRun;
        value_kernels().pointwise(job, 0, job.pixels);
        const std::int64_t done = job.pixels * kRun;
        if (done == values) return;
        advance(job.a, done), advance(job.destinations[0], done);
        job.channels = values - done;
        job.pixels = 1;
        value_kernels().pointwise(job, 0, 1);
    }

    std::int64_t block_rows_ = 1;
    std::size_t blocks_ = 0;  // of real numbers beside codes, a thread
    Operand from_;
    Destination to_;
    std::byte* scratch_ = nullptr;
};

// Codes, where nobody wants anything else, else real numbers that finish_from_rows takes further.
Target target_of(Builder& builder, const ops::NodeView& node) {
    const std::int32_t id = node.output_id(0);
    const bool in_rows = !is_picture(node.output(0)) || builder.is_wanted_in_rows(id);
    if (!in_rows || !builder.is_wanted_whole_only(id)) return {builder.add_buffer(byte_count(node.output(0)) + 64), nullptr};
    Target target = builder.target_in_rows(id);
    target.parameters = lengthened(*target.parameters, kRun);
    return target;
}

}  // namespace

bool lower_layers(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "LayerNormalization" || node.input(0).data || node.output_count() != 1) return false;
    const ops::Shape shape = node.input_shape(0);
    const auto axis = ops::resolve_axis(node, node.integer("axis", -1), shape.size());
    if (!axis) return false;
    const std::int64_t size = ops::extent(shape, static_cast<std::size_t>(*axis), shape.size());
    auto step = std::make_unique<LayersStep>();
    step->rows = ops::element_count(shape) / size;
    step->epsilon = node.real("epsilon", 1e-5F);
    step->bias.assign(static_cast<std::size_t>(size), 0.0F);
    for (const auto& [input, to] : {std::pair{std::size_t{1}, &step->scale}, std::pair{std::size_t{2}, &step->bias}}) {
        if (!node.has_input(input)) continue;
        if (!node.input(input).data || ops::element_count(node.input_shape(input)) != size) return false;
        const auto* values = static_cast<const float*>(builder.constant(node.input_id(input)));
        to->assign(values, values + size);
    }
    step->source = builder.source_in_rows(node.input_id(0));
    step->target = target_of(builder, node);
    step->declare(builder.threads());
    const Target target = step->target;
    builder.add(std::move(step), node, OCTAVO_FP32, "values");
    if (!target.parameters) builder.finish_from_rows(node.output_id(0), target.buffer);
    return true;
}

}  // namespace octavo::onednn
