#include "steps.h"

#include <algorithm>

namespace octavo::onednn {

Source source_of(Builder& builder, std::int32_t tensor) {
    if (!builder.is_quantized(tensor)) return {builder.read(tensor, Form::real), nullptr};
    const Form form = builder.has(tensor, Form::whole) ? Form::whole : Form::depthwise;
    return builder.source(tensor, form, builder.read(tensor, form));
}

Destination bind_target(const Target& target, const Addresses& addresses) {
    Destination to;
    to.stride = target.stride;
    if (target.parameters) {
        to.u8 = addresses.get<std::uint8_t>(target.buffer) + target.offset;
        to.reciprocal = target.parameters->reciprocal.data();
        to.zero_point = target.parameters->zero_point.data();
        to.from_zero = std::ranges::all_of(target.parameters->zero_point, [](float zero) { return zero == 0; });
    } else {
        to.f32 = addresses.get<float>(target.buffer);
    }
    return to;
}

Operand bind_source(const Source& source, const Addresses& addresses, std::int64_t pixel_stride, std::int64_t image_stride) {
    Operand from;
    from.pixel_stride = pixel_stride;
    from.image_stride = image_stride;
    if (source.parameters) {
        from.u8 = addresses.get<std::uint8_t>(source.buffer) + source.offset;
        from.scale = source.parameters->scale[0];
        from.zero_point = source.parameters->integer_zero_point[0];
        if (source.parameters->per_channel) {
            from.scales = source.parameters->scale.data();
            from.zero_points = source.parameters->integer_zero_point.data();
        }
    } else {
        from.f32 = addresses.get<float>(source.buffer);
    }
    return from;
}

std::optional<Pointwise> binary_kind(std::string_view op) {
    constexpr std::pair<std::string_view, Pointwise> kKinds[] = {{"Add", Pointwise::add},
                                                                 {"Sub", Pointwise::subtract},
                                                                 {"Mul", Pointwise::multiply},
                                                                 {"Div", Pointwise::divide},
                                                                 {"PRelu", Pointwise::slope}};
    for (const auto& [name, kind] : kKinds)
        if (op == name) return kind;
    return std::nullopt;
}

bool reduces_picture(const ops::NodeView& node) {
    if (node.op() != "ReduceMean" || node.input(0).rank != 4) return false;
    const auto axes = ops::reduced_axes(node);
    return axes && *axes == std::vector<std::int64_t>{2, 3};
}

// Whether every value is treated alike, wherever it lies: one grid a tensor, nothing by channel, all of them dense.
bool PointwiseStep::is_alike() const {
    const auto one_grid = [](const auto& place) { return place.offset == 0 && (!place.parameters || !place.parameters->per_channel); };
    const auto dense = [&](const Source& source) { return one_grid(source) && (source.stride == 0 || source.stride == layout.channels); };
    const auto one_value = [&](const std::vector<float>& values) { return values.empty() || is_uniform(values, layout.channels); };
    return !gate_a && !gate_b && one_value(constant_b) && one_value(scale) && one_value(shift) && dense(a) && dense(b) &&
           std::ranges::all_of(targets, [&](const Target& to) { return one_grid(to) && to.stride == layout.channels; });
}

std::shared_ptr<const CodeParameters> lengthened(const CodeParameters& uniform, std::int64_t channels) {
    CodeParameters longer = uniform;
    const auto lengthen = [&](auto& values) { values.assign(static_cast<std::size_t>(channels) + 32, values[0]); };
    lengthen(longer.scale), lengthen(longer.reciprocal), lengthen(longer.zero_point), lengthen(longer.integer_zero_point);
    return std::make_shared<const CodeParameters>(std::move(longer));
}

// Pixels of few channels are too short for vectors: several in a row are one of as many channels together.
void PointwiseStep::lengthen_rows() {
    constexpr std::int64_t kLongRow = 256;
    const std::int64_t pixels = layout.images * layout.pixels;
    std::int64_t together = std::max<std::int64_t>(1, kLongRow / std::max<std::int64_t>(1, layout.channels));
    while (together > 1 && pixels % together != 0) --together;
    if (together == 1) return;
    layout = {pixels / together, 1, layout.channels * together};
    a.stride = b.stride = 0;
    const auto lengthen = [&](auto& values) {
        if (!values.empty()) values.assign(static_cast<std::size_t>(layout.channels) + 32, values[0]);
    };
    lengthen(constant_b), lengthen(scale), lengthen(shift);
    for (Target& to : targets) {
        to.stride = layout.channels;
        if (to.parameters) to.parameters = lengthened(*to.parameters, layout.channels);
    }
}

void PointwiseStep::declare() {
    if (is_alike()) lengthen_rows();
    reads = {a.buffer, b.buffer};
    for (const Target& target : targets) writes.push_back(target.buffer);
}

void PointwiseStep::bind(const Addresses& addresses, std::byte*) {
    const auto operand = [&](const Source& source, bool gate) {
        const std::int64_t stride = source.stride ? source.stride : layout.channels;
        return bind_source(source, addresses, gate ? 0 : stride, gate ? stride : layout.pixels * stride);
    };
    job_.kind = kind;
    job_.a = operand(a, gate_a);
    if (b.buffer != BufferId::none) job_.b = operand(b, gate_b);
    if (!constant_b.empty()) job_.b.f32 = constant_b.data();
    job_.scale = scale.data();
    job_.shift = shift.data();
    job_.activation = activation;
    job_.destination_count = static_cast<int>(targets.size());
    for (std::size_t i = 0; i < targets.size(); ++i) job_.destinations[i] = bind_target(targets[i], addresses);
    job_.images = layout.images;
    job_.pixels = layout.pixels;
    job_.channels = layout.channels;
}

void PointwiseStep::run(const RunContext& context) {
    const std::int64_t pixels = layout.images * layout.pixels;
    const std::int64_t grain = std::max<std::int64_t>(1, 16384 / layout.channels);  // pixels that repay a task
    context.team.share((pixels + grain - 1) / grain,
                       [&](std::int64_t i, int) { value_kernels().pointwise(job_, i * grain, std::min(pixels, (i + 1) * grain)); });
}

}  // namespace octavo::onednn
