// Damaged files: always an error or a graph, never a crash. Run under the sanitizers these tests say more.
#include "tests/core/formats/onnx/onnx_test.h"
#include "tests/support/graph_builder.h"

#include "core/formats/onnx/writer.h"

#include <random>

namespace octavo {
namespace {

using namespace testing;

std::string small_model() {
    GraphBuilder builder;
    const TensorId x = builder.input("x", {-1, 2, 4, 4});
    const TensorId conv = builder.conv("conv", x, 2, 3, 3);
    const TensorId pool = builder.node("GlobalAveragePool", "pool", {conv});
    const TensorId flat = builder.node("Reshape", "flat", {pool, builder.integers("shape", {0, -1})});
    const TensorId y = builder.node("Softmax", "y", {flat}, {{"axis", std::int64_t{1}}, {"opset", std::int64_t{13}}});
    return write_onnx(builder.done({y}, 1));
}

BOOST_AUTO_TEST_SUITE(onnx_damaged)

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_an_error) {
    const std::string whole = small_model();
    BOOST_REQUIRE(read_bytes(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Result<Graph> graph = read_bytes(whole.substr(0, size));
        BOOST_TEST_INFO("cut at " << size);
        BOOST_TEST(!graph);
        if (!graph) BOOST_TEST(static_cast<int>(graph.error().code()) == static_cast<int>(Code::model));
    }
}

BOOST_AUTO_TEST_CASE(an_empty_or_foreign_file_is_called_so) {
    BOOST_TEST(refusal("") == "m.onnx: the file is empty, expected an ONNX model");
    BOOST_TEST(refusal(std::string(100, '\0')) == "m.onnx: the file is damaged or no ONNX model");
    BOOST_TEST(refusal("\x89PNG\r\n\x1a\n and so on").starts_with("m.onnx: the file is "));
}

BOOST_AUTO_TEST_CASE(any_byte_may_be_anything) {
    const std::string whole = small_model();
    std::mt19937 random(7);
    BOOST_TEST_MESSAGE("seed 7");
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int change : {1, 0x80, 0xFF, static_cast<int>(random() % 255 + 1)}) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            if (!read_bytes(bytes)) ++refused;
        }
    }
    BOOST_TEST(refused > 0U);
}

BOOST_AUTO_TEST_CASE(millions_of_empty_messages_are_refused) {
    std::string nodes;
    for (int i = 0; i < 1'000'001; ++i) nodes += std::string("\x0A\x00", 2);
    Proto model;
    model.out.add_message(7, nodes);
    BOOST_TEST(refusal(model.bytes) == "m.onnx: the file holds more than 1000000 messages, which no real network does");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace octavo
