// Checks that do not need each other are all made before the first error ends them.
#include "core/pipeline/stage_check.h"

#include "core/pipeline/ignore.h"
#include "core/pipeline/stage_calibrate.h"
#include "core/pipeline/stage_export.h"
#include "core/pipeline/stage_samples.h"

#include <unistd.h>
#include <filesystem>
#include <set>

namespace octavo {
namespace {

std::string size_text(std::int64_t width, std::int64_t height) {
    return "pictures of " + std::to_string(width) + "x" + std::to_string(height);
}

// One image at a time is the default, which asks for nothing.
Result<void> check_batch(const Config& config, const Graph& graph) {
    const bool is_free = graph.inputs.empty() || graph[graph.inputs[0]].free_batch;
    if (config.batch == 1 || is_free || config.batch == own_batch(graph)) return {};
    return findings_error(config.source, {{FindingCode::input_mismatch, "/batch", std::to_string(config.batch),
                                           std::to_string(own_batch(graph)) + ", the only batch size of the model", ""}});
}

// Errors, each a line, what is said twice once.
class Faults {
public:
    template <class T>
    void add(const Result<T>& result) {
        if (result || !said_.insert(result.error().message()).second) return;
        if (text_.empty()) code_ = result.error().code();
        text_ += (text_.empty() ? "" : "\n") + result.error().message();
    }
    template <class T>
    void add(const ConfigSource& source, const std::string& pointer, const Result<T>& made) {
        if (!made) add(Result<void>(refused_at(source, pointer, made.error())));
    }
    Result<void> all() const { return text_.empty() ? Result<void>() : Error(code_, text_); }

private:
    Code code_ = Code::config;
    std::string text_;
    std::set<std::string> said_;
};

// Names of classes are told to adapter and metric later, by whoever has the data set open.
void make_plugins(const Config& config, Faults& faults) {
    if (config.metric) faults.add(config.source, "/metric", MetricHandle::create(*config.metric->plugin, config.metric->values));
    if (config.adapter) faults.add(config.source, "/adapter", AdapterHandle::create(*config.adapter->plugin, config.adapter->values));
    for (std::size_t i = 0; i < config.algorithms.size(); ++i) {
        const PluginUse& use = config.algorithms[i];
        faults.add(config.source, "/algorithm/" + std::to_string(i), AlgorithmHandle::create(*use.plugin, use.values));
    }
}

// That it, or the nearest folder around it that is there, can be written into, and that nothing is lost by it that the run reads.
Result<void> check_output(const Config& config) {
    namespace fs = std::filesystem;
    const auto error = [&](const std::string& found) {
        return findings_error(config.source, {{FindingCode::impossible_value, "/output", found, "a folder to write into", ""}});
    };
    std::error_code ignored;
    const std::string weights = fs::path(config.model).replace_extension(".bin").string();
    for (const std::string& written : files_of_runs(config.output))
        for (const std::string& read : {config.model, weights, config.source.file})
            if (fs::equivalent(written, read, ignored))
                return findings_error(
                    config.source, {{FindingCode::impossible_value, "/output",
                                     "the folder of '" + written + "', which the run reads and would write over", "another folder", ""}});
    fs::path nearest = config.output;
    while (!fs::exists(nearest, ignored) && nearest.has_parent_path() && nearest != nearest.parent_path()) nearest = nearest.parent_path();
    if (!fs::is_directory(nearest, ignored)) return error("'" + nearest.string() + "', which is no folder");
    if (::access(nearest.c_str(), W_OK) != 0) return error("'" + nearest.string() + "', into which nothing may be written");
    return {};
}

}  // namespace

Result<Ready> make_ready(const Config& config) {
    Faults faults;
    make_plugins(config, faults);
    Result<DeviceHandle> device = DeviceHandle::create(*config.device.plugin, config.device.values);
    faults.add(config.source, "/device", device);
    faults.add(check_output(config));
    const Result<std::int64_t> calibration_images = calibration_size(config);
    faults.add(calibration_images);
    Result<SearchImages> search_images = choose_search_images(config);
    faults.add(search_images);
    Result<Model> model = load_model(config.model);
    faults.add(model);
    if (model) faults.add(check_model(config, *model));
    Result<IsIgnored> is_ignored = IsIgnored();
    if (model) is_ignored = resolve_ignore(config, model->executed);
    faults.add(is_ignored);
    OCTAVO_CHECK_OK(faults.all());
    OCTAVO_TRY(Layout layout, lay_out(*model, *device, *is_ignored));
    return Ready{std::move(*model), std::move(*device), std::move(layout), *calibration_images, std::move(*search_images)};
}

Result<void> check_model(const Config& config, const Model& model) {
    const Graph& graph = model.executed;
    OCTAVO_CHECK_OK(check_batch(config, graph));
    if (graph.inputs.empty() || graph[graph.inputs[0]].shape.empty())
        return findings_error(
            config.source,
            {{FindingCode::input_mismatch, "/model",
              graph.inputs.empty() ? "a model without inputs" : "the input '" + graph[graph.inputs[0]].name + "', which is one number",
              "a model whose first input has a batch", ""}});
    if (config.preprocess.steps.empty()) return {};  // the data set may give ready tensors
    const auto error = [&](const std::string& found, const std::string& expected) {
        return findings_error(config.source, {{FindingCode::input_mismatch, "/preprocess", found, expected, ""}});
    };
    if (graph.inputs.size() != 1)
        return error("steps for pictures", "none, since the model has " + std::to_string(graph.inputs.size()) + " inputs");
    const Tensor& input = graph[graph.inputs[0]];
    const std::optional<InputShape> shape = image_shape(ports_of(graph, graph.inputs)[0]);
    if (!shape)
        return error("steps for pictures", "none, since the model's input '" + input.name +
                                               "' takes none (f32 or u8, 1 or 3 channels in front of height and width or behind them)");
    if (shape->is_bytes && changes_values(config.preprocess))
        return error("mean or scale", "none, since the model's input '" + input.name + "' takes pixels as bytes (u8)");
    const std::optional<Size> size = output_size(config.preprocess);
    if (!size || (size->height == shape->height && size->width == shape->width)) return {};
    return error(size_text(size->width, size->height),
                 size_text(shape->width, shape->height) + " (width x height), which the model's input '" + input.name + "' takes");
}

}  // namespace octavo
