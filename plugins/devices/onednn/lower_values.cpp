// Lowering of pointwise operators, poolings, concatenation and reshapes onto the kernels of kernels/values.h.
#include "steps.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

bool same_shape(const octavo_tensor_info& a, const octavo_tensor_info& b) {
    return a.rank == b.rank && std::equal(a.shape, a.shape + a.rank, b.shape);
}

// [N, C, 1, 1] beside [N, C, H, W]
bool is_gate(const octavo_tensor_info& gate, const octavo_tensor_info& of) {
    return gate.rank == 4 && of.rank == 4 && gate.shape[0] == of.shape[0] && gate.shape[1] == of.shape[1] && gate.shape[2] == 1 &&
           gate.shape[3] == 1;
}

// A constant that has one value, or one a channel of `of`: of what is no picture, along its last axis.
std::optional<std::vector<float>> channel_constant(Builder& builder, std::int32_t id, const octavo_tensor_info& of) {
    const octavo_tensor_info& constant = builder.tensor(id);
    const std::int64_t count = ops::element_count({constant.shape, static_cast<std::size_t>(constant.rank)});
    const auto channels = static_cast<std::size_t>(layout_of(of).channels);
    const auto* values = static_cast<const float*>(builder.constant(id));
    if (constant.type != OCTAVO_F32) return std::nullopt;
    if (count == 1) return std::vector<float>(channels + 32, values[0]);
    if (count != layout_of(of).channels) return std::nullopt;
    const int channel_axis = of.rank == 4 ? 1 : of.rank - 1, axis = constant.rank - (of.rank - channel_axis);  // of the constant
    if (of.rank < 2 || axis < 0 || axis >= constant.rank || constant.shape[axis] != count || count != of.shape[channel_axis])
        return std::nullopt;
    std::vector<float> made(values, values + count);
    made.resize(channels + 32);
    return made;
}

void finish(Builder& builder, std::unique_ptr<PointwiseStep> step, const ops::NodeView& node, octavo_precision precision) {
    step->layout = layout_of(node.output(0));
    step->targets = builder.targets(node.output_id(0));
    step->declare();
    builder.add(std::move(step), node, precision, "values");
}

// Of one operand that lies row by row.
void finish_in_rows(Builder& builder, std::unique_ptr<PointwiseStep> step, const ops::NodeView& node, octavo_precision precision) {
    step->layout = layout_of(node.output(0));
    step->a = {builder.read_rows(node.input_id(0)), nullptr};
    const BufferId to = builder.add_buffer(byte_count(node.output(0)) + 64);
    step->targets = {{to, nullptr, step->layout.channels}};
    step->declare();
    builder.add(std::move(step), node, precision, "values");
    builder.finish_from_rows(node.output_id(0), to);
}

bool lower_binary(Builder& builder, const ops::NodeView& node, octavo_precision precision, Pointwise kind) {
    std::size_t first = 0, second = 1;
    const bool commutes = kind == Pointwise::add || kind == Pointwise::multiply;
    const bool gates = !node.input(1).data && is_gate(node.input(0), node.output(0));
    if (commutes && (node.input(0).data || gates)) std::swap(first, second);
    const octavo_tensor_info &x = node.input(first), &y = node.input(second), &out = node.output(0);
    if (x.data || out.type != OCTAVO_F32) return false;
    if (builder.lies_in_rows(node.input_id(first)) || (!y.data && builder.lies_in_rows(node.input_id(second)))) return false;
    auto step = std::make_unique<PointwiseStep>();
    step->kind = kind;
    step->activation = node.activation();
    if (y.data) {
        auto constant = channel_constant(builder, node.input_id(second), x);
        if (!constant || !same_shape(x, out)) return false;
        step->constant_b = std::move(*constant);
    } else if (!same_shape(x, y)) {
        step->gate_a = is_gate(x, out), step->gate_b = is_gate(y, out);
        if (!(same_shape(x, out) && step->gate_b) && !(same_shape(y, out) && step->gate_a)) return false;
    }
    step->a = source_of(builder, node.input_id(first));
    if (!y.data) step->b = source_of(builder, node.input_id(second));
    finish(builder, std::move(step), node, precision);
    return true;
}

}  // namespace

bool lower_pointwise(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const octavo_precision precision = builder.precision(index);
    if (const auto kind = binary_kind(node.op())) return lower_binary(builder, node, precision, *kind);
    if (node.input(0).data || node.output(0).type != OCTAVO_F32) return false;
    auto step = std::make_unique<PointwiseStep>();
    if (const auto activation = ops::as_activation(node)) {
        step->activation = *activation;
        if (builder.lies_in_rows(node.input_id(0))) {
            finish_in_rows(builder, std::move(step), node, precision);
            return true;
        }
    } else if (node.op() == "ScaleShift" && layout_of(node.input(0)).channels == node.input(0).shape[1]) {
        step->kind = Pointwise::scale_shift;
        step->activation = node.activation();
        for (const auto& [from, to] : {std::pair{1, &step->scale}, std::pair{2, &step->shift}}) {
            const auto* values = static_cast<const float*>(builder.constant(node.input_id(static_cast<std::size_t>(from))));
            to->assign(values, values + node.input(0).shape[1]);
            to->resize(to->size() + 32);
        }
        const std::int64_t channels = node.input(0).shape[1];
        if (builder.lies_in_rows(node.input_id(0)) && is_uniform(step->scale, channels) && is_uniform(step->shift, channels)) {
            finish_in_rows(builder, std::move(step), node, precision);
            return true;
        }
    } else {
        return false;
    }
    step->a = source_of(builder, node.input_id(0));
    finish(builder, std::move(step), node, precision);
    return true;
}

// ---- poolings

namespace {

class PoolStep : public Step {
public:
    PoolJob job;
    bool average = false;
    Source source;
    std::vector<Target> targets;

    void bind(const Addresses& addresses, std::byte*) override {
        const Operand from = bind_source(source, addresses, 0, 0);
        job.u8 = from.u8;
        job.f32 = from.f32;
        job.scale = from.scale;
        job.zero_point = from.zero_point;
        for (std::size_t i = 0; i < targets.size(); ++i) job.destinations[i] = bind_target(targets[i], addresses);
        job.destination_count = static_cast<int>(targets.size());
    }
    void run(const RunContext& context) override {
        const auto kernel = average ? value_kernels().average_pool : value_kernels().max_pool;
        context.team.share(job.images * job.output_h, [&](std::int64_t row, int) { kernel(job, row, row + 1); });
    }
};

std::optional<PoolJob> pool_geometry(const ops::NodeView& node, bool global) {
    const octavo_tensor_info& in = node.input(0);
    PoolJob job;
    job.images = in.shape[0];
    job.channels = in.shape[1];
    job.input_h = in.shape[2];
    job.input_w = in.shape[3];
    if (global) {
        job.kernel_h = job.input_h;
        job.kernel_w = job.input_w;
        return job;
    }
    const auto window = ops::window_of(node);
    if (!window) return std::nullopt;
    const ops::Window& w = *window;
    job.kernel_h = w.kernel_h, job.kernel_w = w.kernel_w, job.stride_h = w.stride_h, job.stride_w = w.stride_w;
    job.dilation_h = w.dilation_h, job.dilation_w = w.dilation_w, job.pad_top = w.pad_top, job.pad_left = w.pad_left;
    job.pad_bottom = w.pad_bottom, job.pad_right = w.pad_right, job.output_h = w.output_h, job.output_w = w.output_w;
    job.include_padding = node.integer("count_include_pad", 0) != 0;
    return job;
}

}  // namespace

bool lower_pool(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const bool global = node.op() == "GlobalAveragePool" || node.op() == "GlobalMaxPool" || reduces_picture(node);
    const bool average = node.op() == "AveragePool" || node.op() == "GlobalAveragePool" || reduces_picture(node);
    if (!average && node.op() != "MaxPool" && node.op() != "GlobalMaxPool") return false;
    if (node.input(0).rank != 4 || node.input(0).type != OCTAVO_F32 || node.output_count() != 1) return false;
    const auto job = pool_geometry(node, global);
    if (!job) return false;
    const std::int32_t in = node.input_id(0), out = node.output_id(0);
    const bool int8 = builder.precision(index) == OCTAVO_INT8;
    auto step = std::make_unique<PoolStep>();
    step->job = *job;
    step->average = average;
    step->job.activation = node.activation();
    BufferId real = BufferId::none;
    if (average && int8 && builder.has(in, Form::whole)) {
        step->source = {builder.read(in, Form::whole), builder.parameters(in, Form::whole)};
        step->targets = builder.targets(out);
    } else if (!average && builder.equal_codes(in, out)) {
        step->source = {builder.read(in, Form::whole), builder.parameters(in, Form::whole)};
        step->targets = {builder.whole_target(out)};
        builder.set(out, Form::whole, step->targets[0].buffer);
    } else {
        step->source = {builder.read(in, Form::real), nullptr};
        if (average) {
            step->targets = builder.targets(out);
        } else {
            real = builder.add_buffer(byte_count(node.output(0)) + 64);
            step->targets = {{real, nullptr, job->channels}};
        }
    }
    step->reads = {step->source.buffer};
    for (const Target& target : step->targets) step->writes.push_back(target.buffer);
    builder.add(std::move(step), node, builder.precision(index), "values");
    if (real != BufferId::none) builder.finish_from_real(out, real);
    return true;
}

// ---- concatenation

namespace {

class ConcatStep : public Step {
public:
    struct Part {
        BufferId buffer;
        std::int64_t offset, bytes;  // of a pixel
    };
    std::vector<Part> parts;
    std::int64_t pixels = 0, stride = 0;  // bytes between pixels of the output

    void bind(const Addresses& addresses, std::byte*) override {
        for (const BufferId id : reads) from_.push_back(addresses.get<std::byte>(id));
        to_ = addresses.get<std::byte>(writes[0]);
    }
    void run(const RunContext& context) override {
        const std::int64_t grain = std::max<std::int64_t>(1, 32768 / stride);
        context.team.share((pixels + grain - 1) / grain, [&](std::int64_t task, int) {
            for (std::size_t i = 0; i < parts.size(); ++i)
                with_size(parts[i].bytes, [&](auto size) {
                    for (std::int64_t p = task * grain; p < std::min(pixels, (task + 1) * grain); ++p)
                        std::memcpy(to_ + p * stride + parts[i].offset, from_[i] + p * parts[i].bytes, size);
                });
        });
    }

private:
    std::vector<const std::byte*> from_;
    std::byte* to_ = nullptr;
};

// The codes of a concatenation's input under the parameters of its output.
BufferId codes_for(Builder& builder, const ops::NodeView& node, std::int32_t in, std::int32_t out) {
    if (builder.equal_codes(in, out)) return builder.read(in, Form::whole);
    auto step = std::make_unique<PointwiseStep>();
    step->a = source_of(builder, in);
    step->layout = layout_of(builder.tensor(in));
    const BufferId codes = builder.add_buffer(static_cast<std::size_t>(step->layout.count()) + 64);
    step->targets = {{codes, builder.parameters(out, Form::whole), step->layout.channels}};
    step->declare();
    builder.add(std::move(step), node, OCTAVO_INT8, "values");
    return codes;
}

}  // namespace

bool lower_concat(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    if (node.op() != "Concat" || node.output(0).type != OCTAVO_F32) return false;
    const std::int64_t axis = node.integer("axis", 1), rank = node.output(0).rank;
    if ((axis < 0 ? axis + rank : axis) != 1 || (rank != 4 && rank != 2)) return false;
    for (std::size_t i = 0; i < node.input_count(); ++i)
        if (node.input(i).data || builder.lies_in_rows(node.input_id(i))) return false;
    const std::int32_t out = node.output_id(0);
    const bool codes = builder.has(out, Form::whole) && builder.precision(index) == OCTAVO_INT8;
    const Layout layout = layout_of(node.output(0));
    const std::int64_t size = codes ? 1 : 4;
    const Target to = codes ? builder.whole_target(out)
                            : Target{builder.add_buffer(static_cast<std::size_t>(layout.count()) * 4 + 64), nullptr, layout.channels};
    auto step = std::make_unique<ConcatStep>();
    step->pixels = layout.images * layout.pixels;
    step->stride = to.stride * size;
    std::int64_t offset = to.offset * size;
    for (std::size_t i = 0; i < node.input_count(); ++i) {
        const BufferId from = codes ? codes_for(builder, node, node.input_id(i), out) : builder.read(node.input_id(i), Form::real);
        const std::int64_t bytes = layout_of(node.input(i)).channels * size;
        if (from != to.buffer) step->parts.push_back({from, offset, bytes});  // else it was written where it belongs
        offset += bytes;
    }
    for (const auto& part : step->parts) step->reads.push_back(part.buffer);
    step->writes = {to.buffer};
    if (!step->parts.empty()) builder.add(std::move(step), node, builder.precision(index), "copy");
    builder.finish(out, to.buffer, codes);
    return true;
}

// ---- reshapes that move nothing

namespace {

// Between a picture, channels-last, and [N, C, H * W] in columns.
bool reshape_columns(Builder& builder, const ops::NodeView& node) {
    const octavo_tensor_info &in = node.input(0), &out = node.output(0);
    const std::int32_t from = node.input_id(0), to = node.output_id(0);
    if (in.rank + out.rank != 7 || in.shape[0] != out.shape[0] || in.shape[1] != out.shape[1]) return false;
    if (in.rank == 4 && is_picture(in) && !builder.lies_in_rows(from) && !builder.is_quantized(to)) {
        builder.set_columns(to, builder.add_buffer(0, builder.read(from, Form::real)));
        return true;
    }
    if (in.rank != 3 || !builder.columns(from)) return false;
    builder.finish_from_real(to, builder.add_buffer(0, *builder.columns(from)));
    return true;
}

}  // namespace

bool lower_reshape(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), node.op()) != names.end();
    };
    if (!is({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"})) return false;
    const octavo_tensor_info &in = node.input(0), &out = node.output(0);
    if (in.data || out.type != OCTAVO_F32) return false;
    if (reshape_columns(builder, node)) return true;
    const bool codes = builder.equal_codes(node.input_id(0), node.output_id(0)) && builder.precision(index) == OCTAVO_INT8;
    const bool turns = !same_shape(in, out) && (is_picture(in) || is_picture(out));
    if (turns && codes) {
        builder.set_codes_in_rows(node.output_id(0), builder.add_buffer(0, builder.read_codes_in_rows(node.input_id(0))));
        return true;
    }
    if (turns) {
        builder.finish_from_rows(node.output_id(0), builder.add_buffer(0, builder.read_rows(node.input_id(0))));
        return true;
    }
    const BufferId from = builder.read(node.input_id(0), codes ? Form::whole : Form::real);
    const BufferId to = builder.add_buffer(0, from);
    builder.finish(node.output_id(0), to, codes);
    return true;
}

}  // namespace octavo::onednn
