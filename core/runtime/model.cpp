// A run's folder is told by being a folder. Of its report only the config's model and preprocessing are read.
#include "core/runtime/model.h"

#include "core/base/files.h"
#include "core/pipeline/config.h"
#include "core/pipeline/config_preprocess.h"
#include "core/pipeline/section.h"
#include "core/pipeline/stage_load.h"
#include "core/plugins/find.h"

#include <dlfcn.h>

#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>

namespace octavo {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// The folder of the library that this code is in.
std::string own_folder() {
    static const char here = 0;
    Dl_info info{};
    if (dladdr(&here, &info) == 0 || !info.dli_fname) return {};
    std::error_code failed;
    const fs::path file = fs::canonical(info.dli_fname, failed);
    return failed ? std::string() : file.parent_path().string();
}

Result<DeviceHandle> device_of(const RuntimeOptions& options) {
    const char* environment = std::getenv("OCTAVO_PLUGIN_PATH");
    const PluginSearch search{
        {}, {own_folder() + "/octavo/" + find_kind(OCTAVO_DEVICE)->folder}, options.plugins + ":" + (environment ? environment : "")};
    const Registry registry = load_plugins_untried(find_plugin_libraries(search));
    const Result<PluginUse> use = default_device(registry, options.device);
    if (use) return DeviceHandle::create(*use->plugin, use->values);
    std::string refused;
    for (const RefusedPlugin& plugin : registry.refused) refused += "\n" + plugin.file + ": " + plugin.reason;
    return Error(use.error().code(), "device: " + use.error().message() + refused);
}

struct Run {
    std::string model;
    Preprocess preprocess;
};

Result<Run> read_run(const std::string& folder) {
    ConfigSource source{folder + "/report.json", {}, {}, {}};
    OCTAVO_TRY(source.text, read_text(source.file, Code::config));
    source.places = find_json_places(source.text);
    OCTAVO_TRY(const json::object root, parse_source(source));
    const json::value* config = root.if_contains("config");
    if (!config || !config->is_object())
        return findings_error(source, {{FindingCode::missing_key, "/config", "nothing", "the report of a calibration", ""}});
    std::vector<Finding> findings;
    Section section(config->get_object(), "/config", config_keys(), findings);
    Run run;
    const std::string recorded = section.text("model").value_or("");
    const std::string beside = folder + "/" + fs::path(recorded).filename().string();
    std::error_code failed;
    run.model = fs::exists(beside, failed) ? beside : resolve_path(folder, recorded);
    if (const json::array* steps = section.array("preprocess"))
        run.preprocess = read_preprocess(*steps, section.place("preprocess"), findings);
    if (!findings.empty()) return findings_error(source, std::move(findings));
    return run;
}

// Scales and corrected biases mean something for the weights alone that they were made from.
Result<void> check_fit(const Plan& plan, const Graph& graph) {
    OCTAVO_CHECK_OK(check_plan(plan, graph));
    if (plan.graph_constants == graph.imported.constants) return {};
    return Error(Code::config, "was made for other weights than the model has; calibrate this model anew");
}

Result<std::optional<Plan>> plan_of(const std::string& path, const Graph& graph) {
    if (path == "none") return std::optional<Plan>();
    OCTAVO_TRY(Plan plan, load_plan(path));
    if (const Result<void> fits = check_fit(plan, graph); !fits) return fits.error().within(path);
    return std::optional<Plan>(std::move(plan));
}

}  // namespace

Result<RuntimeModel> load_runtime_model(const std::string& path, const RuntimeOptions& options) {
    std::error_code failed;
    const bool is_run = fs::is_directory(path, failed);
    RuntimeModel loaded;
    std::string file = path;
    if (is_run) {
        OCTAVO_TRY(Run run, read_run(path));
        file = std::move(run.model);
        loaded.preprocess = std::move(run.preprocess);
    }
    OCTAVO_TRY(loaded.device, device_of(options));
    OCTAVO_TRY(Model model, load_model(file));
    loaded.graph = std::move(model.executed);
    if (!options.plan && !is_run) {
        loaded.plan = std::move(model.own_plan);
        return loaded;
    }
    OCTAVO_TRY(loaded.plan, plan_of(options.plan.value_or(path + "/plan.json"), loaded.graph));
    return loaded;
}

}  // namespace octavo
