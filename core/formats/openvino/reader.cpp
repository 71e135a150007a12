// See reader.h.
#include "core/formats/openvino/reader.h"

#include "core/base/files.h"
#include "core/formats/openvino/import.h"
#include "core/passes/passes.h"

namespace octavo {

Result<Graph> read_ir(std::string_view xml, const Buffer& binary, const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(const openvino::Net net, openvino::parse_net(xml));
    OCTAVO_TRY(Graph graph, openvino::Importer(net, binary).run(given));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    if (infer_shapes(graph, 1)) return graph;
    // Weights and shapes may be computed from constants: the passes fold that. Where they cannot, the first fault is said.
    Graph folded = graph;
    OCTAVO_CHECK_OK(fold_constants(folded));
    OCTAVO_CHECK_OK(free_batch(folded));
    OCTAVO_CHECK_OK(infer_shapes(folded, 1));
    return graph;
}

Result<Graph> read_ir(const std::string& path, const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(const MappedFile xml, map_file(path, Code::model));
    const std::string binary_path = path.substr(0, path.rfind('.')) + ".bin";
    OCTAVO_TRY(const MappedFile binary, map_file(binary_path, Code::model));
    Result<Graph> graph = read_ir(xml.text(), Buffer{binary.owner, binary.data, binary.size_bytes}, given);
    if (!graph) return graph.error().within(path);
    return graph;
}

}  // namespace octavo
