// An OpenVINO IR as it stands in its two files, with edges resolved: layers by position, inputs as the outputs of other layers. The files
// are hostile until parsed: sizes, offsets and ids are checked here, and nothing behind this looks at ids or offsets again.
#pragma once

#include "core/graph/graph.h"

#include <pugixml.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo::openvino {

// Output `port` (counted from 0) of layer `layer`.
struct Source {
    std::size_t layer = 0;
    std::size_t port = 0;
};

struct OutputPort {
    std::vector<std::string> names;  // of the tensor: one for each Result that reads it, where our writer has written them
    std::string element;             // "i32"; "" in old files
    std::vector<std::int64_t> dims;  // as the file says them, -1: open

    std::string name() const { return names.empty() ? "" : names.front(); }
};

struct Layer {
    std::string name;
    std::string type;   // "Convolution"
    std::string opset;  // "opset1"
    pugi::xml_node data;
    pugi::xml_node blobs;  // before version 10: weights lie beside a layer
    std::string element;   // before version 10: the type of its values, "f16"
    std::vector<Source> inputs;
    std::vector<OutputPort> outputs;

    std::string title() const { return type + " '" + name + "'"; }
};

struct Net {
    std::shared_ptr<const pugi::xml_document> document;  // what `data` points into
    std::string name;
    int version = 0;
    std::vector<Layer> layers;

    // Versions 2 to 7, of 2018 and 2019: other layers, which keep their weights. Parameter, Const and Result they have like the others.
    bool is_old() const { return version < 10; }
};

// Error: Code::model with layer and reason.
Result<Net> parse_net(std::string_view xml);

// A Const layer's values: integers of any width become s64, floats f32, i8, u8 and boolean stay. `binary` is the whole .bin file.
Result<Tensor> read_constant(const Layer& layer, const Buffer& binary);

// The same of values of this shape that `place` has the offset and size of; without a shape, as many as there are.
Result<Tensor> read_values(const std::string& title, std::string_view element, const std::optional<Shape>& shape, pugi::xml_node place,
                           const Buffer& binary);

// The element type that an old file calls "FP16"; "" where it is none.
std::string_view element_of(std::string_view precision);

// "1,2" or "1, 2" to numbers; nothing where it is something else.
std::optional<std::vector<std::int64_t>> integers_of(std::string_view text);
std::optional<std::vector<float>> reals_of(std::string_view text);

// What values of an element type ("f16") are in a graph.
std::optional<octavo_type> graph_type(std::string_view element_type);

}  // namespace octavo::openvino
