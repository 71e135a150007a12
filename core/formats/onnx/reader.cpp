// The way of a file: map, parse the wire format, inline functions and branches, import, check, infer.
#include "core/formats/onnx/reader.h"

#include "core/base/files.h"
#include "core/formats/onnx/import.h"
#include "core/formats/onnx/inline.h"
#include "core/passes/evaluate.h"
#include "core/passes/passes.h"

#include <algorithm>
#include <set>

namespace octavo {
namespace {

// The part of a path up to and with its last slash: "" for a file of the current folder.
std::string folder_of(const std::string& path) {
    return path.substr(0, path.rfind('/') + 1);
}

// A model may compute a shape from constants or from other shapes: inference fails on it until the passes have folded that. Its shapes are
// then left to them.
bool is_inferable_when_folded(Graph graph) {
    return fold_constants(graph) && free_batch(graph) && infer_shapes(graph, 1);
}

// All operators that cannot be inferred even with folded shapes, in one message.
Error inference_error(const Graph& graph, const Error& first) {
    constexpr std::size_t kMostShown = 20;
    const std::vector<Error> errors = evaluate(graph, 1).errors;
    if (errors.empty()) return first;
    if (errors.size() == 1) return errors.front();  // `first` may be one that folding mends
    std::string list;
    for (std::size_t i = 0; i < std::min(errors.size(), kMostShown); ++i) list += "\n  " + errors[i].message();
    if (errors.size() > kMostShown) list += "\n  and " + std::to_string(errors.size() - kMostShown) + " more";
    return {Code::model, std::to_string(errors.size()) + " operators cannot run:" + list};
}

// A boolean that is the same at any batch size; 1 is one that models compare with.
std::optional<bool> constant_truth(const Graph& graph) {
    const TensorId id = graph.outputs[0];
    std::optional<bool> truth;
    for (const std::int64_t batch : {std::int64_t{1}, std::int64_t{2}, kTellingBatch}) {
        const NodeValues known = evaluate(graph, batch);
        const octavo_tensor_info& info = known.infos[index(id)];
        if (!info.data || info.type != OCTAVO_BOOLEAN || element_count(known.shape(id)) != 1) return std::nullopt;
        const bool here = *static_cast<const bool*>(info.data);
        if (truth && *truth != here) return std::nullopt;
        truth = here;
    }
    return truth;
}

Result<Graph> read(std::shared_ptr<const void> owner, std::string_view bytes, std::optional<std::string> folder, const InputValues& given) {
    OCTAVO_TRY(onnx::ModelProto model, onnx::parse_model(bytes));
    onnx::ConstantReader constants(std::move(owner), std::move(folder));
    OCTAVO_CHECK_OK(onnx::inline_functions(model));
    onnx::inline_branches(model, [&](const onnx::ModelProto& whole, std::string_view tensor) -> std::optional<bool> {
        const Result<Graph> part = onnx::import_graph(onnx::part_of(whole, tensor), constants, given);
        return part ? constant_truth(*part) : std::nullopt;
    });
    OCTAVO_TRY(Graph graph, onnx::import_graph(model, constants, given));
    OCTAVO_CHECK_OK(check_invariants(graph, "import"));
    const Result<void> inferred = infer_shapes(graph, 1);
    if (!inferred && !is_inferable_when_folded(graph)) return inference_error(graph, inferred.error());
    return graph;
}

}  // namespace

Result<Graph> read_onnx(const std::string& path, const InputValues& given) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::model));
    Result<Graph> graph = read(file.owner, file.text(), folder_of(path), given);
    if (!graph) return graph.error().within(path);
    return graph;
}

Result<Graph> read_onnx(Buffer bytes, const std::string& name) {
    Result<Graph> graph = read(bytes.owner, {reinterpret_cast<const char*>(bytes.data), bytes.size_bytes}, std::nullopt, {});
    if (!graph) return graph.error().within(name);
    return graph;
}

bool is_onnx(const std::string& path) {
    const Result<MappedFile> file = map_file(path, Code::model);
    return file && onnx::parse_model(file->text());
}

Result<Border> read_onnx_border(const std::string& path) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::model));
    const Result<onnx::ModelProto> model = onnx::parse_model(file.text());
    if (!model) return model.error().within(path);
    std::set<std::string_view> constants;
    for (const onnx::TensorProto& initializer : model->initializers) constants.insert(initializer.name);
    Border border;
    for (const onnx::ValueInfo& input : model->inputs)
        if (!constants.contains(input.name)) border.inputs.push_back({std::string(input.name), onnx::type_name(input.type)});
    for (const onnx::ValueInfo& output : model->outputs) border.outputs.push_back({std::string(output.name), onnx::type_name(output.type)});
    return border;
}

}  // namespace octavo
