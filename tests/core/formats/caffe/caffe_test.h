// Caffe models for tests: weights put together field by field so that old, unusual and damaged files can be made, and single layers run.
#pragma once

#include "core/formats/caffe/reader.h"
#include "tests/support/evaluate.h"

#include <boost/test/unit_test.hpp>
#include <protozero/pbf_writer.hpp>

#include <string>
#include <vector>

namespace octavo::testing {

using protozero::pbf_writer;

struct TestBlob {
    Shape dims;
    std::vector<float> values;
};

struct TestLayer {
    std::string name;
    std::vector<std::string> blobs;  // as blob_proto makes them
};

inline std::string shape_proto(const Shape& dims) {
    std::string bytes;
    pbf_writer(bytes).add_packed_int64(1, dims.begin(), dims.end());
    return bytes;
}

inline std::string blob_proto(const TestBlob& blob) {
    std::string bytes;
    pbf_writer out(bytes);
    out.add_packed_float(5, blob.values.begin(), blob.values.end());
    out.add_message(7, shape_proto(blob.dims));
    return bytes;
}

// `layer`, or with `old` the `layers` of files before 2015.
inline std::string caffemodel(const std::vector<TestLayer>& layers, bool old = false) {
    std::string bytes;
    pbf_writer net(bytes);
    net.add_string(1, "net");
    for (const TestLayer& layer : layers) {
        std::string inner;
        pbf_writer out(inner);
        out.add_string(old ? 4 : 1, layer.name);
        for (const std::string& blob : layer.blobs) out.add_message(old ? 6 : 7, blob);
        net.add_message(old ? 2 : 100, inner);
    }
    return bytes;
}

inline Buffer buffer_of(const std::string& bytes) {
    return make_buffer(std::vector<char>(bytes.begin(), bytes.end()));
}

inline Result<Graph> read_text(const std::string& prototxt, const std::string& weights = caffemodel({})) {
    return read_caffe(prototxt, buffer_of(weights));
}

inline Graph read_valid(const std::string& prototxt, const std::string& weights = caffemodel({})) {
    Result<Graph> graph = read_text(prototxt, weights);
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()) << "\nin " << prototxt);
    return std::move(*graph);
}

inline std::string refusal_of(const std::string& prototxt, const std::string& weights = caffemodel({})) {
    const Result<Graph> graph = read_text(prototxt, weights);
    if (graph) return "";
    BOOST_TEST(static_cast<int>(graph.error().code()) == static_cast<int>(Code::model));
    return graph.error().message();
}

inline std::string input_text(const std::string& name, const Shape& shape) {
    std::string text = "layer { name: '" + name + "' type: 'Input' top: '" + name + "' input_param { shape {";
    for (const std::int64_t dim : shape) text += " dim: " + std::to_string(dim);
    return text + " } } }\n";
}

// One layer 'l' that reads inputs of these shapes: "type: 'Power' power_param { scale: 2 }".
inline std::string layer_text(const std::string& what, const std::vector<Shape>& inputs, std::size_t tops = 1) {
    std::string text, edges;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        text += input_text("x" + std::to_string(i), inputs[i]);
        edges += " bottom: 'x" + std::to_string(i) + "'";
    }
    for (std::size_t i = 0; i < tops; ++i) edges += " top: 'y" + std::to_string(i) + "'";
    return text + "layer { name: 'l' " + what + edges + " }\n";
}

inline std::string layer_weights(const std::vector<TestBlob>& blobs) {
    TestLayer layer{"l", {}};
    for (const TestBlob& blob : blobs) layer.blobs.push_back(blob_proto(blob));
    return caffemodel({layer});
}

}  // namespace octavo::testing
