// Where the outside meets the program: inputs become channels-last (and codes, where the plan says so), outputs become row-major real
// numbers, and tapped tensors are shown in place. What is not f32 is copied as it is.
#include "as_it_lies.h"
#include "turn.h"

#include "ops/support.h"

#include <algorithm>
#include <cstring>

namespace octavo::onednn {
namespace {

class InputStep : public Step {
public:
    std::int32_t index = 0;
    PictureJob job;
    Target target;

    void bind(const Addresses& addresses, std::byte*) override { job.destination = bind_target(target, addresses); }
    void run(const RunContext& context) override {
        job.planes = static_cast<const float*>(context.inputs[index].data);
        constexpr std::int64_t kGrain = 4096;
        const std::int64_t pixels = job.images * job.pixels;
        context.team.share((pixels + kGrain - 1) / kGrain,
                           [&](std::int64_t i, int) { value_kernels().picture(job, i * kGrain, std::min(pixels, (i + 1) * kGrain)); });
    }
};

// Integers, booleans and tensors without elements.
class RawInputStep : public Step {
public:
    std::int32_t index = 0;
    std::size_t bytes = 0;

    void bind(const Addresses& addresses, std::byte*) override { to_ = addresses.get<std::byte>(writes[0]); }
    void run(const RunContext& context) override { std::memcpy(to_, context.inputs[index].data, bytes); }

private:
    std::byte* to_ = nullptr;
};

class OutputStep : public Step {
public:
    std::int32_t index = 0;
    bool is_in_rows = false;  // what is read, be it a picture or not
    octavo_tensor_info info{};
    std::shared_ptr<ops::Shape> bounded;

    void bind(const Addresses& addresses, std::byte*) override { from_ = addresses.get<std::byte>(reads[0]); }
    void run(const RunContext& context) override {
        octavo_tensor& to = context.outputs[index];
        if (bounded) std::ranges::copy(*bounded, info.shape);
        std::copy_n(info.shape, info.rank, to.shape);
        if (is_in_rows) return copy(context.team, static_cast<std::byte*>(to.data));
        const Layout layout = layout_of(info);
        turn(context.team, {layout.images, layout.pixels, layout.channels}, reinterpret_cast<const float*>(from_),
             static_cast<float*>(to.data));
    }

private:
    void copy(Team& team, std::byte* to) const {
        share_pieces(team, static_cast<std::int64_t>(byte_count(info)), 1, [&](std::int64_t first, std::int64_t last, int) {
            std::memcpy(to + first, from_ + first, static_cast<std::size_t>(last - first));
        });
    }

    const std::byte* from_ = nullptr;
};

// An output of the model that is a constant.
class ConstantStep : public Step {
public:
    std::int32_t index = 0;
    std::vector<std::byte> values;

    void bind(const Addresses&, std::byte*) override {}
    void run(const RunContext& context) override { std::memcpy(context.outputs[index].data, values.data(), values.size()); }
    std::size_t constant_bytes() const override { return values.size(); }
};

class TapStep : public Step {
public:
    std::int32_t tensor = 0;
    octavo_tensor seen{};

    void bind(const Addresses& addresses, std::byte*) override { seen.data = addresses.get<float>(reads[0]); }
    void run(const RunContext& context) override { (*context.tap)(tensor, seen); }
    bool is_alone() const override { return true; }
};

// Of real numbers as they lie in a buffer.
octavo_tensor view_of(const octavo_tensor_info& info) {
    octavo_tensor view{};
    view.type = info.type;
    view.rank = info.rank;
    std::int64_t stride = 1;
    const int order[4] = {0, 2, 3, 1};
    for (int i = info.rank - 1; i >= 0; --i) {
        const int axis = info.rank == 4 ? order[i] : i;
        view.shape[axis] = info.shape[axis];
        view.strides[axis] = stride;
        stride *= info.shape[axis];
    }
    return view;
}

}  // namespace

void lower_inputs(Builder& builder) {
    for (std::int32_t i = 0; i < builder.graph().input_count; ++i) {
        const std::int32_t id = builder.graph().inputs[i];
        const octavo_tensor_info& info = builder.tensor(id);
        for (const Target& target : builder.targets(id)) {
            std::unique_ptr<Step> made;
            if (info.type != OCTAVO_F32 || byte_count(info) == 0) {
                auto step = std::make_unique<RawInputStep>();
                step->index = i;
                step->bytes = byte_count(info);
                made = std::move(step);
            } else {
                const Layout layout = layout_of(info);
                auto step = std::make_unique<InputStep>();
                step->index = i;
                step->job.images = layout.images, step->job.pixels = layout.pixels, step->job.channels = layout.channels;
                step->target = target;
                made = std::move(step);
            }
            made->writes = {target.buffer};
            made->name = std::string("input ") + info.name;
            made->op = target.parameters ? "quantize" : "copy";
            made->implementation = info.type == OCTAVO_F32 ? "values" : "copy";
            made->precision = target.parameters ? OCTAVO_INT8 : OCTAVO_FP32;
            builder.add_step(std::move(made));
        }
    }
}

void lower_outputs(Builder& builder) {
    for (std::int32_t i = 0; i < builder.graph().output_count; ++i) {
        const std::int32_t id = builder.graph().outputs[i];
        const octavo_tensor_info& info = builder.tensor(id);
        std::unique_ptr<Step> made;
        if (info.data) {
            auto step = std::make_unique<ConstantStep>();
            step->index = i;
            const auto* bytes = static_cast<const std::byte*>(builder.constant(id));
            step->values.assign(bytes, bytes + byte_count(info));
            made = std::move(step);
        } else {
            auto step = std::make_unique<OutputStep>();
            step->index = i;
            step->info = info;
            step->bounded = builder.bounded_shape(id);
            step->is_in_rows = !is_picture(info) || builder.lies_in_rows(id);
            step->reads = {step->is_in_rows ? builder.read_rows(id) : builder.read(id, Form::real)};
            made = std::move(step);
        }
        made->name = std::string("output ") + info.name;
        made->op = "copy";
        made->implementation = "copy";
        builder.add_step(std::move(made));
    }
}

void lower_tap(Builder& builder, std::int32_t tensor) {
    auto step = std::make_unique<TapStep>();
    step->tensor = tensor;
    step->seen = view_of(builder.tensor(tensor));
    step->reads = {builder.read(tensor, Form::real)};
    step->name = std::string("tap ") + builder.tensor(tensor).name;
    step->op = "tap";
    step->implementation = "copy";
    builder.add_step(std::move(step));
}

}  // namespace octavo::onednn
