// Outputs of a folder: which shapes they may have.
#include "core/pipeline/array_files.h"

#include "tests/support/folder.h"
#include "tests/support/graph_builder.h"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace octavo;
using namespace octavo::testing;

namespace {

// A Relu, and what is selected of 6 boxes and 2 classes: at most 3 a class.
Graph detector() {
    GraphBuilder builder;
    const TensorId boxes = builder.input("boxes", {1, 6, 4}), scores = builder.input("scores", {1, 2, 6});
    const TensorId relu = builder.node("Relu", "relu", {scores});
    const TensorId selected = builder.node("NonMaxSuppression", "selected", {boxes, relu, builder.integers("most", {3})});
    return builder.done({relu, builder.node("Abs", "found", {selected})}, 1);
}

void write(const std::string& file, octavo_type type, std::vector<std::int64_t> shape) {
    const auto count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    const std::vector<std::byte> zeros(static_cast<std::size_t>(count) * element_bytes(type));
    BOOST_REQUIRE(write_npy(file, type, shape, zeros));
}

BOOST_AUTO_TEST_SUITE(array_files)

BOOST_AUTO_TEST_CASE(what_depends_on_values_may_be_smaller_and_nothing_else) {
    const testing::Folder folder;
    folder.write("arrays.json", R"({"files": {"relu": "a.npy", "found": "b.npy"}, "images": [1]})");
    const auto read = [&](std::vector<std::int64_t> relu, std::vector<std::int64_t> found) -> std::string {
        write(folder / "0/a.npy", OCTAVO_F32, std::move(relu));
        write(folder / "0/b.npy", OCTAVO_S64, std::move(found));
        OutputReader reader = OutputReader::open(folder.path.string(), detector()).value();
        const auto outputs = reader.next(1);
        if (!outputs) return outputs.error().message();
        BOOST_TEST(outputs->size() == 2U);
        BOOST_TEST(outputs->at(0).name == std::string("relu"));
        BOOST_TEST(bool(reader.finish()));
        return std::to_string(outputs->at(1).tensor.shape[0]);
    };
    BOOST_TEST(read({1, 2, 6}, {6, 3}) == "6");
    BOOST_TEST(read({1, 2, 6}, {2, 3}) == "2");
    BOOST_TEST(read({1, 2, 6}, {0, 3}) == "0");
    BOOST_TEST(read({1, 2, 6}, {7, 3}) == (folder / "0/b.npy") + ": output 'found': found s64 7x3, expected s64 at most 6x3");
    BOOST_TEST(read({1, 2, 6}, {6}) == (folder / "0/b.npy") + ": output 'found': found s64 6, expected s64 at most 6x3");
    BOOST_TEST(read({1, 2, 5}, {6, 3}) == (folder / "0/a.npy") + ": output 'relu': found f32 1x2x5, expected f32 1x2x6");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
