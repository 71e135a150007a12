// From a parsed IR to a graph, layer by layer: what the rows of import_rows.cpp have to hand, and the walk over all layers.
#pragma once

#include "core/formats/openvino/ir_document.h"

#include <map>

namespace octavo::openvino {

class Importer {
public:
    Importer(const Net& net, const Buffer& binary) : net_(net), binary_(binary) {}

    // In topological order, shapes not inferred.
    Result<Graph> run(const std::map<std::string, Tensor>& given);

    // ---- for the rows: of the layer that is being read

    const Layer& layer() const { return *layer_; }
    std::size_t input_count() const { return layer_->inputs.size(); }
    TensorId input(std::size_t i) const;
    const std::vector<std::int64_t>& dims(std::size_t input) const;  // as the file says them, -1: open
    std::size_t rank(std::size_t input) const { return dims(input).size(); }
    const std::vector<std::int64_t>& declared(std::size_t output = 0) const;  // the same of an output
    bool is_old() const { return net_.is_old(); }
    // Values of an input that must be constant.
    Result<std::vector<std::int64_t>> integers(std::size_t input) const;
    Result<std::vector<float>> reals(std::size_t input) const;
    Result<std::int64_t> integer(std::size_t input) const;

    std::string text(const char* attribute, const char* fallback = "") const;
    bool flag(const char* attribute, bool fallback = false) const;
    Result<std::int64_t> number(const char* attribute, std::int64_t fallback) const;
    Result<float> real(const char* attribute, float fallback) const;
    Result<std::vector<std::int64_t>> list(const char* attribute) const;
    Result<std::vector<float>> real_list(const char* attribute) const;

    TensorId constant(const char* what, std::vector<std::int64_t> values);
    TensorId constant(const char* what, float value);
    TensorId constant(const char* what, std::vector<float> values);
    // Weights that lie beside an old layer, in this shape or as they come.
    bool has_blob(const char* name) const { return !layer_->blobs.child(name).empty(); }
    Result<TensorId> blob(const char* name, const std::optional<Shape>& shape = std::nullopt);
    // A node between, with a tensor of its own.
    TensorId between(const char* what, const char* op, std::vector<TensorId> inputs, Attributes attributes = {});
    // The node that writes the layer's outputs, as many as `outputs` says: what is behind has no counterpart and must not be read.
    void finish(const char* op, std::vector<TensorId> inputs, Attributes attributes = {}, std::size_t outputs = 1);

    std::size_t count(TensorId constant) const { return graph_[constant].data.size_bytes / sizeof(float); }
    Error refusal(const std::string& why) const { return {Code::model, layer_->title() + ": " + why}; }

private:
    TensorId define(const std::string& wish, Tensor tensor);
    Result<void> define_output(std::size_t i, std::size_t port, const std::map<std::string, Tensor>& given);
    TensorId widened(TensorId parameter);
    void add_output();
    Result<Tensor> parameter(const Layer& layer, const std::map<std::string, Tensor>& given) const;

    const Net& net_;
    const Buffer& binary_;
    Graph graph_;
    std::map<std::string, int> taken_;  // names of tensors, with the last number tried
    std::map<std::string, int> taken_nodes_;
    std::vector<std::vector<TensorId>> outputs_;  // [layer][port]
    std::map<TensorId, TensorId> narrow_;         // an s64 tensor: the s32 one with its values, an input or output of the graph
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> results_;  // [layer, port] how many Results read it
    const Layer* layer_ = nullptr;
    std::size_t place_ = 0;  // of layer_
};

// What reads a layer of this type; nullptr: nothing does.
using ReadRow = Result<void>(Importer& in);
ReadRow* row_of(const std::string& type);

}  // namespace octavo::openvino
