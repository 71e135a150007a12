// TensorFlow Lite files for tests, read.
#pragma once

#include "core/formats/tflite/reader.h"
#include "tests/core/formats/tflite/tflite_builder.h"
#include "tests/support/evaluate.h"
#include "tests/support/graph_builder.h"

#include <boost/test/unit_test.hpp>

namespace octavo::testing {

inline Graph read_valid(const std::vector<std::byte>& file) {
    Result<Graph> graph = read_tflite(file);
    BOOST_REQUIRE_MESSAGE(graph, (graph ? "" : graph.error().message()));
    return std::move(*graph);
}

inline std::string refusal_of(const std::vector<std::byte>& file) {
    const Result<Graph> graph = read_tflite(file);
    return graph ? "" : graph.error().message();
}

}  // namespace octavo::testing
