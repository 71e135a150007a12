// An OpenVINO IR of version 11 while it is written: layers with numbered ports, edges between them, and constants one behind the other in
// the binary. Knows the file's form and nothing of operators.
#pragma once

#include "core/graph/graph.h"

#include <pugixml.hpp>

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace octavo::openvino {

// One output of a layer, as other layers read it.
struct Value {
    int layer = -1;
    int port = 0;
};
using Values = std::vector<Value>;

struct PortType {
    octavo_type type = OCTAVO_F32;
    Shape shape;  // -1: free
};

using Data = std::vector<std::pair<const char*, std::string>>;  // attributes of <data>

struct LayerType {
    const char* name;   // "Convolution"
    const char* opset;  // "opset1"
};

// Attribute values as OpenVINO spells them.
std::string text_of(float value);
std::string text_of(std::span<const std::int64_t> values);  // "1,2"
const char* element_type(octavo_type type);                 // "f32"

class IrBuilder {
public:
    explicit IrBuilder(const std::string& name);

    // `name` is made unique. Gives the layer's outputs.
    Values add(const LayerType& type, const std::string& name, const Data& data, std::span<const Value> inputs,
               std::span<const PortType> outputs);
    Value add(const LayerType& type, const std::string& name, const Data& data, const Values& inputs, const PortType& output) {
        return add(type, name, data, inputs, std::span(&output, 1)).front();
    }
    Value constant(const std::string& name, octavo_type type, const Shape& shape, const Buffer& data);
    // float16 with a Convert behind that says to readers that it may be undone: float32 for whoever reads it.
    Value half_constant(const std::string& name, const Shape& shape, std::span<const std::uint16_t> bits);
    Value scalar(const std::string& name, float value) { return constant(name, OCTAVO_F32, {}, make_buffer(std::vector{value})); }
    Value integer(const std::string& name, std::int64_t value) { return constant(name, OCTAVO_S64, {}, make_buffer(std::vector{value})); }
    Value integers(const std::string& name, std::vector<std::int64_t> values);

    // A tensor's name; one that has several names has them all.
    void name_tensor(Value value, const std::string& name);
    // Axes of an image, at the port of a Parameter.
    void set_layout(Value value, const char* layout);
    // How the model was made, below <rt_info><octavo>.
    void add_note(const char* key, const std::string& value);

    std::string xml() const;
    std::string take_binary() { return std::move(binary_); }

private:
    pugi::xml_node output_port(Value value) const;
    // Where in the binary the values begin.
    std::size_t append(std::span<const std::byte> values);

    pugi::xml_document document_;
    pugi::xml_node layers_, edges_, notes_;
    std::vector<pugi::xml_node> by_id_;  // [layer]
    std::set<std::string> names_;
    std::string binary_;
};

}  // namespace octavo::openvino
