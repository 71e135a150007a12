// Operators without a step of their own run by the operator table's arithmetic ("table"), row by row and in place. Where a shape is only
// bounded before the run, the step infers its outputs' shapes anew in each run, and turns pictures in memory of its own.
#include "steps.h"

#include "ops/support.h"

#include <octavo/tensor.h>

#include <algorithm>

namespace octavo::onednn {
namespace {

// A tensor of the node as the row sees it.
struct TableOperand {
    std::int32_t info = -1;  // in TableStep::infos_; -1: absent
    octavo_tensor view{};
    BufferId buffer = BufferId::none;  // none: constant
    std::byte* outside = nullptr;      // address of the buffer
    std::vector<float> rows;           // row-major copy of what is bounded, where the buffer is channels-last
    std::shared_ptr<ops::Shape> bounded;
};

octavo_tensor view_of(const octavo_tensor_info& info, const void* data) {
    return dense_tensor(info.type, {info.shape, static_cast<std::size_t>(info.rank)}, data);
}

void set_shape(const ops::Shape& shape, octavo_tensor_info& info) {
    info.rank = static_cast<std::int32_t>(shape.size());
    std::ranges::copy(shape, info.shape);
}

class TableStep : public Step {
public:
    TableStep(Builder& builder, const octavo_node& node);
    void bind(const Addresses& addresses, std::byte*) override;
    void run(const RunContext&) override;
    bool is_alone() const override { return true; }
    std::size_t constant_bytes() const override { return constant_bytes_; }

private:
    TableOperand operand(const Builder& builder, std::int32_t tensor);
    void turn_aside(TableOperand& operand);
    void copy_node(const octavo_node& node);
    void infer_again();

    // The node and its tensors, copied: the graph does not outlive compilation.
    std::vector<octavo_tensor_info> infos_;
    std::vector<std::vector<std::byte>> constants_;
    std::vector<std::string> strings_;
    std::vector<std::vector<std::int64_t>> ints_;
    std::vector<std::vector<float>> floats_;
    std::vector<octavo_attribute> attributes_;
    std::vector<std::int32_t> input_ids_, output_ids_;
    octavo_node node_{};
    const ops::Row* row_;
    std::vector<TableOperand> inputs_, outputs_;
    std::vector<octavo_tensor> input_views_, output_views_;
    bool is_bounded_ = false;
    std::size_t constant_bytes_ = 0;
};

TableOperand TableStep::operand(const Builder& builder, std::int32_t tensor) {
    TableOperand made;
    if (tensor < 0) return made;
    made.info = static_cast<std::int32_t>(infos_.size());
    octavo_tensor_info& info = infos_.emplace_back(builder.tensor(tensor));
    info.name = "";
    made.view = view_of(info, nullptr);
    if (info.data) {
        const auto* bytes = static_cast<const std::byte*>(builder.constant(tensor));
        constants_.emplace_back(bytes, bytes + byte_count(info)).push_back({});  // one more: data of no bytes has an address, too
        info.data = constants_.back().data();
        made.view.data = constants_.back().data();
        constant_bytes_ += byte_count(info);
        return made;
    }
    made.bounded = builder.bounded_shape(tensor);
    return made;
}

void TableStep::turn_aside(TableOperand& operand) {
    const octavo_tensor_info& info = infos_[static_cast<std::size_t>(operand.info)];
    if (!is_picture(info)) return;
    operand.rows.resize(static_cast<std::size_t>(layout_of(info).count()) + 1);
    operand.view.data = operand.rows.data();
    constant_bytes_ += byte_count(info);
}

TableStep::TableStep(Builder& builder, const octavo_node& node) : row_(ops::find(node.op)) {
    for (std::int32_t i = 0; i < node.input_count; ++i) {
        TableOperand& made = inputs_.emplace_back(operand(builder, node.inputs[i]));
        input_ids_.push_back(made.info);
        is_bounded_ = is_bounded_ || made.bounded;
        if (made.info < 0 || infos_.back().data) continue;
        const ops::NodeView view(node, builder.tensors());
        const bool by_channel = builder.reads_codes_by_channel(view, static_cast<std::size_t>(i));
        const bool is_aside = made.bounded || by_channel;
        made.buffer = is_aside ? builder.read_real(view, static_cast<std::size_t>(i)) : builder.read_rows(node.inputs[i]);
        if (is_aside) turn_aside(made);
        reads.push_back(made.buffer);
    }
    is_bounded_ = is_bounded_ || row_->bounded;
    for (std::int32_t i = 0; i < node.output_count; ++i) {
        if (is_bounded_ && node.outputs[i] >= 0) builder.set_bounded(node.outputs[i]);
        TableOperand& made = outputs_.emplace_back(operand(builder, node.outputs[i]));
        output_ids_.push_back(made.info);
        if (made.info < 0) continue;
        if (is_bounded_) turn_aside(made);
        made.buffer = builder.add_buffer(byte_count(infos_.back()) + 64);
        writes.push_back(made.buffer);
    }
    copy_node(node);
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
    for (auto* operands : {&inputs_, &outputs_})
        for (TableOperand& each : *operands) {
            if (each.buffer == BufferId::none) continue;
            each.outside = addresses.get<std::byte>(each.buffer);
            if (each.rows.empty()) each.view.data = each.outside;
        }
    input_views_.resize(inputs_.size());
    output_views_.resize(outputs_.size());
}

// Shapes of this run: what was made before says the inputs', inference the outputs'.
void TableStep::infer_again() {
    for (TableOperand& input : inputs_) {
        if (!input.bounded) continue;
        octavo_tensor_info& info = infos_[static_cast<std::size_t>(input.info)];
        set_shape(*input.bounded, info);
        input.view = view_of(info, input.view.data);
    }
    const auto types = ops::infer(ops::NodeView(node_, infos_));
    if (!types) throw types.error();
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        if (outputs_[i].info < 0) continue;
        octavo_tensor_info& info = infos_[static_cast<std::size_t>(outputs_[i].info)];
        set_shape((*types)[i].shape, info);
        outputs_[i].view = view_of(info, outputs_[i].view.data);
    }
}

void TableStep::run(const RunContext&) {
    if (is_bounded_) infer_again();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        TableOperand& input = inputs_[i];
        if (!input.rows.empty())
            to_rows(layout_of(infos_[static_cast<std::size_t>(input.info)]), reinterpret_cast<const float*>(input.outside),
                    input.rows.data());
        input_views_[i] = input.view;
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) output_views_[i] = outputs_[i].view;
    const ops::NodeView view(node_, infos_);
    if (const auto computed = row_->compute(view, input_views_, output_views_); !computed) throw computed.error();
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        TableOperand& output = outputs_[i];
        if (output.info < 0) continue;
        const octavo_tensor& made = output_views_[i];
        if (i == 0 && made.type == OCTAVO_F32) ops::apply_activation(view.activation(), ops::values<float>(made));
        if (output.bounded) *output.bounded = ops::shape_of(made);
        if (!output.rows.empty())
            from_rows(layout_of(infos_[static_cast<std::size_t>(output.info)]), output.rows.data(),
                      reinterpret_cast<float*>(output.outside));
    }
}

}  // namespace

void lower_by_table(Builder& builder, std::int32_t index) {
    const ops::NodeView node = builder.view(index);
    auto step = std::make_unique<TableStep>(builder, builder.graph().nodes[index]);
    const std::vector<BufferId> made = step->writes;
    builder.add(std::move(step), node, OCTAVO_FP32, "table");
    std::size_t next = 0;
    for (std::size_t i = 0; i < node.output_count(); ++i) {
        if (!node.has_output(i)) continue;
        if (builder.bounded_shape(node.output_id(i)))
            builder.finish_from_real(node.output_id(i), made[next++]);
        else
            builder.finish_from_rows(node.output_id(i), made[next++]);
    }
}

}  // namespace octavo::onednn
