// Input shapes of feed_input.h: everything behind an input follows by inference.
#include "core/base/text.h"
#include "core/passes/feed_input.h"
#include "sdk/ops/op.h"

#include <algorithm>

namespace octavo {
namespace {

bool has_batch(const Graph& graph, const Shape& shape) {
    return !shape.empty() && shape[0] == batch_of(graph);
}

}  // namespace

Result<std::size_t> find_input(const Graph& graph, const std::string& option, const std::string& name) {
    std::vector<std::string> names;
    for (const TensorId id : graph.inputs) names.push_back(graph[id].name);
    if (name.empty() && names.size() == 1) return std::size_t{0};
    if (name.empty())
        return Error(Code::config, option + ": found no name of an input, the model has " + std::to_string(names.size()) +
                                       ", expected NAME=... with one of " + join(names, ", "));
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    return Error(Code::config, option + ": found input '" + name + "', expected one of " + join(names, ", ") + did_you_mean(name, names));
}

Result<void> set_input_shapes(Graph& graph, const InputShapes& shapes) {
    for (const auto& [name, shape] : shapes) {
        OCTAVO_TRY(const std::size_t place, find_input(graph, "--input-shape", name));
        Tensor& input = graph[graph.inputs[place]];
        if (shape.size() != input.shape.size())
            return Error(Code::config, "--input-shape: found " + std::to_string(shape.size()) + " dimensions for input '" + input.name +
                                           "', expected " + std::to_string(input.shape.size()) + " as in " + ops::shape_text(input.shape));
        if (shape.empty()) continue;
        const std::int64_t batch = input.shape[0];
        input.shape = shape;
        if (shape[0] < 0)
            input.shape[0] = batch;
        else
            input.free_batch = false;
    }
    return {};
}

Result<void> check_batch_stays(const Graph& as_read, const Graph& reshaped) {
    const auto loses = [&](TensorId id) {
        const TensorId before = find_tensor(as_read, reshaped[id].name);
        return before != TensorId::none && has_batch(as_read, as_read[before].shape) && !has_batch(reshaped, reshaped[id].shape);
    };
    if (std::none_of(reshaped.outputs.begin(), reshaped.outputs.end(), loses)) return {};
    for (const Node& node : reshaped.nodes)
        if (loses(node.outputs[0]))
            return Error(Code::config, node.op + " '" + node.name + "': makes " + ops::shape_text(reshaped[node.outputs[0]].shape) +
                                           " of " + ops::shape_text(reshaped[node.inputs[0]].shape) + ", expected a batch of " +
                                           std::to_string(batch_of(reshaped)) + " as before");
    return {};
}

}  // namespace octavo
