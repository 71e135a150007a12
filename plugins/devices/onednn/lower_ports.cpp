// Where the outside meets the program: inputs become channels-last (and codes, where the plan says so), outputs become row-major real
// numbers, tapped tensors are shown in place, and operators without a step of their own run by the operator table's arithmetic.
#include "kernels/parallel.h"
#include "steps.h"

#include "ops/support.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

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
        parallel((pixels + kGrain - 1) / kGrain,
                 [&](std::int64_t i) { value_kernels().picture(job, i * kGrain, std::min(pixels, (i + 1) * kGrain)); });
    }
};

// Channels-last or dense real numbers to row-major.
void to_rows(const Layout& layout, const float* from, float* to) {
    if (layout.pixels == 1) {
        std::memcpy(to, from, static_cast<std::size_t>(layout.count()) * sizeof(float));
        return;
    }
    for (std::int64_t n = 0; n < layout.images; ++n)
        for (std::int64_t c = 0; c < layout.channels; ++c)
            for (std::int64_t p = 0; p < layout.pixels; ++p)
                to[(n * layout.channels + c) * layout.pixels + p] = from[(n * layout.pixels + p) * layout.channels + c];
}

void from_rows(const Layout& layout, const float* from, float* to) {
    const Layout turned = {layout.images, layout.channels, layout.pixels};
    if (layout.pixels == 1)
        std::memcpy(to, from, static_cast<std::size_t>(layout.count()) * sizeof(float));
    else
        to_rows(turned, from, to);
}

class OutputStep : public Step {
public:
    std::int32_t index = 0;
    Layout layout;

    void bind(const Addresses& addresses, std::byte*) override { from_ = addresses.get<float>(reads[0]); }
    void run(const RunContext& context) override { to_rows(layout, from_, static_cast<float*>(context.outputs[index].data)); }

private:
    const float* from_ = nullptr;
};

class TapStep : public Step {
public:
    std::int32_t tensor = 0;
    octavo_tensor seen{};

    void bind(const Addresses& addresses, std::byte*) override { seen.data = addresses.get<float>(reads[0]); }
    void run(const RunContext& context) override { (*context.tap)(tensor, seen); }
};

octavo_tensor view_of(const octavo_tensor_info& info, bool channels_last) {
    octavo_tensor view{};
    view.type = info.type;
    view.rank = info.rank;
    std::int64_t stride = 1;
    const int order[4] = {0, 2, 3, 1};
    for (int i = info.rank - 1; i >= 0; --i) {
        const int axis = channels_last && info.rank == 4 ? order[i] : i;
        view.shape[axis] = info.shape[axis];
        view.strides[axis] = stride;
        stride *= info.shape[axis];
    }
    return view;
}

// One node by its row: inputs made row-major in scratch of its own, computed, and put back.
class TableStep : public Step {
public:
    TableStep(const octavo_graph& graph, const octavo_node& node, const Builder& builder);
    void bind(const Addresses& addresses, std::byte*) override;
    void run(const RunContext&) override;
    std::size_t constant_bytes() const override { return memory_.size() * sizeof(float); }

private:
    void copy_node(const octavo_node& node);

    // The node and its tensors, copied: the graph does not outlive compilation.
    std::vector<octavo_tensor_info> infos_;
    std::vector<std::vector<std::byte>> constants_;
    std::vector<std::string> strings_;
    std::vector<std::vector<std::int64_t>> ints_;
    std::vector<std::vector<float>> floats_;
    std::vector<octavo_attribute> attributes_;
    std::vector<std::int32_t> input_ids_, output_ids_;
    octavo_node node_{};
    std::vector<octavo_tensor> inputs_, outputs_;
    std::vector<const float*> from_;  // [input], null for constants
    std::vector<float*> to_;
    std::vector<float> memory_;
};

TableStep::TableStep(const octavo_graph& graph, const octavo_node& node, const Builder& builder) {
    const auto add = [&](std::int32_t id) {
        if (id < 0) return -1;
        infos_.push_back(graph.tensors[id]);
        octavo_tensor_info& info = infos_.back();
        info.name = "";
        if (info.data) {
            const auto* bytes = static_cast<const std::byte*>(builder.constant(id));
            const auto count = static_cast<std::size_t>(ops::element_count({info.shape, static_cast<std::size_t>(info.rank)}));
            constants_.emplace_back(bytes, bytes + count * ops::size_bytes(info.type));
            info.data = constants_.back().data();
        }
        return static_cast<std::int32_t>(infos_.size()) - 1;
    };
    for (std::int32_t i = 0; i < node.input_count; ++i) input_ids_.push_back(add(node.inputs[i]));
    for (std::int32_t i = 0; i < node.output_count; ++i) output_ids_.push_back(add(node.outputs[i]));
    copy_node(node);
    std::size_t needed = 0;
    const auto place = [&](const std::vector<std::int32_t>& ids, std::vector<octavo_tensor>& views) {
        for (const std::int32_t id : ids) {
            if (id < 0) {
                views.push_back({});
                continue;
            }
            const octavo_tensor_info& info = infos_[static_cast<std::size_t>(id)];
            views.push_back(view_of(info, false));
            if (info.data)
                views.back().data = const_cast<void*>(info.data);
            else
                needed += static_cast<std::size_t>(ops::element_count({info.shape, static_cast<std::size_t>(info.rank)}));
        }
    };
    place(input_ids_, inputs_);
    place(output_ids_, outputs_);
    memory_.resize(needed);
    float* next = memory_.data();
    for (auto* views : {&inputs_, &outputs_})
        for (octavo_tensor& view : *views) {
            if (view.data || view.type == 0) continue;
            view.data = next;
            next += ops::element_count({view.shape, static_cast<std::size_t>(view.rank)});
        }
}

void TableStep::copy_node(const octavo_node& node) {
    strings_.reserve(static_cast<std::size_t>(node.attribute_count) * 2 + 2);
    const auto keep = [&](const char* text) { return strings_.emplace_back(text).c_str(); };
    node_.op = keep(node.op);
    node_.name = keep(node.name);
    ints_.reserve(static_cast<std::size_t>(node.attribute_count));
    floats_.reserve(static_cast<std::size_t>(node.attribute_count));
    for (std::int32_t i = 0; i < node.attribute_count; ++i) {
        octavo_attribute attribute = node.attributes[i];
        attribute.name = keep(attribute.name);
        if (attribute.string) attribute.string = keep(attribute.string);
        if (attribute.ints) attribute.ints = ints_.emplace_back(attribute.ints, attribute.ints + attribute.count).data();
        if (attribute.floats) attribute.floats = floats_.emplace_back(attribute.floats, attribute.floats + attribute.count).data();
        attributes_.push_back(attribute);
    }
    node_.inputs = input_ids_.data();
    node_.input_count = static_cast<std::int32_t>(input_ids_.size());
    node_.outputs = output_ids_.data();
    node_.output_count = static_cast<std::int32_t>(output_ids_.size());
    node_.attributes = attributes_.data();
    node_.attribute_count = static_cast<std::int32_t>(attributes_.size());
}

void TableStep::bind(const Addresses& addresses, std::byte*) {
    std::size_t next = 0;
    for (const std::int32_t id : input_ids_) {
        const bool constant = id < 0 || infos_[static_cast<std::size_t>(id)].data;
        from_.push_back(constant ? nullptr : addresses.get<float>(reads[next++]));
    }
    for (const BufferId id : writes) to_.push_back(addresses.get<float>(id));
}

void TableStep::run(const RunContext&) {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
        if (from_[i]) to_rows(layout_of(infos_[static_cast<std::size_t>(input_ids_[i])]), from_[i], static_cast<float*>(inputs_[i].data));
    const ops::NodeView view(node_, infos_);
    if (const auto computed = ops::find(view.op())->compute(view, inputs_, outputs_); !computed)
        throw std::runtime_error(computed.error().message());
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        const octavo_tensor_info& info = infos_[static_cast<std::size_t>(output_ids_[i])];
        auto* values = static_cast<float*>(outputs_[i].data);
        if (i == 0) ops::apply_activation(view.activation(), {values, static_cast<std::size_t>(layout_of(info).count())});
        from_rows(layout_of(info), values, to_[i]);
    }
}

}  // namespace

void lower_inputs(Builder& builder) {
    for (std::int32_t i = 0; i < builder.graph().input_count; ++i) {
        const std::int32_t id = builder.graph().inputs[i];
        for (const Target& target : builder.targets(id)) {
            const Layout layout = layout_of(builder.tensor(id));
            auto step = std::make_unique<InputStep>();
            step->index = i;
            step->job.images = layout.images, step->job.pixels = layout.pixels, step->job.channels = layout.channels;
            step->target = target;
            step->writes = {target.buffer};
            step->name = std::string("input ") + builder.tensor(id).name;
            step->op = target.parameters ? "quantize" : "copy";
            step->implementation = "values";
            step->precision = target.parameters ? OCTAVO_INT8 : OCTAVO_FP32;
            builder.add_step(std::move(step));
        }
    }
}

void lower_outputs(Builder& builder) {
    for (std::int32_t i = 0; i < builder.graph().output_count; ++i) {
        const std::int32_t id = builder.graph().outputs[i];
        auto step = std::make_unique<OutputStep>();
        step->index = i;
        step->layout = layout_of(builder.tensor(id));
        step->reads = {builder.read(id, Form::real)};
        step->name = std::string("output ") + builder.tensor(id).name;
        step->op = "copy";
        step->implementation = "copy";
        builder.add_step(std::move(step));
    }
}

void lower_tap(Builder& builder, std::int32_t tensor) {
    auto step = std::make_unique<TapStep>();
    step->tensor = tensor;
    step->seen = view_of(builder.tensor(tensor), true);
    step->reads = {builder.read(tensor, Form::real)};
    step->name = std::string("tap ") + builder.tensor(tensor).name;
    step->op = "tap";
    step->implementation = "copy";
    builder.add_step(std::move(step));
}

void lower_by_table(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    auto step = std::make_unique<TableStep>(builder.graph(), builder.graph().nodes[index], builder);
    for (std::size_t i = 0; i < node.input_count(); ++i)
        if (node.has_input(i) && !node.input(i).data) step->reads.push_back(builder.read(node.input_id(i), Form::real));
    std::vector<BufferId> made;
    for (std::size_t i = 0; i < node.output_count(); ++i)
        made.push_back(builder.add_buffer(static_cast<std::size_t>(layout_of(node.output(i)).count()) * sizeof(float) + 64));
    step->writes = made;
    builder.add(std::move(step), node, OCTAVO_FP32, "table");
    for (std::size_t i = 0; i < made.size(); ++i) builder.finish_from_real(node.output_id(i), made[i]);
}

}  // namespace octavo::onednn
