// See reader.h.
#include "core/formats/tflite/reader.h"

#include "core/base/files.h"
#include "core/formats/tflite/import.h"
#include "core/passes/passes.h"

namespace octavo {
namespace {

std::string shape_text(const Shape& shape) {
    std::string text;
    for (const std::int64_t dim : shape) text += (text.empty() ? "" : ",") + std::to_string(dim);
    return "[" + text + "]";
}

// Operators were read by the shapes that the file says.
Result<void> check_shapes(const Graph& graph, const std::map<std::string, Shape>& claimed) {
    for (const Tensor& tensor : graph.tensors) {
        const auto found = claimed.find(tensor.name);
        if (found != claimed.end() && found->second != tensor.shape)
            return Error(Code::model, "tensor '" + tensor.name + "': its operator makes " + shape_text(tensor.shape) + ", the file says " +
                                          shape_text(found->second) + " (in our order of dimensions)");
    }
    return {};
}

}  // namespace

Result<Graph> read_tflite(std::span<const std::byte> bytes) {
    OCTAVO_TRY(const tflite::Document document, tflite::parse_document(bytes));
    tflite::Importer importer(document);
    OCTAVO_TRY(Graph graph, importer.run());
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    if (infer_shapes(graph, 1)) {
        OCTAVO_CHECK_OK(check_shapes(graph, importer.claimed()));
        return graph;
    }
    // Shapes may be computed from constants: the passes fold that. Where they cannot, the first fault is said.
    Graph folded = graph;
    OCTAVO_CHECK_OK(fold_constants(folded));
    OCTAVO_CHECK_OK(free_batch(folded));
    OCTAVO_CHECK_OK(infer_shapes(folded, 1));
    OCTAVO_CHECK_OK(check_shapes(folded, importer.claimed()));
    return graph;
}

Result<Graph> read_tflite(const std::string& path, const std::map<std::string, Tensor>&) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::model));
    Result<Graph> graph = read_tflite(file.bytes());
    if (!graph) return graph.error().within(path);
    return graph;
}

}  // namespace octavo
