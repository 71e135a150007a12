// OpenVINO IR of versions 2 to 7: the XML, a zero byte, the binary file; with its statistics.
#include "core/formats/openvino/ir_statistics.h"
#include "core/formats/openvino/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_network.h"

#include <algorithm>

using namespace octavo;

// A convolution between two layers of a detector, with statistics.
std::vector<std::string> fuzz_seeds() {
    constexpr const char* kXml = R"(<net name="n" version="6" batch="1"><layers>
<layer id="0" name="x" type="Input" precision="FP32"><output><port id="0"><dim>1</dim><dim>1</dim><dim>2</dim><dim>2</dim></port></output></layer>
<layer id="1" name="c" type="Convolution" precision="FP16"><data kernel="1,1" strides="1,1" pads_begin="0,0" pads_end="0,0" group="1" output="2"
 quantization_level="I8"/><input><port id="0"/></input><output><port id="1"><dim>1</dim><dim>2</dim><dim>2</dim><dim>2</dim></port></output>
<blobs><weights offset="0" size="4"/><biases offset="4" size="4"/></blobs></layer>
<layer id="2" name="r" type="ReorgYolo" precision="FP16"><data stride="1"/><input><port id="0"/></input><output><port id="1"><dim>1</dim>
<dim>2</dim><dim>2</dim><dim>2</dim></port></output></layer>
<layer id="3" name="p" type="PriorBox" precision="FP16"><data min_size="4" max_size="9" aspect_ratio="2" flip="1" clip="0" offset="0.5" step="8"/>
<input><port id="0"/><port id="1"/></input><output><port id="2"><dim>1</dim><dim>2</dim><dim>64</dim></port></output></layer>
</layers><edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/><edge from-layer="1" from-port="1" to-layer="2" to-port="0"/>
<edge from-layer="1" from-port="1" to-layer="3" to-port="0"/><edge from-layer="0" from-port="0" to-layer="3" to-port="1"/></edges>
<statistics><layer><name>x</name><min>-1.000000</min><max>2.000000</max></layer><layer><name>c</name><min>0, -1</min><max>1, 2</max></layer>
</statistics></net>)";
    return {std::string(kXml) + '\0' + std::string("\x00\x3c\x00\xc0\x00\x00\x00\x3c", 8)};
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* bytes = reinterpret_cast<const char*>(data);
    const char* const end = std::find(bytes, bytes + size, '\0');
    const char* const binary = std::min(end + 1, bytes + size);
    const std::string_view xml(bytes, static_cast<std::size_t>(end - bytes));
    Result<Graph> graph = read_ir(xml, make_buffer(std::vector<char>(binary, bytes + size)));
    const Result<SeenRanges> seen = parse_ir_statistics(xml);
    if (graph && seen) (void)plan_from(*graph, *seen);
    if (graph) follow(std::move(*graph));
    return 0;
}
