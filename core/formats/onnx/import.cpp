// Import in the order in which a person would look for a fault: versions, operators (all unknown ones at once), constants, inputs, nodes,
// outputs, order.
#include "core/formats/onnx/import.h"

#include "core/base/text.h"
#include "core/formats/onnx/quantized.h"
#include "core/graph/order.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace octavo::onnx {
namespace {

// Opset 7 brought the broadcasting that all rows assume. Newer opsets than the last change forms in ways nobody has looked at yet.
constexpr std::int64_t kFirstOpset = 7;
constexpr std::int64_t kLastOpset = 28;

std::string quoted(std::string_view name) {
    return "'" + std::string(name) + "'";
}

Result<std::int64_t> standard_opset(const ModelProto& model) {
    for (const auto& [domain, version] : model.opsets) {
        if (!is_standard(domain)) continue;
        if (version >= kFirstOpset && version <= kLastOpset) return version;
        return Error(Code::model, "opset " + std::to_string(version) + ", expected " + std::to_string(kFirstOpset) + " to " +
                                      std::to_string(kLastOpset) + ": convert the model with onnx.version_converter");
    }
    return Error(Code::model, "no opset of the standard operators is named: the file is truncated or no ONNX model");
}

// The name of each node: its own where it has one that is free, else operator and position, made unique.
std::vector<std::string> unique_node_names(const std::vector<NodeProto>& nodes) {
    std::set<std::string, std::less<>> taken;
    std::vector<std::string> names(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!nodes[i].name.empty() && taken.emplace(nodes[i].name).second) names[i] = nodes[i].name;
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!names[i].empty()) continue;
        const std::string wish = std::string(nodes[i].name.empty() ? nodes[i].op : nodes[i].name) + "_" + std::to_string(i);
        names[i] = wish;
        for (int number = 2; !taken.insert(names[i]).second; ++number) names[i] = wish + "." + std::to_string(number);
    }
    return names;
}

// Every kind of node that no row covers, in one message.
Result<void> check_operators(const std::vector<NodeProto>& nodes, const std::vector<std::string>& names) {
    std::vector<Example> missing;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const bool standard = is_standard(nodes[i].domain);
        if (standard && (nodes[i].op == "Constant" || ops::find(nodes[i].op))) continue;
        if (is_quantized_operator(nodes[i].op, standard)) continue;
        const std::string kind = (standard ? "" : std::string(nodes[i].domain) + ".") + std::string(nodes[i].op);
        missing.push_back({kind, kind + " " + quoted(names[i]) + (kind == "If" ? " (its condition is not constant)" : "")});
    }
    if (missing.empty()) return {};
    return Error(Code::model, "unsupported operators: " + first_of_each(missing) + ": 'octavo operators' lists what is supported");
}

Result<Attribute> attribute_of(const AttributeProto& proto) {
    switch (proto.type) {
        case AttributeType::real:
            return Attribute(proto.real);
        case AttributeType::integer:
            return Attribute(proto.integer);
        case AttributeType::text:
            return Attribute(std::string(proto.text));
        case AttributeType::reals:
            return Attribute(proto.reals);
        case AttributeType::integers:
            return Attribute(proto.integers);
        default:
            return Error(Code::model, "attribute " + quoted(proto.name) + " has type number " + std::to_string(proto.type_number) +
                                          ", expected int, float, string, or a list of ints or floats");
    }
}

// What has the same form but another meaning from some opset on.
bool depends_on_opset(std::string_view op) {
    return op == "Softmax" || op == "LogSoftmax" || op == "Hardmax";
}

template <class T>
Tensor constant_from(std::vector<T> values, octavo_type type, bool scalar) {
    Tensor tensor;
    tensor.type = type;
    if (!scalar) tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.data = make_buffer(std::move(values));
    return tensor;
}

Result<Tensor> constant_value(const NodeProto& node, ConstantReader& constants) {
    for (const AttributeProto& attribute : node.attributes) {
        if (attribute.name == "value" && attribute.tensor) return constants.read(*attribute.tensor);
        if (attribute.name == "value_float") return constant_from(std::vector{attribute.real}, OCTAVO_F32, true);
        if (attribute.name == "value_floats") return constant_from(attribute.reals, OCTAVO_F32, false);
        if (attribute.name == "value_int") return constant_from(std::vector{attribute.integer}, OCTAVO_S64, true);
        if (attribute.name == "value_ints") return constant_from(attribute.integers, OCTAVO_S64, false);
    }
    return Error(Code::model, "no value of numbers, which alone is supported");
}

// Inputs whose values inference needs, be it by way of other operators, become constants where values are given.
void fix_inputs_that_decide_shapes(Graph& graph, const InputValues& given) {
    std::vector<bool> decides(graph.tensors.size(), false);
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        const bool passes_on = node->op != "Shape" && node->op != "Size" &&
                               std::any_of(node->outputs.begin(), node->outputs.end(),
                                           [&](TensorId id) { return id != TensorId::none && decides[index(id)]; });
        const std::uint32_t read = ops::find(node->op)->value_inputs;
        for (std::size_t i = 0; i < node->inputs.size(); ++i)
            if (node->inputs[i] != TensorId::none && (passes_on || (i < 32 && (read >> i & 1U) != 0)))
                decides[index(node->inputs[i])] = true;
    }
    const auto fix = [&](TensorId id) {
        const auto value = given.find(graph[id].name);
        if (!decides[index(id)] || value == given.end() || value->second.type != graph[id].type) return false;
        graph[id].shape = value->second.shape;
        graph[id].data = value->second.data;
        return true;
    };
    std::erase_if(graph.inputs, fix);
}

class Importer {
public:
    Importer(const ModelProto& model, ConstantReader& constants, const InputValues& given)
        : model_(model), constants_(constants), given_(given), node_names_(unique_node_names(model.nodes)) {}

    Result<Graph> run() {
        if (!model_.has_graph) return Error(Code::model, "no graph: the file is truncated or no ONNX model");
        OCTAVO_TRY(opset_, standard_opset(model_));
        OCTAVO_CHECK_OK(check_operators(model_.nodes, node_names_));
        if (model_.has_sparse_initializer) return Error(Code::model, "sparse initializers, which are not supported: store them dense");
        graph_.name = model_.graph_name.empty() ? "graph" : std::string(model_.graph_name);
        OCTAVO_CHECK_OK(add_inputs());
        OCTAVO_CHECK_OK(add_initializers());
        OCTAVO_CHECK_OK(add_constant_nodes());
        OCTAVO_CHECK_OK(add_nodes());
        OCTAVO_CHECK_OK(add_outputs());
        OCTAVO_CHECK_OK(sort_topologically(graph_));
        OCTAVO_CHECK_OK(say_reals(graph_));
        fix_inputs_that_decide_shapes(graph_, given_);
        return std::move(graph_);
    }

private:
    Result<TensorId> define(std::string_view name, Tensor tensor) {
        tensor.name = name;
        const TensorId id = static_cast<TensorId>(graph_.tensors.size());
        if (!ids_.emplace(name, id).second) return Error(Code::model, "tensor " + quoted(name) + " is defined twice");
        graph_.tensors.push_back(std::move(tensor));
        return id;
    }

    Result<void> add_inputs() {
        std::set<std::string_view> initialized;
        for (const TensorProto& initializer : model_.initializers) initialized.insert(initializer.name);
        for (const ValueInfo& input : model_.inputs) {
            if (initialized.contains(input.name)) continue;
            const auto given = given_.find(std::string(input.name));
            Result<Tensor> tensor = input_tensor(input, given == given_.end() ? nullptr : &given->second);
            if (!tensor) return tensor.error().within("input " + quoted(input.name));
            OCTAVO_TRY(const TensorId id, define(input.name, std::move(*tensor)));
            graph_.inputs.push_back(id);
        }
        return {};
    }

    // Dimension 0 is the batch size where nothing is said about it; all others must be numbers, in the model or in what is given.
    static Result<Tensor> input_tensor(const ValueInfo& input, const Tensor* given) {
        Tensor tensor;
        const std::optional<octavo_type> type = graph_type(input.type);
        if (!input.is_tensor || !type) return Error(Code::model, "its type is " + type_name(input.type) + ", which is not supported");
        tensor.type = *type;
        if (!input.has_shape && given) {
            tensor.shape = given->shape;
            return tensor;
        }
        if (!input.has_shape) return Error(Code::model, "it has no shape: give the model one");
        if (input.dims.size() > OCTAVO_MAX_RANK)
            return Error(Code::model, "it has more than " + std::to_string(OCTAVO_MAX_RANK) + " dimensions");
        const bool fits = given && given->shape.size() == input.dims.size();
        for (std::size_t i = 0; i < input.dims.size(); ++i) {
            std::int64_t dim = input.dims[i].value_or(0);
            if (dim <= 0 && fits && (i > 0 || given->shape[0] == 0)) {
                tensor.shape.push_back(given->shape[i]);
                continue;
            }
            if (dim <= 0 && i > 0)
                return Error(Code::model, "dimension " + std::to_string(i) +
                                              " is free: only the batch size may be, fix the others (octavo convert --input-shape)");
            tensor.shape.push_back(dim <= 0 ? -1 : dim);
        }
        return tensor;
    }

    Result<void> add_initializers() {
        for (const TensorProto& initializer : model_.initializers) {
            Result<Tensor> tensor = constants_.read(initializer);
            if (!tensor) return tensor.error().within("initializer " + quoted(initializer.name));
            OCTAVO_CHECK_OK(discard(define(initializer.name, std::move(*tensor))));
        }
        return {};
    }

    Result<void> add_constant_nodes() {
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            const NodeProto& node = model_.nodes[i];
            if (node.op != "Constant") continue;
            Result<Tensor> tensor = constant_value(node, constants_);
            if (!tensor) return tensor.error().within(title(i));
            if (node.outputs.empty() || node.outputs[0].empty()) return Error(Code::model, title(i) + ": no output");
            OCTAVO_CHECK_OK(discard(define(node.outputs[0], std::move(*tensor))));
        }
        return {};
    }

    // Outputs first, for all nodes: the file's order may be any.
    Result<void> add_nodes() {
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            if (model_.nodes[i].op != "Constant") OCTAVO_CHECK_OK(add_node(i));
        }
        std::size_t next = 0;
        for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
            if (model_.nodes[i].op != "Constant") OCTAVO_CHECK_OK(connect(i, graph_.nodes[next++]));
        }
        return {};
    }

    Result<void> add_node(std::size_t i) {
        const NodeProto& proto = model_.nodes[i];
        Node node;
        node.name = node_names_[i];
        node.op = proto.op;
        std::size_t count = proto.outputs.size();
        while (count > 0 && proto.outputs[count - 1].empty()) --count;
        for (std::size_t k = 0; k < count; ++k) {
            TensorId id = TensorId::none;
            if (!proto.outputs[k].empty()) {
                OCTAVO_TRY(id, define(proto.outputs[k], Tensor{}));
            }
            node.outputs.push_back(id);
        }
        for (const AttributeProto& attribute : proto.attributes) {
            if (node.op == "ConstantOfShape" && attribute.name == "value" && attribute.tensor) {
                OCTAVO_CHECK_OK(add_value(i, *attribute.tensor));
                continue;
            }
            Result<Attribute> value = attribute_of(attribute);
            if (!value) return value.error().within(title(i));
            node.attributes.emplace(attribute.name, std::move(*value));
        }
        if (depends_on_opset(node.op)) node.attributes.insert_or_assign("opset", opset_);
        graph_.nodes.push_back(std::move(node));
        return {};
    }

    // ConstantOfShape's attribute of tensor type: graphs have none, so it becomes input 1.
    Result<void> add_value(std::size_t i, const TensorProto& value) {
        Result<Tensor> tensor = constants_.read(value);
        if (!tensor) return tensor.error().within(title(i));
        OCTAVO_TRY(fill_values_[i], define(node_names_[i] + ".value", std::move(*tensor)));
        return {};
    }

    Result<void> connect(std::size_t i, Node& node) {
        const NodeProto& proto = model_.nodes[i];
        std::size_t count = proto.inputs.size();
        while (count > 0 && proto.inputs[count - 1].empty()) --count;
        for (std::size_t k = 0; k < count; ++k) {
            if (proto.inputs[k].empty()) {
                node.inputs.push_back(TensorId::none);
                continue;
            }
            const auto found = ids_.find(std::string(proto.inputs[k]));
            if (found == ids_.end()) return Error(Code::model, title(i) + ": reads " + quoted(proto.inputs[k]) + ", which nothing makes");
            node.inputs.push_back(found->second);
        }
        if (const auto value = fill_values_.find(i); value != fill_values_.end()) node.inputs.push_back(value->second);
        return {};
    }

    Result<void> add_outputs() {
        for (const ValueInfo& output : model_.outputs) {
            const auto found = ids_.find(std::string(output.name));
            if (found == ids_.end()) return Error(Code::model, "output " + quoted(output.name) + ": nothing makes it");
            graph_.outputs.push_back(found->second);
        }
        if (graph_.outputs.empty()) return Error(Code::model, "no outputs, expected at least one");
        return {};
    }

    static Result<void> discard(Result<TensorId> id) {
        if (!id) return id.error();
        return {};
    }

    std::string title(std::size_t i) const { return std::string(model_.nodes[i].op) + " " + quoted(node_names_[i]); }

    const ModelProto& model_;
    ConstantReader& constants_;
    const InputValues& given_;
    std::vector<std::string> node_names_;
    std::int64_t opset_ = 0;
    Graph graph_;
    std::unordered_map<std::string, TensorId> ids_;
    std::map<std::size_t, TensorId> fill_values_;  // by node: the value of a ConstantOfShape
};

}  // namespace

Result<Graph> import_graph(const ModelProto& model, ConstantReader& constants, const InputValues& given) {
    return Importer(model, constants, given).run();
}

}  // namespace octavo::onnx
