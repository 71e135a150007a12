// OpenVINO IR: the XML, a zero byte, the binary file; with what follows on reading.
#include "core/formats/openvino/reader.h"
#include "core/formats/openvino/writer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

#include <algorithm>

using namespace octavo;

std::vector<std::string> fuzz_seeds() {
    const SmallNetwork small = small_network();
    std::vector<std::string> seeds;
    for (const Result<IrModel>& ir : {write_ir(small.graph, nullptr, "fuzz"), write_ir(small.executed, &small.plan, "fuzz")})
        seeds.push_back(ir->xml + '\0' + ir->binary);
    return seeds;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* bytes = reinterpret_cast<const char*>(data);
    const char* const end = std::find(bytes, bytes + size, '\0');
    const char* const binary = std::min(end + 1, bytes + size);
    Result<Graph> graph =
        read_ir(std::string_view(bytes, static_cast<std::size_t>(end - bytes)), make_buffer(std::vector<char>(binary, bytes + size)));
    if (graph) follow(std::move(*graph));
    return 0;
}
