// Puts an ONNX file together, everything in the order in which it was added, so that the same calls give the same bytes. Names are unique;
// large constants are referenced until `finish` writes them once.
#pragma once

#include "core/graph/graph.h"

#include <initializer_list>
#include <set>
#include <string>
#include <vector>

namespace octavo::onnx {

using Names = std::vector<std::string>;

// ONNX's number of an element type, as Cast has it in `to`.
std::int64_t onnx_type(octavo_type type);

class ModelBuilder {
public:
    ModelBuilder(std::string graph_name, std::int64_t opset) : graph_name_(std::move(graph_name)), opset_(opset) {}

    std::int64_t opset() const { return opset_; }

    // Keeps a name for a tensor that is added by it, against `unique`.
    void reserve(const std::string& name) { tensor_names_.insert(name); }
    // A name that nothing has: `wish`, or `wish` with a number behind it. It is reserved from now on.
    std::string unique(const std::string& wish);

    // Dimension 0 is called "N" where it is free.
    void add_input(const Tensor& tensor, bool free_batch);
    void add_output(const Tensor& tensor, bool free_batch);
    void add_constant(const std::string& name, octavo_type type, const Shape& shape, Buffer data);
    void add_node(const std::string& name, std::string_view op, const Names& inputs, const Names& outputs,
                  const Attributes& attributes = {});

    // Constants of our own; the name that they got.
    template <class T>
    std::string constant(const std::string& wish, octavo_type type, const Shape& shape, std::vector<T> values) {
        const std::string name = unique(wish);
        add_constant(name, type, shape, make_buffer(std::move(values)));
        return name;
    }
    std::string scalar(const std::string& wish, float value) { return constant<float>(wish, OCTAVO_F32, {}, {value}); }
    std::string integers(const std::string& wish, std::vector<std::int64_t> values);

    std::string finish() const;

private:
    struct Constant {
        std::string name;
        octavo_type type;
        Shape shape;
        Buffer data;
    };

    std::string graph_name_;
    std::int64_t opset_;
    std::set<std::string, std::less<>> tensor_names_;
    std::set<std::string, std::less<>> node_names_;
    std::string nodes_, inputs_, outputs_;  // encoded fields of the graph
    std::vector<Constant> constants_;
};

}  // namespace octavo::onnx
