// What the table in operators.cpp points to, by family, and what a row has to hand.
#pragma once

#include "core/formats/onnx/model_builder.h"

namespace octavo::onnx {

// `attributes` are those of ONNX alone. Outputs have the node's names.
struct Job {
    ModelBuilder& model;
    const Graph& graph;
    const Node& node;
    Names inputs;
    const Names& outputs;
    Attributes attributes;

    void write(std::string_view op) { model.add_node(node.name, op, inputs, outputs, attributes); }
    std::string between(const char* what) const { return model.unique(node.name + "/" + what); }
    std::string part(const char* what) const { return node.name + "/" + what; }
    // A node before the one that has the name, with a result of its own.
    std::string step(const char* op, const char* what, const Names& from, const Attributes& with = {});
    const Shape& input_shape(std::size_t i) const { return graph[node.inputs[i]].shape; }
    const Shape& output_shape() const { return graph[node.outputs[0]].shape; }
    bool has_input(std::size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
    std::int64_t rank() const { return static_cast<std::int64_t>(input_shape(0).size()); }
    // The integers of a constant input; none where there is no such input.
    std::vector<std::int64_t> constant(std::size_t i) const;
    // The same, or those of the attribute that older opsets have.
    std::vector<std::int64_t> integers(std::size_t i, const char* attribute) const;

    void set_input(std::size_t i, const std::string& name);
    // An attribute of an older opset that has become an input.
    void attribute_to_input(const char* attribute, std::size_t i);
    void drop(std::initializer_list<const char*> names);
};

using WriteRow = void(Job& job);

// operators_shape.cpp: what moves, selects or reduces values.
WriteRow write_axes_as_input, write_split, write_pad, write_slice, write_reduction, write_reshape, write_shape;

// operators_spatial.cpp: windows over an image, and resizing.
WriteRow write_window, write_average_pool, write_lp_pool, write_resize;

// operators_newer.cpp: what opset 13 does not have.
WriteRow write_layer_normalization, write_group_normalization, write_trilu, write_mod, write_scatter, write_grid_sample;

}  // namespace octavo::onnx
