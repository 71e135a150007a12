// Reading and passes; and the way back from an output to the softmax that made it.
#include "core/pipeline/stage_load.h"

#include "core/base/text.h"
#include "core/formats/grids/grids.h"
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

// Plans and reports are JSON, which has no other text.
Result<void> check_names(const std::string& path, const Graph& graph) {
    const auto check = [&](const std::string& name) {
        return is_utf8(name) ? Result<void>()
                             : Error(Code::model, path + ": found the name '" + as_utf8(name) + "', expected names in UTF-8");
    };
    for (const Tensor& tensor : graph.tensors) OCTAVO_CHECK_OK(check(tensor.name));
    for (const Node& node : graph.nodes) OCTAVO_CHECK_OK(check(node.name));
    return {};
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
            compared.are_probabilities = node.op == "Softmax";
            if (!only_reshapes(node)) break;
            maker = links.producer[index(node.inputs[0])];
        }
        outputs.push_back(std::move(compared));
    }
    return outputs;
}

Result<Model> load_model(const std::string& path, const InputValues& given) {
    OCTAVO_TRY(Graph graph, read_model(path, given));
    return load_model_of(path, std::move(graph));
}

Result<Model> load_model_of(const std::string& path, Graph graph, Weights weights) {
    OCTAVO_CHECK_OK(check_names(path, graph));
    Model model;
    model.path = path;
    model.calibration = std::move(graph);
    Result<Grids> grids = take_grids(model.calibration);
    if (!grids) return grids.error().within(path);
    if (Result<void> passed = run_passes(model.calibration); !passed) return passed.error().within(path);
    OCTAVO_TRY(const SeenRanges seen, read_seen_ranges(path));
    model.weights = grids->empty() && seen.products.empty() ? weights : Weights::stay;
    if (model.weights == Weights::may_change) {
        OCTAVO_CHECK_OK(unfold_transposed(model.calibration));
        OCTAVO_CHECK_OK(merge_convolutions(model.calibration));
    }
    model.executed = model.calibration;
    if (Result<void> fused = fuse_residuals(model.executed); !fused) return fused.error().within(path);
    model.compared = compared_outputs(model.executed);
    if (!seen.products.empty())
        model.own_plan = plan_from(model.executed, seen);
    else if (!grids->empty())
        model.own_plan = plan_from(model.executed, *grids);
    if (model.own_plan) model.own_plan->residual_sums = residual_sums_in(form_of(path));
    return model;
}

}  // namespace octavo
