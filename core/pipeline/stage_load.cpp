// Reading and passes; and the way back from an output to the softmax that made it.
#include "core/pipeline/stage_load.h"

#include "core/base/text.h"
#include "core/formats/onnx/reader.h"
#include "core/formats/openvino/grids.h"
#include "core/formats/openvino/reader.h"
#include "core/passes/passes.h"

#include <algorithm>
#include <array>

namespace octavo {
namespace {

bool is_softmax(const Node& node) {
    return node.op == "Softmax" || node.op == "LogSoftmax";
}

bool only_reshapes(const Node& node) {
    constexpr std::array<std::string_view, 4> kReshapes = {"Reshape", "Flatten", "Squeeze", "Identity"};
    return std::find(kReshapes.begin(), kReshapes.end(), node.op) != kReshapes.end();
}

}  // namespace

std::vector<ComparedOutput> compared_outputs(const Graph& graph) {
    const Links links(graph);
    std::vector<ComparedOutput> outputs;
    for (const TensorId output : graph.outputs) {
        if (graph[output].type != OCTAVO_F32) continue;
        ComparedOutput compared{graph[output].name, graph[output].name};
        std::int32_t maker = links.producer[index(output)];
        while (maker >= 0) {
            const Node& node = graph.nodes[static_cast<std::size_t>(maker)];
            if (is_softmax(node)) compared.tensor = graph[node.inputs[0]].name;
            if (!only_reshapes(node)) break;
            maker = links.producer[index(node.inputs[0])];
        }
        outputs.push_back(std::move(compared));
    }
    return outputs;
}

bool is_ir(const std::string& path) {
    return ends_with_ignoring_case(path, ".xml");
}

Result<Graph> read_model(const std::string& path, const InputValues& given) {
    return is_ir(path) ? read_ir(path, given) : read_onnx(path, given);
}

// Every float of an IR is read as float32.
Result<Border> read_border(const std::string& path) {
    if (!is_ir(path)) return read_onnx_border(path);
    OCTAVO_TRY(const Graph graph, read_ir(path));
    constexpr std::pair<octavo_type, const char*> kNames[] = {{OCTAVO_F32, "float32"}, {OCTAVO_S64, "int64"}, {OCTAVO_S32, "int32"},
                                                              {OCTAVO_U8, "uint8"},    {OCTAVO_S8, "int8"},   {OCTAVO_BOOLEAN, "bool"}};
    const auto told = [&](TensorId id) {
        const auto row =
            std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& known) { return known.first == graph[id].type; });
        return BorderTensor{graph[id].name, row->second};
    };
    Border border;
    for (const TensorId id : graph.inputs) border.inputs.push_back(told(id));
    for (const TensorId id : graph.outputs) border.outputs.push_back(told(id));
    return border;
}

Result<Model> load_model(const std::string& path, const InputValues& given) {
    Model model;
    model.path = path;
    OCTAVO_TRY(model.calibration, read_model(path, given));
    Result<Grids> grids = take_grids(model.calibration);
    if (!grids) return grids.error().within(path);
    if (Result<void> passed = run_passes(model.calibration); !passed) return passed.error().within(path);
    model.executed = model.calibration;
    if (Result<void> fused = fuse_residuals(model.executed); !fused) return fused.error().within(path);
    model.compared = compared_outputs(model.executed);
    if (!grids->empty()) model.own_plan = plan_from(model.executed, *grids);
    return model;
}

}  // namespace octavo
