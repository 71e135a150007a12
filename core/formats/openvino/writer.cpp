// Tensors, weights and grids; operators.h writes what stands between them.
#include "core/formats/openvino/writer.h"

#include "core/formats/openvino/half_weights.h"
#include "core/formats/openvino/operators.h"
#include "core/graph/flat.h"
#include "core/graph/product.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <map>

namespace octavo {
namespace openvino {
namespace {

Graph with_replaced(Graph graph, const Plan* plan) {
    for (Tensor& tensor : graph.tensors) {
        if (!plan || !tensor.is_constant()) continue;
        const auto found = plan->replaced.find(tensor.name);
        if (found != plan->replaced.end()) tensor.data = make_buffer(found->second);
    }
    return graph;
}

class Writer {
public:
    Writer(const Graph& graph, const Plan* plan, StoredWeights stored)
        : graph_(with_replaced(graph, plan)), plan_(plan), stored_(stored), types_(port_types(graph_)), ir_(graph.name) {
        for (const Tensor& tensor : graph_.tensors) infos_.push_back(flatten(tensor));
    }

    Result<IrModel> run(const std::string& made_by) {
        for (const TensorId id : graph_.inputs) write_input(id);
        for (const Node& node : graph_.nodes) OCTAVO_CHECK_OK(write_node(node));
        for (const TensorId id : graph_.outputs) write_output(id);
        ir_.add_note("made_by", made_by);
        ir_.add_note("weights", plan_ ? "int8" : "float32");
        return IrModel{ir_.xml(), ir_.take_binary()};
    }

private:
    // ---- tensors

    void write_input(TensorId id) {
        const Tensor& tensor = graph_[id];
        const PortType& type = types_[index(id)];
        std::string shape;
        for (const std::int64_t dim : type.shape) shape += (shape.empty() ? "" : ",") + (dim < 0 ? "?" : std::to_string(dim));
        const Value value =
            ir_.add({"Parameter", "opset1"}, tensor.name, {{"shape", shape}, {"element_type", element_type(type.type)}}, {}, type);
        ir_.name_tensor(value, tensor.name);
        if (type.shape.size() == 4) ir_.set_layout(value, "[N,C,H,W]");
        values_[id] = value;
    }

    static bool contains(const std::vector<TensorId>& ids, TensorId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

    // What readers of the model get bears the name of the output, be it a FakeQuantize.
    void write_output(TensorId id) {
        const Value value = read(id, false);
        if (!contains(graph_.inputs, id)) ir_.name_tensor(value, graph_[id].name);
        ir_.add({"Result", "opset1"}, graph_[id].name + "/result", {}, Values{value}, std::span<const PortType>());
    }

    const TensorPlan* grids_of(const std::string& tensor) const {
        if (!plan_) return nullptr;
        const auto found = plan_->tensors.find(tensor);
        return found == plan_->tensors.end() ? nullptr : &found->second;
    }

    // A tensor on the grid that its reader wants; as it is where the plan has none.
    Value read(TensorId id, bool by_depthwise) {
        if (graph_[id].is_constant()) return read_constant(id);
        const TensorPlan* grids = grids_of(graph_[id].name);
        if (!grids || (!grids->whole && !grids->depthwise)) return values_.at(id);
        const bool by_channel = grids->depthwise && (by_depthwise || !grids->whole);
        Value& known = gridded_[{id, by_channel}];
        if (known.layer < 0)
            known = quantized(graph_[id].name, values_.at(id), types_[index(id)], by_channel ? *grids->depthwise : *grids->whole);
        return known;
    }

    Value read_constant(TensorId id) {
        const Tensor& tensor = graph_[id];
        const auto found = values_.find(id);
        if (found != values_.end()) return found->second;
        return values_[id] = ir_.constant(tensor.name, tensor.type, tensor.shape, tensor.data);
    }

    // The ends of the grid are codes 0 and 255, so that zero lies on it: a zero point of 0 becomes u8 without one, 128 becomes i8.
    Value quantized(const std::string& tensor, Value value, const PortType& type, const Quantization& grid) {
        const std::string name = tensor + "/fq";
        const std::size_t count = std::max(grid.scale.size(), grid.zero_point.size());
        std::vector<float> low, high;
        for (std::size_t c = 0; c < count; ++c) {
            const float scale = grid.scale[grid.scale.size() == 1 ? 0 : c];
            const auto zero_point = static_cast<float>(grid.zero_point[grid.zero_point.size() == 1 ? 0 : c]);
            low.push_back(scale * -zero_point);
            high.push_back(scale * (kActivationLevels - zero_point));
        }
        Shape shape;
        if (count > 1) {
            shape.assign(type.shape.size(), 1);
            shape[1] = static_cast<std::int64_t>(count);
        }
        const Value least = ir_.constant(name + "/low", OCTAVO_F32, shape, make_buffer(std::move(low)));
        const Value greatest = ir_.constant(name + "/high", OCTAVO_F32, shape, make_buffer(std::move(high)));
        return ir_.add({"FakeQuantize", "opset1"}, name, {{"levels", "256"}, {"auto_broadcast", "numpy"}},
                       {value, least, greatest, least, greatest}, type);
    }

    // ---- nodes

    bool is_int8(const Node& node) const { return plan_ && octavo::is_int8(*plan_, node); }

    const std::vector<float>* weight_scale(const Node& node, std::size_t input) const {
        if (input != 1 || !is_int8(node) || ops::find(node.op)->role != ops::Role::product) return nullptr;
        const auto found = plan_->weight_scale.find(graph_[node.inputs[1]].name);
        return found == plan_->weight_scale.end() ? nullptr : &found->second;
    }

    Value source(const Node& node, std::size_t i, const Shape* wanted) {
        const TensorId id = node.inputs[i];
        const Tensor& tensor = graph_[id];
        const Shape& shape = wanted ? *wanted : tensor.shape;
        if (tensor.is_constant()) {
            if (const std::vector<float>* scale = weight_scale(node, i)) return quantized_weight(node, shape, *scale);
            if (stored_ == StoredWeights::float16 && i == 1 && tensor.type == OCTAVO_F32 && ops::find(node.op)->role == ops::Role::product)
                if (const auto bits = half_bits(tensor.data.as<float>())) return ir_.half_constant(tensor.name, shape, *bits);
            return shape == tensor.shape ? read_constant(id) : ir_.constant(tensor.name, tensor.type, shape, tensor.data);
        }
        const Value value = read(id, i == 0 && is_depthwise(graph_, node));
        if (shape == types_[index(id)].shape || !wanted) return value;
        return ir_.add({"Reshape", "opset1"}, tensor.name + "/reshape", {{"special_zero", "false"}},
                       {value, ir_.integers(tensor.name + "/shape", shape)}, {tensor.type, shape});
    }

    // One scale an output channel, which the weight of a matrix product has at its end unless it is transposed.
    Value quantized_weight(const Node& node, const Shape& shape, const std::vector<float>& scale) {
        const Tensor& weight = graph_[node.inputs[1]];
        const bool last = channels_last(node);
        const std::span<const float> values = weight.data.as<float>();
        const std::size_t inner = last ? 1 : values.size() / scale.size();
        std::vector<std::int8_t> codes(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) codes[i] = quantize_weight(values[i], scale[i / inner % scale.size()]);
        Shape scale_shape(shape.size(), 1);
        if (scale.size() > 1) {
            const bool grouped = shape.size() > weight.shape.size();
            for (const std::size_t axis : last      ? std::vector{shape.size() - 1}
                                          : grouped ? std::vector<std::size_t>{0, 1}
                                                    : std::vector<std::size_t>{0})
                scale_shape[axis] = shape[axis];
        }
        const Value stored = ir_.constant(weight.name + "/i8", OCTAVO_S8, shape, make_buffer(std::move(codes)));
        const Value real =
            ir_.add({"Convert", "opset1"}, weight.name + "/convert", {{"destination_type", "f32"}}, {stored}, {OCTAVO_F32, shape});
        const Value factors = ir_.constant(weight.name + "/scale", OCTAVO_F32, scale_shape, make_buffer(scale));
        return ir_.add({"Multiply", "opset1"}, weight.name, {{"auto_broadcast", "numpy"}}, {real, factors}, {OCTAVO_F32, shape});
    }

    Result<void> write_node(const Node& node) {
        Job job{
            ir_, graph_, node, is_int8(node), types_, infos_, [&](std::size_t i, const Shape* shape) { return source(node, i, shape); }};
        OCTAVO_TRY(Values outputs, write_operator(job));
        if (residual_of(node) != TensorId::none) outputs[0] = add_residual(node, outputs[0], job.output());
        outputs[0] = write_activation(ir_, node.name, activation_of(node), outputs[0], job.output());
        for (std::size_t i = 0; i < node.outputs.size(); ++i) {
            const TensorId id = node.outputs[i];
            if (id == TensorId::none) continue;
            if (i >= outputs.size()) return job.refusal("it has " + std::to_string(node.outputs.size()) + " outputs");
            values_[id] = outputs[i];
            if (!contains(graph_.outputs, id)) ir_.name_tensor(outputs[i], graph_[id].name);
            if (keeps_grid(node, id)) gridded_[{id, false}] = outputs[i];
        }
        return {};
    }

    // Devices round the sum in front of the addition where the plan has a grid for it.
    Value add_residual(const Node& node, Value sum, const PortType& type) {
        const std::string inner = attribute_or(node, "inner", std::string());
        if (!inner.empty()) ir_.name_tensor(sum, inner);
        const TensorPlan* grids = is_int8(node) ? grids_of(inner) : nullptr;
        if (grids && grids->whole) sum = quantized(inner, sum, type, *grids->whole);
        return ir_.add({"Add", "opset1"}, node.name + "/add", {{"auto_broadcast", "numpy"}}, {sum, read(residual_of(node), false)}, type);
    }

    // Moving values that lie on the output's grid gives such values: no FakeQuantize is needed behind.
    bool keeps_grid(const Node& node, TensorId output) const {
        if (!is_int8(node) || ops::find(node.op)->role != ops::Role::passes) return false;
        const bool interpolates =
            (node.op == "Resize" || node.op == "Upsample") && attribute_or(node, "mode", std::string("nearest")) != "nearest";
        const TensorPlan* grids = grids_of(graph_[output].name);
        if (interpolates || node.op == "Pad" || !grids || !grids->whole) return false;
        return std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
            if (id == TensorId::none || graph_[id].type != OCTAVO_F32 || (graph_[id].is_constant() && node.op != "Concat")) return true;
            const TensorPlan* from = grids_of(graph_[id].name);
            return from && from->whole == grids->whole;
        });
    }

    const Graph graph_;
    const Plan* plan_;
    const StoredWeights stored_;
    const std::vector<PortType> types_;
    IrBuilder ir_;
    std::vector<octavo_tensor_info> infos_;
    std::map<TensorId, Value> values_;                    // what operators have computed, and constants
    std::map<std::pair<TensorId, bool>, Value> gridded_;  // behind FakeQuantize; true: the grid by channel
};

}  // namespace
}  // namespace openvino

Result<IrModel> write_ir(const Graph& graph, const Plan* plan, const std::string& made_by, StoredWeights stored) {
    return openvino::Writer(graph, plan, stored).run(made_by);
}

}  // namespace octavo
