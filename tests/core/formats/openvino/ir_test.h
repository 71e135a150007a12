// IR for tests: written, read back, and told as text.
#pragma once

#include "core/formats/openvino/reader.h"
#include "core/formats/openvino/writer.h"

#include <boost/test/unit_test.hpp>
#include <pugixml.hpp>

#include <cstring>
#include <string>

namespace octavo::testing {

inline Buffer buffer_of(const std::string& bytes) {
    return make_buffer(std::vector<char>(bytes.begin(), bytes.end()));
}

inline IrModel write_valid(const Graph& graph, const Plan* plan = nullptr) {
    Result<IrModel> ir = write_ir(graph, plan, "octavo test");
    BOOST_REQUIRE_MESSAGE(ir, (ir ? "" : ir.error().message()));
    return std::move(*ir);
}

inline Graph read_valid(const IrModel& ir) {
    Result<Graph> graph = read_ir(ir.xml, buffer_of(ir.binary));
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    return std::move(*graph);
}

inline std::string refusal_of(const std::string& xml, const std::string& binary = "") {
    const Result<Graph> graph = read_ir(xml, buffer_of(binary));
    return graph ? "" : graph.error().message();
}

// Layers other than constants in the file's order, each with the names of the layers that it reads: "Convolution conv <- x conv.w".
inline std::string layers_of(const std::string& xml) {
    pugi::xml_document document;
    BOOST_REQUIRE(document.load_string(xml.c_str()));
    const pugi::xml_node net = document.child("net");
    std::string text;
    for (const pugi::xml_node layer : net.child("layers").children()) {
        const std::string type = layer.attribute("type").value();
        if (type == "Const") continue;
        text += type + " " + layer.attribute("name").value();
        const std::string id = layer.attribute("id").value();
        std::string inputs;
        for (const pugi::xml_node edge : net.child("edges").children())
            if (id == edge.attribute("to-layer").value())
                inputs += std::string(" ") +
                          net.child("layers").find_child_by_attribute("id", edge.attribute("from-layer").value()).attribute("name").value();
        text += (inputs.empty() ? "" : " <-" + inputs) + "\n";
    }
    return text;
}

// The values of the constant of this name.
template <class T>
std::vector<T> constant_of(const IrModel& ir, const std::string& name) {
    pugi::xml_document document;
    BOOST_REQUIRE(document.load_string(ir.xml.c_str()));
    const pugi::xml_node data = document.child("net").child("layers").find_child_by_attribute("name", name.c_str()).child("data");
    BOOST_REQUIRE_MESSAGE(data, "no constant '" << name << "'");
    std::vector<T> values(data.attribute("size").as_ullong() / sizeof(T));
    BOOST_REQUIRE(data.attribute("offset").as_ullong() + values.size() * sizeof(T) <= ir.binary.size());
    std::memcpy(values.data(), ir.binary.data() + data.attribute("offset").as_ullong(), values.size() * sizeof(T));
    return values;
}

}  // namespace octavo::testing
