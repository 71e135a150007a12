// See reader.h.
#include "core/formats/openvino/reader.h"

#include "core/base/files.h"
#include "core/formats/openvino/import.h"
#include "core/passes/passes.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

// Old files say the sizes of every output, by the rules of a program that is gone: where ours differ, a layer was misunderstood. How many
// images there are may have changed, and rows of detections are counted otherwise.
Result<void> check_declared(const openvino::Net& net, const Graph& graph) {
    std::map<std::string_view, const Shape*> shapes;
    for (const Tensor& tensor : graph.tensors) shapes.emplace(tensor.name, &tensor.shape);
    for (const openvino::Layer& layer : net.layers) {
        const auto found = shapes.find(layer.name);
        if (layer.outputs.empty() || layer.type == "DetectionOutput" || found == shapes.end()) continue;
        const Shape &ours = *found->second, &declared = layer.outputs[0].dims;
        if (ours.size() != declared.size() || !std::equal(ours.begin() + !ours.empty(), ours.end(), declared.begin() + !declared.empty()))
            return Error(Code::model,
                         layer.title() + ": makes " + ops::shape_text(ours) + ", but the file says " + ops::shape_text(declared));
    }
    return {};
}

}  // namespace

Result<Graph> read_ir(std::string_view xml, const Buffer& binary, const std::map<std::string, Tensor>& given) {
    OCTAVO_TRY(const openvino::Net net, openvino::parse_net(xml));
    OCTAVO_TRY(Graph graph, openvino::Importer(net, binary).run(given));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    const auto checked = [&](const Graph& inferred) { return net.is_old() ? check_declared(net, inferred) : Result<void>(); };
    if (infer_shapes(graph, 1)) {
        OCTAVO_CHECK_OK(checked(graph));
        return graph;
    }
    // Weights and shapes may be computed from constants: the passes fold that. Where they cannot, the first fault is said.
    Graph folded = graph;
    OCTAVO_CHECK_OK(fold_constants(folded));
    OCTAVO_CHECK_OK(free_batch(folded));
    OCTAVO_CHECK_OK(infer_shapes(folded, 1));
    OCTAVO_CHECK_OK(checked(folded));
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
