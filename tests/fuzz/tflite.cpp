// A TensorFlow Lite model, float or quantized; with what follows on reading.
#include "core/formats/tflite/reader.h"
#include "tests/core/formats/tflite/tflite_builder.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

using namespace octavo;
using namespace octavo::testing;

// A convolution, a sum, what moves values, and a product; on grids or not.
std::vector<std::string> fuzz_seeds() {
    using tflite::Element;
    std::vector<std::string> seeds;
    for (const bool is_quantized : {false, true}) {
        TfliteBuilder b;
        const auto tensor = [&](std::vector<std::int32_t> shape) {
            return is_quantized ? b.tensor(std::move(shape), Element::uint8, {0.5F}, {3}) : b.tensor(std::move(shape));
        };
        const int x = is_quantized ? b.input({1, 4, 4, 2}, Element::uint8, {1}, {0}) : b.input({1, 4, 4, 2});
        const int conv = b.op(kConv, {x, b.filled({2, 3, 3, 2}), b.filled({2})}, {tensor({1, 4, 4, 2})}, {{1, 1}, {2, 1}, byte(3, 1)});
        const int sum = b.op(kAdd, {conv, x}, {tensor({1, 4, 4, 2})});
        const int turned = b.op(kTranspose, {sum, b.integers({0, 3, 1, 2})}, {tensor({1, 2, 4, 4})});
        const int part = b.op(kStridedSlice, {turned, b.integers({0, 0, 1, 0}), b.integers({1, 2, 4, 4}), b.integers({1, 1, 2, 1})},
                              {tensor({1, 2, 2, 4})});
        const int flat = b.op(kReshape, {part, b.integers({1, 16})}, {tensor({1, 16})});
        const int product = b.op(kFullyConnected, {flat, b.filled({3, 16}), b.filled({3})}, {tensor({1, 3})});
        const std::vector<std::byte> file = b.done({b.op_to({1, 3}, kSoftmax, {product}, {{0, 1.0F}})});
        seeds.emplace_back(reinterpret_cast<const char*>(file.data()), file.size());
    }
    return seeds;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Result<Graph> graph = read_tflite(std::span(reinterpret_cast<const std::byte*>(data), size));
    if (graph) follow(std::move(*graph));
    return 0;
}
