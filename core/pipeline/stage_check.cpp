// Sizes of pictures against the shape of the input.
#include "core/pipeline/stage_check.h"

namespace octavo {
namespace {

std::string size_text(std::int64_t width, std::int64_t height) {
    return "pictures of " + std::to_string(width) + "x" + std::to_string(height);
}

}  // namespace

Result<void> check_model(const Config& config, const Model& model) {
    const Graph& graph = model.executed;
    if (config.preprocess.steps.empty()) return {};  // the data set may give ready tensors
    const auto error = [&](const std::string& found, const std::string& expected) {
        return findings_error(config.source, {{FindingCode::input_mismatch, "/preprocess", found, expected, ""}});
    };
    if (graph.inputs.size() != 1)
        return error("steps for pictures", "none, since the model has " + std::to_string(graph.inputs.size()) + " inputs");
    const Tensor& input = graph[graph.inputs[0]];
    if (input.type != OCTAVO_F32 || input.shape.size() != 4 || (input.shape[1] != 1 && input.shape[1] != 3))
        return error("steps for pictures", "none, since the model's input '" + input.name + "' takes none (f32, 1 or 3 channels)");
    const std::optional<Size> size = output_size(config.preprocess);
    if (!size || (size->height == input.shape[2] && size->width == input.shape[3])) return {};
    return error(size_text(size->width, size->height),
                 size_text(input.shape[3], input.shape[2]) + " (width x height), which the model's input '" + input.name + "' takes");
}

}  // namespace octavo
