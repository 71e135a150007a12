// See import.h.
#include "core/formats/openvino/import.h"

#include "core/base/text.h"
#include "core/formats/openvino/old_rows.h"
#include "core/graph/order.h"
#include "core/graph/unique_name.h"

#include <algorithm>

namespace octavo::openvino {
namespace {

const std::vector<std::int64_t> kNone;

bool is_structure(const Layer& layer) {
    return layer.type == "Const" || layer.type == "Parameter" || layer.type == "Result";
}

ReadRow* reader_of(const Net& net, const Layer& layer) {
    return net.is_old() ? old_row_of(layer.type) : row_of(layer.type);
}

// Every kind of layer that no row covers, in one message.
Result<void> check_types(const Net& net) {
    std::vector<Example> missing;
    for (const Layer& layer : net.layers)
        if (!is_structure(layer) && !reader_of(net, layer))
            missing.push_back({layer.type, layer.title() + (layer.opset.empty() ? "" : " (" + layer.opset + ")")});
    if (missing.empty()) return {};
    return Error(Code::model, "unsupported layers: " + first_of_each(missing) + ": docs/openvino.md lists what is read");
}

}  // namespace

TensorId Importer::define(const std::string& wish, Tensor tensor) {
    tensor.name = unique_name(taken_, wish);
    return graph_.add_tensor(std::move(tensor));
}

// Only the batch may be open, as in ONNX models.
Result<Tensor> Importer::parameter(const Layer& layer, const std::map<std::string, Tensor>& given) const {
    const auto refusal = [&](const std::string& why) { return Error(Code::model, layer.title() + ": " + why); };
    const std::string type = layer.data.attribute("element_type").value(), shape = layer.data.attribute("shape").value();
    Tensor tensor;
    const std::optional<octavo_type> known = graph_type(type);
    if (!known) return refusal("its type is '" + type + "', which is not supported");
    tensor.type = type == "i32" ? OCTAVO_S32 : *known;
    const std::string name = layer.outputs.empty() || layer.outputs[0].name().empty() ? layer.name : layer.outputs[0].name();
    const auto fixed = given.find(name);
    const std::vector<std::string> dims = shape.empty() ? std::vector<std::string>() : split(shape, ',');
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        const auto dim = integers_of(dims[axis]);
        if (dim && dim->size() == 1 && dim->front() >= 0) {
            tensor.shape.push_back(dim->front());
        } else if (fixed != given.end() && axis < fixed->second.shape.size() && axis > 0) {
            tensor.shape.push_back(fixed->second.shape[axis]);
        } else if (axis == 0) {
            tensor.shape.push_back(-1);
        } else {
            return refusal("dimension " + std::to_string(axis) + " of shape '" + shape +
                           "' is free: only the batch size may be, fix the others");
        }
    }
    if (tensor.shape.size() > OCTAVO_MAX_RANK) return refusal("it has more than " + std::to_string(OCTAVO_MAX_RANK) + " dimensions");
    return tensor;
}

Result<void> Importer::define_output(std::size_t i, std::size_t port, const std::map<std::string, Tensor>& given) {
    const Layer& layer = net_.layers[i];
    Tensor tensor;
    if (layer.type == "Const") {
        OCTAVO_TRY(tensor, read_constant(layer, binary_));
    } else if (layer.type == "Parameter") {
        OCTAVO_TRY(tensor, parameter(layer, given));
    }
    const std::string own = port == 0 ? layer.name : layer.name + "." + std::to_string(port);
    TensorId id = define(layer.outputs[port].names.empty() ? own : layer.outputs[port].name(), std::move(tensor));
    if (layer.type == "Parameter") {
        graph_.inputs.push_back(id);
        if (graph_[id].type == OCTAVO_S32) id = widened(id);
    }
    outputs_[i][port] = id;
    return {};
}

// Inside of a graph all integers are s64; int32 is for who feeds it and reads its answers.
TensorId Importer::widened(TensorId parameter) {
    Tensor wide;
    wide.type = OCTAVO_S64;
    const std::string name = graph_[parameter].name + "/s64";
    const TensorId id = define(name, std::move(wide));
    graph_.nodes.push_back({unique_name(taken_nodes_, name), "Cast", {parameter}, {id}, {{"to", std::int64_t{7}}}, {}});
    narrow_[id] = parameter;
    return id;
}

// What a Result reads, as int32 where the file has that, and by a tensor of its own where it has a name of its own.
void Importer::add_output() {
    const Source& source = layer_->inputs[0];
    const Layer& from = net_.layers[source.layer];
    const OutputPort& port = from.outputs[source.port];
    TensorId id = input(0);
    if (port.element == "i32" && !narrow_.contains(id)) {
        const std::string name = graph_[id].name;
        graph_[id].name = unique_name(taken_, name + "/s64");
        narrow_[id] = graph_.add_tensor({name, OCTAVO_S32, {}, {}, false});
        graph_.nodes.push_back({unique_name(taken_nodes_, name + "/s32"), "Cast", {id}, {narrow_[id]}, {{"to", std::int64_t{6}}}, {}});
    }
    if (const auto found = narrow_.find(id); found != narrow_.end()) id = found->second;
    const bool is_input = from.type == "Parameter";
    const std::size_t place = results_[{source.layer, source.port}]++ + (is_input ? 1 : 0);
    const bool has_name = place < port.names.size();
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end() || (is_input && has_name)) {
        const TensorId own = define(has_name ? port.names[place] : layer_->name, Tensor{});
        graph_.nodes.push_back({unique_name(taken_nodes_, layer_->name), "Identity", {id}, {own}, {}, {}});
        id = own;
    }
    graph_.outputs.push_back(id);
}

Result<Graph> Importer::run(const std::map<std::string, Tensor>& given) {
    OCTAVO_CHECK_OK(check_types(net_));
    graph_.name = net_.name.empty() ? "graph" : net_.name;
    outputs_.resize(net_.layers.size());
    // Names that the file gives tensors come first: a layer may bear another tensor's.
    for (const bool named : {true, false})
        for (std::size_t i = 0; i < net_.layers.size(); ++i) {
            const std::vector<OutputPort>& ports = net_.layers[i].outputs;
            outputs_[i].resize(ports.size());
            for (std::size_t port = 0; port < ports.size(); ++port)
                if (ports[port].names.empty() != named) OCTAVO_CHECK_OK(define_output(i, port, given));
        }
    for (place_ = 0; place_ < net_.layers.size(); ++place_) {
        layer_ = &net_.layers[place_];
        if (layer_->type == "Result") {
            if (input_count() != 1) return refusal("has " + std::to_string(input_count()) + " inputs, expected 1");
            add_output();
        }
        if (!is_structure(*layer_)) OCTAVO_CHECK_OK((*reader_of(net_, *layer_))(*this));
    }
    if (graph_.outputs.empty()) return Error(Code::model, "no Result layer, expected at least one");
    OCTAVO_CHECK_OK(sort_topologically(graph_));
    return std::move(graph_);
}

TensorId Importer::input(std::size_t i) const {
    if (i >= layer_->inputs.size()) return TensorId::none;
    const Source& source = layer_->inputs[i];
    return outputs_[source.layer][source.port];
}

const std::vector<std::int64_t>& Importer::declared(std::size_t output) const {
    return output < layer_->outputs.size() ? layer_->outputs[output].dims : kNone;
}

const std::vector<std::int64_t>& Importer::dims(std::size_t input) const {
    if (input >= layer_->inputs.size()) return kNone;
    const Source& source = layer_->inputs[input];
    return net_.layers[source.layer].outputs[source.port].dims;
}

Result<std::vector<std::int64_t>> Importer::integers(std::size_t i) const {
    const TensorId id = input(i);
    if (id == TensorId::none || !graph_[id].is_constant() || graph_[id].type != OCTAVO_S64)
        return refusal("input " + std::to_string(i) + " is no constant of integers");
    const auto values = graph_[id].data.as<std::int64_t>();
    return std::vector<std::int64_t>(values.begin(), values.end());
}

Result<std::vector<float>> Importer::reals(std::size_t i) const {
    const TensorId id = input(i);
    if (id == TensorId::none || !graph_[id].is_constant() || graph_[id].type != OCTAVO_F32)
        return refusal("input " + std::to_string(i) + " is no constant of real numbers");
    const auto values = graph_[id].data.as<float>();
    return std::vector<float>(values.begin(), values.end());
}

Result<std::int64_t> Importer::integer(std::size_t i) const {
    OCTAVO_TRY(const std::vector<std::int64_t> values, integers(i));
    if (values.size() != 1) return refusal("input " + std::to_string(i) + " has " + std::to_string(values.size()) + " values, expected 1");
    return values[0];
}

std::string Importer::text(const char* attribute, const char* fallback) const {
    return layer_->data.attribute(attribute).as_string(fallback);
}

bool Importer::flag(const char* attribute, bool fallback) const {
    return layer_->data.attribute(attribute).as_bool(fallback);
}

Result<std::vector<std::int64_t>> Importer::list(const char* attribute) const {
    const auto values = integers_of(text(attribute));
    if (values) return *values;
    return refusal(std::string(attribute) + " is '" + text(attribute) + "', expected integers");
}

Result<std::vector<float>> Importer::real_list(const char* attribute) const {
    const auto values = reals_of(text(attribute));
    if (values) return *values;
    return refusal(std::string(attribute) + " is '" + text(attribute) + "', expected numbers");
}

Result<std::int64_t> Importer::number(const char* attribute, std::int64_t fallback) const {
    if (!layer_->data.attribute(attribute)) return fallback;
    OCTAVO_TRY(const std::vector<std::int64_t> values, list(attribute));
    if (values.size() != 1) return refusal(std::string(attribute) + " is '" + text(attribute) + "', expected one integer");
    return values[0];
}

Result<float> Importer::real(const char* attribute, float fallback) const {
    if (!layer_->data.attribute(attribute)) return fallback;
    OCTAVO_TRY(const std::vector<float> values, real_list(attribute));
    if (values.size() != 1) return refusal(std::string(attribute) + " is '" + text(attribute) + "', expected one number");
    return values[0];
}

TensorId Importer::constant(const char* what, std::vector<std::int64_t> values) {
    Tensor tensor;
    tensor.type = OCTAVO_S64;
    tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.data = make_buffer(std::move(values));
    return define(layer_->name + "/" + what, std::move(tensor));
}

TensorId Importer::constant(const char* what, float value) {
    Tensor tensor;
    tensor.data = make_buffer(std::vector{value});
    return define(layer_->name + "/" + what, std::move(tensor));
}

TensorId Importer::constant(const char* what, std::vector<float> values) {
    Tensor tensor;
    tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.data = make_buffer(std::move(values));
    return define(layer_->name + "/" + what, std::move(tensor));
}

// Version 7 says the type with the values, older ones with the layer.
Result<TensorId> Importer::blob(const char* name, const std::optional<Shape>& shape) {
    const pugi::xml_node place = layer_->blobs.child(name);
    if (!place) return refusal(std::string("it has no ") + name);
    const pugi::xml_attribute own = place.attribute("precision");
    OCTAVO_TRY(Tensor tensor, read_values(layer_->title() + ", " + name, own ? element_of(own.value()) : std::string_view(layer_->element),
                                          shape, place, binary_));
    if (tensor.type != OCTAVO_F32) return refusal(std::string(name) + " are no real numbers");
    return define(layer_->name + "/" + name, std::move(tensor));
}

TensorId Importer::between(const char* what, const char* op, std::vector<TensorId> inputs, Attributes attributes) {
    const TensorId made = define(layer_->name + "/" + what, Tensor{});
    graph_.nodes.push_back(
        {unique_name(taken_nodes_, layer_->name + "/" + what), op, std::move(inputs), {made}, std::move(attributes), {}});
    return made;
}

void Importer::finish(const char* op, std::vector<TensorId> inputs, Attributes attributes, std::size_t outputs) {
    std::vector<TensorId> made = outputs_[place_];
    made.resize(std::min(made.size(), outputs));
    graph_.nodes.push_back({unique_name(taken_nodes_, layer_->name), op, std::move(inputs), std::move(made), std::move(attributes), {}});
}

}  // namespace octavo::openvino
