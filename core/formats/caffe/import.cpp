// See import.h.
#include "core/formats/caffe/import.h"

#include "core/base/text.h"
#include "core/formats/caffe/rows.h"
#include "core/graph/flat.h"
#include "core/graph/unique_name.h"
#include "sdk/ops/op.h"

#include <algorithm>
#include <cmath>

namespace octavo::caffe {
namespace {

// Every kind of layer that no row covers, in one message.
Result<void> check_types(const Net& net) {
    std::vector<Example> missing;
    for (const Layer& layer : net.layers)
        if (!layer.is_input && !is_type(layer.type, "Silence") && !row_of(layer.type)) missing.push_back({layer.type, layer.title()});
    if (missing.empty()) return {};
    return Error(Code::model, "unsupported layers: " + first_of_each(missing) + ": docs/caffe.md lists what is read");
}

Result<void> check_arity(const Layer& layer, const Row& row) {
    const auto misfit = [&](const char* what, std::size_t count, std::size_t least, std::size_t most) -> Result<void> {
        if (count >= least && count <= most) return {};
        return Error(Code::model, layer.title() + ": " + std::to_string(count) + " " + what + ", expected " +
                                      (count < least ? "at least " + std::to_string(least) : "at most " + std::to_string(most)));
    };
    OCTAVO_CHECK_OK(misfit("bottoms", layer.bottoms.size(), row.least_bottoms, row.most_bottoms));
    return misfit("tops", layer.tops.size(), 1, row.most_tops);
}

Result<void> check_keys(const Layer& layer, const Row& row, const Field& parameters) {
    const std::vector<std::string> known = split(row.keys, ' ');
    for (const Field& field : parameters.fields)
        if (std::find(known.begin(), known.end(), field.name) == known.end())
            return Error(Code::model, layer.title() + ": line " + std::to_string(field.line) + ": " + std::string(field.name) +
                                          ", which is not supported" + did_you_mean(field.name, known));
    return {};
}

// Without dimensions of 1, which blobs of different years have at different places.
Shape without_ones(Shape shape) {
    std::erase(shape, 1);
    return shape;
}

// Below this no sum or product of two dimensions overflows.
Result<void> expect_size(const Shape& shape) {
    if (element_count(shape) <= std::int64_t{1} << 40) return {};
    return Error(Code::model, "makes " + ops::shape_text(shape) + ", which is too large");
}

// Types and shapes of what the node writes.
Result<void> infer(Graph& graph, const Node& node) {
    Node local{node.name, node.op, {}, {}, node.attributes, {}};
    std::vector<octavo_tensor_info> infos;
    for (const auto& [from, to] : {std::pair(&node.inputs, &local.inputs), std::pair(&node.outputs, &local.outputs)})
        for (const TensorId id : *from) {
            to->push_back(id == TensorId::none ? id : static_cast<TensorId>(infos.size()));
            if (id != TensorId::none) infos.push_back(flatten(graph[id]));
        }
    const FlatNode flat(local);
    OCTAVO_TRY(const std::vector<ops::TensorType> types, ops::infer(ops::NodeView(flat.view(), infos)));
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        if (i >= types.size())
            return Error(Code::model, std::to_string(node.outputs.size()) + " tops, expected " + std::to_string(types.size()));
        if (types[i].shape.size() > OCTAVO_MAX_RANK) return Error(Code::model, "its output has more than 8 dimensions");
        OCTAVO_CHECK_OK(expect_size(types[i].shape));
        graph[node.outputs[i]].type = types[i].type;
        graph[node.outputs[i]].shape = types[i].shape;
    }
    return {};
}

// Operators put their own title in front, which may be the layer's.
template <class T>
Result<T> within(Result<T> result, const Layer& layer) {
    if (result || result.error().message().starts_with(layer.title())) return result;
    return result.error().within(layer.title());
}

}  // namespace

TensorId Importer::define(const std::string& wish, Tensor tensor) {
    tensor.name = unique_name(taken_, wish);
    return graph_.add_tensor(std::move(tensor));
}

// An input, or the last layer that writes a blob, makes the tensor of the blob's name; what is written in between is named after its layer.
TensorId Importer::define_top(const std::string& top) {
    const auto left = writes_.find(top);
    const bool bears_name = layer_->is_input || (left != writes_.end() && --left->second == 0);
    if (layer_->is_input) writes_.erase(top);
    Tensor tensor;
    tensor.name = bears_name ? top : unique_name(taken_, layer_->name);
    const TensorId id = graph_.add_tensor(std::move(tensor));
    blobs_[top] = versions_.size();
    versions_.push_back({id, false});
    return id;
}

// What the file leaves open is taken from `given`; only the batch may be open.
Result<Shape> Importer::input_shape(std::size_t top, const std::map<std::string, Tensor>& given) const {
    const auto fixed = given.find(layer_->tops[top]);
    if (layer_->shapes.empty()) {
        if (fixed != given.end()) return fixed->second.shape;
        return refusal("the file does not say its shape: give it an input_param with a shape");
    }
    if (layer_->shapes.size() > 1 && top >= layer_->shapes.size()) return refusal("more tops than shapes");
    Shape shape = layer_->shapes[layer_->shapes.size() == 1 ? 0 : top];
    if (shape.size() > OCTAVO_MAX_RANK) return refusal("it has more than " + std::to_string(OCTAVO_MAX_RANK) + " dimensions");
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] > 0) continue;
        if (i == 0)
            shape[i] = -1;
        else if (fixed != given.end() && i < fixed->second.shape.size())
            shape[i] = fixed->second.shape[i];
        else
            return refusal("dimension " + std::to_string(i) + " of '" + layer_->tops[top] + "' is " + std::to_string(shape[i]) +
                           ": only the batch size may be free, fix the others");
    }
    return shape;
}

// Inputs that nothing in use reads, such as labels, are left out.
Result<void> Importer::add_inputs(const std::map<std::string, Tensor>& given) {
    std::set<std::string_view> read;
    for (const Layer& layer : net_.layers)
        if (row_of(layer.type)) read.insert(layer.bottoms.begin(), layer.bottoms.end());
    for (const Layer& layer : net_.layers) {
        layer_ = &layer;
        for (std::size_t top = 0; layer.is_input && top < layer.tops.size(); ++top) {
            if (!read.contains(layer.tops[top])) continue;
            OCTAVO_TRY(Shape shape, input_shape(top, given));
            const TensorId id = define_top(layer.tops[top]);
            graph_[id].free_batch = !shape.empty() && shape[0] == -1;
            if (graph_[id].free_batch) shape[0] = 1;
            OCTAVO_CHECK_OK(within(expect_size(shape), layer));
            graph_[id].shape = std::move(shape);
            graph_.inputs.push_back(id);
            versions_.back().is_read = true;  // no output, whoever reads it
        }
    }
    return {};
}

Result<void> Importer::add_layer() {
    const Row* const row = row_of(layer_->type);  // of Silence, which reads what need not be there: none
    inputs_.clear();
    for (const std::string& bottom : layer_->bottoms) {
        const auto found = blobs_.find(bottom);
        if (found == blobs_.end() && row) return refusal("reads '" + bottom + "', which no layer before it makes");
        if (found == blobs_.end()) continue;
        versions_[found->second].is_read = true;
        inputs_.push_back(versions_[found->second].id);
    }
    if (!row) return {};
    for (const std::string& top : layer_->tops)
        if (blobs_.contains(top) && std::find(layer_->bottoms.begin(), layer_->bottoms.end(), top) == layer_->bottoms.end())
            return refusal("makes '" + top + "', which another layer makes already");
    OCTAVO_CHECK_OK(check_arity(*layer_, *row));
    static const Field kNone;
    OCTAVO_TRY(const Field* const parameters, within(single(*layer_->fields, row->parameters), *layer_));
    parameters_ = parameters ? parameters : &kNone;
    OCTAVO_CHECK_OK(check_keys(*layer_, *row, *parameters_));
    return row->read(*this);
}

Result<Graph> Importer::run(const std::map<std::string, Tensor>& given) {
    OCTAVO_CHECK_OK(check_types(net_));
    graph_.name = net_.name.empty() ? "graph" : net_.name;
    for (const Layer& layer : net_.layers) {
        ++bearers_[layer.name];
        for (const std::string& top : layer.tops) {
            if (!layer.is_input) ++writes_[top];
            taken_.emplace(top, 1);
        }
    }
    OCTAVO_CHECK_OK(add_inputs(given));
    for (const Layer& layer : net_.layers) {
        layer_ = &layer;
        if (!layer.is_input) OCTAVO_CHECK_OK(add_layer());
    }
    for (const Version& version : versions_)
        if (!version.is_read) graph_.outputs.push_back(version.id);
    if (graph_.outputs.empty()) return Error(Code::model, "no layer makes a blob that none reads, so there is no output");
    return std::move(graph_);
}

Result<void> Importer::expect_rank(std::size_t rank) const {
    if (shape(0).size() == rank) return {};
    return refusal("reads " + ops::shape_text(shape(0)) + ", expected " + std::to_string(rank) + " dimensions");
}

Result<bool> Importer::flag(std::string_view key, bool fallback) const {
    return within(caffe::flag(*parameters_, key, fallback), *layer_);
}
Result<std::int64_t> Importer::integer(std::string_view key, std::int64_t fallback) const {
    return within(caffe::integer(*parameters_, key, fallback), *layer_);
}
Result<float> Importer::real(std::string_view key, float fallback) const {
    return within(caffe::real(*parameters_, key, fallback), *layer_);
}
Result<std::vector<std::int64_t>> Importer::integers(std::string_view key) const {
    return within(caffe::integers(*parameters_, key), *layer_);
}
Result<std::vector<float>> Importer::reals(std::string_view key) const {
    return within(caffe::reals(*parameters_, key), *layer_);
}

Result<std::vector<std::int64_t>> Importer::dims(std::string_view key) const {
    OCTAVO_TRY(const Field* const shape, within(single(*parameters_, key), *layer_));
    if (!shape) return refusal("without " + std::string(key));
    return within(caffe::integers(*shape, "dim"), *layer_);
}

Result<std::size_t> Importer::choice(std::string_view key, std::initializer_list<std::string_view> words, std::int64_t first) const {
    OCTAVO_TRY(const std::string found, within(caffe::text(*parameters_, key, *words.begin()), *layer_));
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words.begin()[i];
        if (found == word || found == std::to_string(first + static_cast<std::int64_t>(i))) return i;
        list += (i == 0 ? "" : ", ") + std::string(word);
    }
    return refusal(std::string(key) + " is " + found + ", expected one of " + list);
}

Result<std::size_t> Importer::axis(std::string_view key, std::int64_t fallback, bool behind) const {
    OCTAVO_TRY(const std::int64_t value, integer(key, fallback));
    const auto rank = static_cast<std::int64_t>(shape(0).size()), most = rank + (behind ? 1 : 0);
    const std::int64_t resolved = value < 0 && value >= -most ? value + most : value;
    if (resolved >= 0 && resolved < most) return static_cast<std::size_t>(resolved);
    return refusal(std::string(key) + " is " + std::to_string(value) + ", its bottom is " + ops::shape_text(shape(0)));
}

Result<Buffer> Importer::blob_data(std::size_t i, const char* what, const Shape& shape) const {
    const auto found = weights_.find(layer_->name);
    if (found == weights_.end()) return refusal("the caffemodel has no blobs of a layer of this name");
    if (bearers_.at(layer_->name) > 1) return refusal("another layer has this name, so the caffemodel does not say whose blobs it holds");
    const auto misfit = [&](const std::string& why) { return refusal("blob " + std::to_string(i) + " (" + what + ") " + why); };
    if (i >= found->second.size()) return misfit("is missing, the caffemodel has " + std::to_string(found->second.size()));
    const Blob& blob = found->second[i];
    if (without_ones(blob.dims) != without_ones(shape))
        return misfit("is " + ops::shape_text(blob.dims) + ", expected " + ops::shape_text(shape));
    if (static_cast<std::int64_t>(blob.count()) != element_count(shape))
        return misfit("has " + std::to_string(blob.count()) + " values, its shape " + ops::shape_text(shape) + " needs " +
                      std::to_string(element_count(shape)));
    Buffer data = values_of(blob, owner_);
    const auto values = data.as<float>();
    const auto odd = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    if (odd == values.end()) return data;
    return misfit(std::string("has ") + (std::isnan(*odd) ? "nan" : "inf") + " at " + std::to_string(odd - values.begin()) +
                  ", expected finite numbers");
}

Result<std::vector<float>> Importer::blob_values(std::size_t i, const char* what, const Shape& shape) const {
    OCTAVO_TRY(const Buffer data, blob_data(i, what, shape));
    const auto values = data.as<float>();
    return std::vector<float>(values.begin(), values.end());
}

Result<TensorId> Importer::blob(std::size_t i, const char* what, const Shape& shape) {
    Tensor tensor;
    tensor.shape = shape;
    OCTAVO_TRY(tensor.data, blob_data(i, what, shape));
    return define(layer_->name + "/" + what, std::move(tensor));
}

TensorId Importer::constant(const char* what, std::vector<std::int64_t> values) {
    Tensor tensor;
    tensor.type = OCTAVO_S64;
    tensor.shape = {static_cast<std::int64_t>(values.size())};
    tensor.data = make_buffer(std::move(values));
    return define(layer_->name + "/" + what, std::move(tensor));
}

TensorId Importer::constant(const char* what, Shape shape, std::vector<float> values) {
    Tensor tensor;
    tensor.shape = std::move(shape);
    tensor.data = make_buffer(std::move(values));
    return define(layer_->name + "/" + what, std::move(tensor));
}

Result<void> Importer::add_node(const std::string& name, const char* op, std::vector<TensorId> inputs, std::vector<TensorId> outputs,
                                Attributes attributes) {
    Node node{unique_name(taken_nodes_, name), op, std::move(inputs), std::move(outputs), std::move(attributes), {}};
    OCTAVO_CHECK_OK(within(infer(graph_, node), *layer_));
    graph_.nodes.push_back(std::move(node));
    return {};
}

Result<TensorId> Importer::between(const char* op, std::vector<TensorId> inputs, Attributes attributes) {
    const std::string name = layer_->name + "/" + op;
    const TensorId made = define(name, Tensor{});
    OCTAVO_CHECK_OK(add_node(name, op, std::move(inputs), {made}, std::move(attributes)));
    return made;
}

Result<void> Importer::finish(const char* op, std::vector<TensorId> inputs, Attributes attributes) {
    std::vector<TensorId> tops;
    for (const std::string& top : layer_->tops) tops.push_back(define_top(top));
    return add_node(layer_->name, op, std::move(inputs), std::move(tops), std::move(attributes));
}

Result<void> Importer::finish_each(const char* op, std::vector<TensorId> inputs) {
    for (const std::string& top : layer_->tops) OCTAVO_CHECK_OK(add_node(layer_->name, op, inputs, {define_top(top)}, {}));
    return {};
}

Result<void> Importer::finish(TensorId x, std::vector<Step> steps) {
    if (steps.empty()) steps.push_back({"Identity", {}, {}});
    for (Step& step : steps) {
        step.more.insert(step.more.begin(), x);
        if (&step == &steps.back()) break;
        OCTAVO_TRY(x, between(step.op, std::move(step.more), std::move(step.attributes)));
    }
    return finish(steps.back().op, std::move(steps.back().more), std::move(steps.back().attributes));
}

}  // namespace octavo::caffe
