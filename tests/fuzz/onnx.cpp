// ONNX files, with what follows on reading: grids taken out, passes, a plan.
#include "core/formats/onnx/qdq.h"
#include "core/formats/onnx/reader.h"
#include "core/formats/onnx/writer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

using namespace octavo;

std::vector<std::string> fuzz_seeds() {
    const SmallNetwork small = small_network();
    return {write_onnx(small.graph), write_onnx_qdq(small.executed, small.plan).value().bytes};
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* bytes = reinterpret_cast<const char*>(data);
    Result<Graph> graph = read_onnx(make_buffer(std::vector<char>(bytes, bytes + size)), "fuzz.onnx");
    if (graph) follow(std::move(*graph));
    return 0;
}
