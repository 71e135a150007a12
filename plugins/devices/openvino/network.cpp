// See network.h.
#include "network.h"

#include <ops/support.h>
#include <openvino/op/ops.hpp>

#include <algorithm>
#include <memory>
#include <optional>

namespace octavo::openvino {
namespace {

namespace op = ov::op;

std::size_t index(std::int32_t id) {
    return static_cast<std::size_t>(id);
}

// Shares the tensor's memory.
Value constant(const octavo_tensor_info& tensor, const ov::Shape& shape) {
    return make<op::v0::Constant>(ov::Tensor(element_type(tensor.type), shape, const_cast<void*>(tensor.data)));
}

ov::Shape as_shape(const ops::Shape& shape) {
    return {shape.begin(), shape.end()};
}

// One row, with what OpenVINO throws as an error of the node.
Result<Outputs> build_checked(const Job& job) try {
    OCTAVO_TRY(const Outputs outputs, build_operator(job));
    for (std::size_t i = 0; i < job.node.output_count(); ++i) {
        if (!job.node.has_output(i)) continue;
        if (i >= outputs.size())
            return ops::refusal(job.node, "device openvino has only " + std::to_string(outputs.size()) + " outputs of it");
        if (outputs[i].get_partial_shape() != ov::PartialShape(as_shape(job.output_shape(i))))
            return ops::refusal(job.node, "OpenVINO makes output " + std::to_string(i) + " " + outputs[i].get_partial_shape().to_string() +
                                              ", expected " + ops::shape_text(job.output_shape(i)));
    }
    return outputs;
} catch (const ov::Exception& error) {
    return ops::refusal(job.node, std::string("OpenVINO refuses it: ") + error.what());
}

bool same_grid(const octavo_quantization& a, const octavo_quantization& b) {
    const auto count = static_cast<std::size_t>(std::max(a.channels, 0));
    return a.channels == b.channels && a.channels > 0 && std::equal(a.scale, a.scale + count, b.scale) &&
           std::equal(a.zero_point, a.zero_point + count, b.zero_point);
}

class Builder {
public:
    Builder(const ops::GraphCopy& graph, const octavo_plan* plan) : graph_(graph), plan_(plan) {}

    Result<Network> run(std::span<const std::int32_t> taps) {
        ov::ParameterVector parameters;
        for (const std::int32_t id : graph_.inputs()) {
            parameters.push_back(std::make_shared<op::v0::Parameter>(element_type(tensor(id).type), shape_of(tensor(id))));
            values_[id] = parameters.back();
        }
        for (std::size_t i = 0; i < graph_.nodes().size(); ++i) OCTAVO_CHECK_OK(add_node(i));
        ov::ResultVector results;
        for (const std::int32_t id : graph_.outputs()) results.push_back(std::make_shared<op::v0::Result>(read(id, false)));
        for (const std::int32_t id : taps) results.push_back(std::make_shared<op::v0::Result>(read(id, false)));
        network_.model = std::make_shared<ov::Model>(results, parameters);
        return std::move(network_);
    }

private:
    const octavo_tensor_info& tensor(std::int32_t id) const { return graph_.tensors()[index(id)]; }

    // A tensor on the grid that its reader wants; as it is where the plan has none.
    Value read(std::int32_t id, bool by_depthwise) {
        if (!values_.contains(id)) values_[id] = constant(tensor(id), shape_of(tensor(id)));
        const octavo_quantization none{};
        const octavo_quantization& whole = plan_ ? plan_->whole[id] : none;
        const octavo_quantization& depthwise = plan_ ? plan_->depthwise[id] : none;
        if (whole.channels == 0 && depthwise.channels == 0) return values_.at(id);
        const bool by_channel = depthwise.channels > 0 && (by_depthwise || whole.channels == 0);
        const auto [known, is_new] = gridded_.try_emplace({id, by_channel});
        if (is_new) {
            known->second = quantized(values_.at(id), by_channel ? depthwise : whole);
            name(known->second, std::string("quantize ") + tensor(id).name + (by_channel ? " by channel" : ""));
        }
        return known->second;
    }

    static void name(const Value& value, const std::string& text) { value.get_node()->set_friendly_name(text); }

    // The ends of the grid are codes 0 and 255, so that zero lies on it: a zero point of 0 becomes u8 without one, 128 becomes i8.
    static Value quantized(const Value& value, const octavo_quantization& grid) {
        std::vector<float> low, high;
        for (std::int32_t c = 0; c < grid.channels; ++c) {
            const auto zero_point = static_cast<float>(grid.zero_point[c]);
            low.push_back(grid.scale[c] * -zero_point);
            high.push_back(grid.scale[c] * (kActivationLevels - zero_point));
        }
        ov::Shape shape;
        if (low.size() > 1) {
            shape.assign(value.get_shape().size(), 1);
            shape[1] = low.size();
        }
        const Value least = make<op::v0::Constant>(ov::element::f32, shape, low);
        const Value greatest = make<op::v0::Constant>(ov::element::f32, shape, high);
        return make<op::v0::FakeQuantize>(value, least, greatest, least, greatest, 256);
    }

    bool is_int8(std::size_t node) const { return plan_ && plan_->precision[node] == OCTAVO_INT8; }

    Value source(const ops::NodeView& node, std::size_t node_index, std::size_t i, const ops::Shape* wanted) {
        const octavo_tensor_info& info = node.input(i);
        const ov::Shape shape = wanted ? as_shape(*wanted) : shape_of(info);
        if (info.data && i == 1 && is_int8(node_index) && ops::find(node.op())->role == ops::Role::product)
            return quantized_weight(node, shape, plan_->weights[node.input_id(1)]);
        if (info.data && shape != shape_of(info)) return constant(info, shape);
        const Value value = read(node.input_id(i), i == 0 && ops::is_depthwise(node));
        if (shape == shape_of(info)) return value;
        return make<op::v1::Reshape>(value, integers({shape.begin(), shape.end()}), false);
    }

    // One scale an output channel, which the weight of a matrix product has at its end unless it is transposed.
    static Value quantized_weight(const ops::NodeView& node, const ov::Shape& shape, const octavo_quantization& grid) {
        const std::span<const float> scales(grid.scale, static_cast<std::size_t>(grid.channels));
        const bool last = node.op() == "MatMul" || (node.op() == "Gemm" && node.integer("transB", 0) == 0);
        const octavo_tensor_info& weight = node.input(1);
        const std::span values(static_cast<const float*>(weight.data), ov::shape_size(shape));
        const std::size_t inner = last ? 1 : values.size() / scales.size();
        std::vector<std::int8_t> codes(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) codes[i] = quantize_weight(values[i], scales[i / inner % scales.size()]);
        ov::Shape scale_shape(shape.size(), 1);
        if (scales.size() > 1) {
            const std::size_t dimensions = shape.size() > index(weight.rank) ? 2 : 1;  // group and channel, or channel
            if (last) scale_shape.back() = shape.back();
            if (!last) std::copy_n(shape.begin(), dimensions, scale_shape.begin());
        }
        const Value stored = make<op::v0::Constant>(ov::element::i8, shape, codes);
        const Value factors = make<op::v0::Constant>(ov::element::f32, scale_shape, std::vector<float>(scales.begin(), scales.end()));
        return make<op::v1::Multiply>(make<op::v0::Convert>(stored, ov::element::f32), factors);
    }

    Result<void> add_node(std::size_t i) {
        const ops::NodeView node(graph_.nodes()[i], graph_.tensors());
        OCTAVO_CHECK_OK(check_plan(node, i));
        OCTAVO_TRY(Outputs outputs,
                   build_checked({node, [&](std::size_t input, const ops::Shape* shape) { return source(node, i, input, shape); }}));
        if ((node.op() == "Conv" || node.op() == "Gemm") && node.has_input(3)) outputs[0] = with_residual(node, i, outputs[0]);
        outputs[0] = build_activation(node.activation(), outputs[0]);
        for (std::size_t o = 0; o < node.output_count(); ++o) {
            if (!node.has_output(o)) continue;
            values_[node.output_id(o)] = outputs[o];
            own(outputs[o].get_node(), i);
            if (keeps_grid(node, i, node.output_id(o))) gridded_[{node.output_id(o), false}] = outputs[o];
        }
        return {};
    }

    Result<void> check_plan(const ops::NodeView& node, std::size_t i) const {
        if (!is_int8(i) || ops::find(node.op())->role != ops::Role::product) return {};
        if (plan_->weights[node.input_id(1)].channels > 0) return {};
        return Error(Code::config, "plan, " + node.title() + ": weight '" + node.input(1).name + "' has no scales");
    }

    // The sum in front of the addition is rounded where the plan has a grid for it.
    Value with_residual(const ops::NodeView& node, std::size_t i, Value sum) {
        if (is_int8(i) && plan_->inner && plan_->inner[i].channels > 0) {
            own(sum.get_node(), i);
            sum = quantized(sum, plan_->inner[i]);
            name(sum, "quantize " + std::string(node.text("inner", node.name())));
        }
        return make<op::v1::Add>(sum, read(node.input_id(3), false));
    }

    // Moving values that lie on the output's grid gives such values: no FakeQuantize is needed behind.
    bool keeps_grid(const ops::NodeView& node, std::size_t i, std::int32_t output) const {
        if (!is_int8(i) || ops::find(node.op())->role != ops::Role::passes || node.op() == "Pad") return false;
        if ((node.op() == "Resize" || node.op() == "Upsample") && node.text("mode", "nearest") != "nearest") return false;
        for (std::size_t k = 0; k < node.input_count(); ++k) {
            if (!node.has_input(k) || node.input(k).type != OCTAVO_F32 || (node.input(k).data && node.op() != "Concat")) continue;
            if (!same_grid(plan_->whole[node.input_id(k)], plan_->whole[output])) return false;
        }
        return plan_->whole[output].channels > 0;
    }

    // Whatever the node has added, back to what others own; FakeQuantize, parameters and constants are nobody's.
    void own(const ov::Node* made, std::size_t node) {
        if (ov::is_type_any_of<op::v0::FakeQuantize, op::v0::Parameter, op::v0::Constant>(made)) return;
        if (!network_.owner.emplace(made->get_friendly_name(), node).second) return;
        for (const Value& input : made->input_values()) own(input.get_node(), node);
    }

    const ops::GraphCopy& graph_;
    const octavo_plan* plan_;
    Network network_;
    std::map<std::int32_t, Value> values_;                    // what operators have computed, inputs, and constants
    std::map<std::pair<std::int32_t, bool>, Value> gridded_;  // behind FakeQuantize; true: the grid by channel
};

}  // namespace

ov::element::Type element_type(octavo_type type) {
    switch (type) {
        case OCTAVO_U8:
            return ov::element::u8;
        case OCTAVO_S8:
            return ov::element::i8;
        case OCTAVO_S32:
            return ov::element::i32;
        case OCTAVO_S64:
            return ov::element::i64;
        case OCTAVO_BOOLEAN:
            return ov::element::boolean;
        case OCTAVO_F32:
            break;
    }
    return ov::element::f32;
}

ov::Shape shape_of(const octavo_tensor_info& tensor) {
    return {tensor.shape, tensor.shape + tensor.rank};
}

Result<void> check_node(const octavo_graph& graph, std::int32_t i) {
    const ops::NodeView node(graph.nodes[i], {graph.tensors, static_cast<std::size_t>(graph.tensor_count)});
    OCTAVO_CHECK_OK(ops::infer(node));
    const auto stand_in = [&](std::size_t input, const ops::Shape* wanted) -> Value {
        const octavo_tensor_info& info = node.input(input);
        const ov::Shape shape = wanted ? as_shape(*wanted) : shape_of(info);
        return info.data ? constant(info, shape) : make<op::v0::Parameter>(element_type(info.type), shape);
    };
    OCTAVO_CHECK_OK(build_checked({node, stand_in}));
    return {};
}

Result<Network> build_network(const ops::GraphCopy& graph, const octavo_plan* plan, std::span<const std::int32_t> taps) {
    return Builder(graph, plan).run(taps);
}

}  // namespace octavo::openvino
