// From a network and its weights to a graph, layer by layer in the file's order: what the rows have to hand, and the walk. Shapes are
// inferred as nodes are made, since Caffe's layers say less than ONNX operators and mean the rest by what they read.
#pragma once

#include "core/formats/caffe/net.h"
#include "core/formats/caffe/weights.h"

#include <initializer_list>
#include <optional>
#include <set>

namespace octavo::caffe {

// An operator that reads what the one before it made, and more.
struct Step {
    const char* op;
    std::vector<TensorId> more;
    Attributes attributes;
};

class Importer {
public:
    // `owner` keeps the bytes that the weights point into.
    Importer(const Net& net, const Weights& weights, std::shared_ptr<const void> owner)
        : net_(net), weights_(weights), owner_(std::move(owner)) {}

    // In topological order, shapes inferred at the batch of the file.
    Result<Graph> run(const std::map<std::string, Tensor>& given);

    // ---- for the rows: of the layer that is being read

    const Layer& layer() const { return *layer_; }
    bool is(std::string_view type) const { return is_type(layer_->type, type); }
    std::size_t input_count() const { return inputs_.size(); }
    TensorId input(std::size_t i) const { return inputs_[i]; }
    const std::vector<TensorId>& inputs() const { return inputs_; }
    Shape shape(std::size_t input) const { return graph_[inputs_[input]].shape; }  // a copy: each new tensor may move the others
    Result<void> expect_rank(std::size_t rank) const;

    // Of the message that the row names; without one everything is absent.
    const Field& parameters() const { return *parameters_; }
    bool has(std::string_view key) const { return caffe::has(*parameters_, key); }
    Result<bool> flag(std::string_view key, bool fallback) const;
    Result<std::int64_t> integer(std::string_view key, std::int64_t fallback) const;
    Result<float> real(std::string_view key, float fallback) const;
    Result<std::vector<std::int64_t>> integers(std::string_view key) const;
    Result<std::vector<float>> reals(std::string_view key) const;
    Result<std::vector<std::int64_t>> dims(std::string_view key) const;  // of a nested `shape { dim ... }`
    // The position of the word, or of its number counted from `first`, among `words`; 0 where it is absent.
    Result<std::size_t> choice(std::string_view key, std::initializer_list<std::string_view> words, std::int64_t first = 0) const;
    // 0..rank-1, counted from the end where below 0; `rank` itself is allowed where `behind`.
    Result<std::size_t> axis(std::string_view key, std::int64_t fallback, bool behind = false) const;

    // Blob `i` of the layer as a constant of this shape. The file's may differ from it in dimensions of 1 only.
    Result<TensorId> blob(std::size_t i, const char* what, const Shape& shape);
    Result<std::vector<float>> blob_values(std::size_t i, const char* what, const Shape& shape) const;
    TensorId constant(const char* what, std::vector<std::int64_t> values);
    TensorId constant(const char* what, Shape shape, std::vector<float> values);
    TensorId constant(const char* what, float value) { return constant(what, {}, {value}); }

    // A node between, with a tensor of its own.
    Result<TensorId> between(const char* op, std::vector<TensorId> inputs, Attributes attributes = {});
    // The node that writes the layer's tops.
    Result<void> finish(const char* op, std::vector<TensorId> inputs, Attributes attributes = {});
    // One step behind the other, the last of which writes the top; no step at all is Identity.
    Result<void> finish(TensorId x, std::vector<Step> steps);
    // One node a top.
    Result<void> finish_each(const char* op, std::vector<TensorId> inputs);

    Error refusal(const std::string& why) const { return {Code::model, layer_->title() + ": " + why}; }

private:
    struct Version {
        TensorId id = TensorId::none;
        bool is_read = false;
    };

    Result<void> add_inputs(const std::map<std::string, Tensor>& given);
    Result<Shape> input_shape(std::size_t top, const std::map<std::string, Tensor>& given) const;
    Result<void> add_layer();
    TensorId define(const std::string& wish, Tensor tensor);
    TensorId define_top(const std::string& top);
    Result<void> add_node(const std::string& name, const char* op, std::vector<TensorId> inputs, std::vector<TensorId> outputs,
                          Attributes attributes);
    Result<Buffer> blob_data(std::size_t i, const char* what, const Shape& shape) const;

    const Net& net_;
    const Weights& weights_;
    std::shared_ptr<const void> owner_;
    Graph graph_;
    std::map<std::string, int> taken_, taken_nodes_;  // names, with the last number tried
    std::map<std::string, std::size_t> writes_;       // layers that still write a blob that is no input
    std::map<std::string, std::size_t> bearers_;      // layers of a name
    std::map<std::string, std::size_t> blobs_;        // the version that a layer would read now
    std::vector<Version> versions_;
    const Layer* layer_ = nullptr;
    const Field* parameters_ = nullptr;
    std::vector<TensorId> inputs_;
};

}  // namespace octavo::caffe
