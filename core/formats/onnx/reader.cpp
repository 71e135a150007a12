// The way of a file: map, parse the wire format, import, check, infer.
#include "core/formats/onnx/reader.h"

#include "core/base/files.h"
#include "core/formats/onnx/import.h"
#include "core/passes/passes.h"

namespace octavo {
namespace {

// The part of a path up to and with its last slash: "" for a file of the current folder.
std::string folder_of(const std::string& path) {
    return path.substr(0, path.rfind('/') + 1);
}

// A model may compute a shape from constants or from other shapes: inference fails on it until the passes have folded that. Its shapes are
// then left to them.
bool is_inferable_when_folded(Graph graph) {
    return fold_constants(graph) && infer_shapes(graph, 1);
}

Result<Graph> read(std::shared_ptr<const void> owner, std::string_view bytes, std::optional<std::string> folder) {
    OCTAVO_TRY(const onnx::ModelProto model, onnx::parse_model(bytes));
    onnx::ConstantReader constants(std::move(owner), std::move(folder));
    OCTAVO_TRY(Graph graph, onnx::import_graph(model, constants));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    const Result<void> inferred = infer_shapes(graph, 1);
    if (!inferred && !is_inferable_when_folded(graph)) return inferred.error();
    return graph;
}

}  // namespace

Result<Graph> read_onnx(const std::string& path) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::model));
    Result<Graph> graph = read(file.owner, file.text(), folder_of(path));
    if (!graph) return graph.error().within(path);
    return graph;
}

Result<Graph> read_onnx(Buffer bytes, const std::string& name) {
    Result<Graph> graph = read(bytes.owner, {reinterpret_cast<const char*>(bytes.data), bytes.size_bytes}, std::nullopt);
    if (!graph) return graph.error().within(name);
    return graph;
}

}  // namespace octavo
