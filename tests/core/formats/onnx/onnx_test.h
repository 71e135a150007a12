// ONNX files for tests, put together field by field so that damaged and unusual ones can be made, and nodes as text.
#pragma once

#include "core/formats/onnx/proto.h"
#include "core/formats/onnx/reader.h"

#include <boost/test/unit_test.hpp>
#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace octavo::testing {

using protozero::pbf_writer;

struct Proto {
    std::string bytes;
    pbf_writer out{bytes};

    Proto() = default;
    Proto(const Proto&) = delete;
    Proto& operator=(const Proto&) = delete;
};

inline std::string float_attribute(const std::string& name, float value) {
    Proto proto;
    proto.out.add_string(1, name);
    proto.out.add_float(2, value);
    proto.out.add_int32(20, 1);
    return proto.bytes;
}

inline std::string int_attribute(const std::string& name, std::int64_t value) {
    Proto proto;
    proto.out.add_string(1, name);
    proto.out.add_int64(3, value);
    proto.out.add_int32(20, 2);
    return proto.bytes;
}

inline std::string tensor_attribute(const std::string& name, const std::string& tensor) {
    Proto proto;
    proto.out.add_string(1, name);
    proto.out.add_message(5, tensor);
    proto.out.add_int32(20, 4);
    return proto.bytes;
}

inline std::string node_proto(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
                              const std::vector<std::string>& outputs, const std::vector<std::string>& attributes = {},
                              const std::string& domain = "") {
    Proto proto;
    for (const std::string& input : inputs) proto.out.add_string(1, input);
    for (const std::string& output : outputs) proto.out.add_string(2, output);
    if (!name.empty()) proto.out.add_string(3, name);
    proto.out.add_string(4, op);
    for (const std::string& attribute : attributes) proto.out.add_message(5, attribute);
    if (!domain.empty()) proto.out.add_string(7, domain);
    return proto.bytes;
}

// A dimension below 0 is the name "N", 0 is none at all.
inline std::string value_info(const std::string& name, const std::vector<std::int64_t>& dims, std::int32_t type = 1) {
    Proto shape;
    for (const std::int64_t dim : dims) {
        Proto one;
        if (dim > 0) one.out.add_int64(1, dim);
        if (dim < 0) one.out.add_string(2, "N");
        shape.out.add_message(1, one.bytes);
    }
    Proto tensor, outer, info;
    tensor.out.add_int32(1, type);
    tensor.out.add_message(2, shape.bytes);
    outer.out.add_message(1, tensor.bytes);
    info.out.add_string(1, name);
    info.out.add_message(2, outer.bytes);
    return info.bytes;
}

inline std::string raw_tensor(const std::string& name, std::int32_t type, const std::vector<std::int64_t>& dims, const std::string& raw) {
    Proto proto;
    for (const std::int64_t dim : dims) proto.out.add_int64(1, dim);
    proto.out.add_int32(2, type);
    proto.out.add_string(8, name);
    proto.out.add_bytes(9, raw);
    return proto.bytes;
}

inline std::string float_tensor(const std::string& name, const std::vector<std::int64_t>& dims, const std::vector<float>& values) {
    return raw_tensor(name, 1, dims, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
}

inline std::string external_tensor(const std::string& name, const std::vector<std::int64_t>& dims, const std::string& location,
                                   const std::string& offset, const std::string& length) {
    Proto proto;
    for (const std::int64_t dim : dims) proto.out.add_int64(1, dim);
    proto.out.add_int32(2, 1);
    proto.out.add_string(8, name);
    for (const auto& [key, value] : {std::pair("location", location), std::pair("offset", offset), std::pair("length", length)}) {
        Proto entry;
        entry.out.add_string(1, key);
        entry.out.add_string(2, value);
        if (!value.empty()) proto.out.add_message(13, entry.bytes);
    }
    proto.out.add_int32(14, 1);
    return proto.bytes;
}

struct ModelParts {
    std::vector<std::string> nodes, initializers, inputs, outputs;
    std::int64_t opset = 13;
};

inline std::string model_proto(const ModelParts& parts) {
    Proto graph, opset, model;
    for (const std::string& node : parts.nodes) graph.out.add_message(1, node);
    graph.out.add_string(2, "g");
    for (const std::string& initializer : parts.initializers) graph.out.add_message(5, initializer);
    for (const std::string& input : parts.inputs) graph.out.add_message(11, input);
    for (const std::string& output : parts.outputs) graph.out.add_message(12, output);
    opset.out.add_int64(2, parts.opset);
    model.out.add_int64(1, 8);
    model.out.add_message(7, graph.bytes);
    model.out.add_message(8, opset.bytes);
    return model.bytes;
}

inline Buffer buffer_of(const std::string& bytes) {
    return make_buffer(std::vector<char>(bytes.begin(), bytes.end()));
}

inline Result<Graph> read_bytes(const std::string& bytes) {
    return read_onnx(buffer_of(bytes), "m.onnx");
}

inline Graph read_valid(const std::string& bytes) {
    Result<Graph> graph = read_bytes(bytes);
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    return std::move(*graph);
}

inline std::string refusal(const std::string& bytes) {
    const Result<Graph> graph = read_bytes(bytes);
    BOOST_REQUIRE(!graph);
    BOOST_TEST(static_cast<int>(graph.error().code()) == static_cast<int>(Code::model));
    return graph.error().message();
}

// "Conv x w -> y", one line a node, in the file's order.
inline std::string nodes_of(const std::string& bytes) {
    const Result<onnx::ModelProto> model = onnx::parse_model(bytes);
    BOOST_REQUIRE(model);
    std::string text;
    for (const onnx::NodeProto& node : model->nodes) {
        text += node.op;
        for (const std::string_view input : node.inputs) text += " " + std::string(input.empty() ? "-" : input);
        text += " ->";
        for (const std::string_view output : node.outputs) text += " " + std::string(output);
        text += "\n";
    }
    return text;
}

template <class T>
std::vector<T> initializer(const std::string& bytes, std::string_view name) {
    const Result<onnx::ModelProto> model = onnx::parse_model(bytes);
    BOOST_REQUIRE(model);
    for (const onnx::TensorProto& tensor : model->initializers) {
        if (tensor.name != name) continue;
        std::vector<T> values(tensor.raw->size() / sizeof(T));
        std::copy(tensor.raw->begin(), tensor.raw->end(), reinterpret_cast<char*>(values.data()));
        return values;
    }
    BOOST_FAIL("no initializer '" << name << "'");
    return {};
}

}  // namespace octavo::testing
