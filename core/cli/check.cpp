// octavo check CONFIG: everything that can be known about a run before it reads data.
#include "core/cli/options.h"
#include "core/pipeline/ignore.h"
#include "core/pipeline/stage_check.h"
#include "core/pipeline/stage_layout.h"
#include "core/report/pretty.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace octavo::cli {
namespace {

template <class T>
Result<void> status_of(const Result<T>& result) {
    return result ? Result<void>() : Result<void>(result.error());
}

// Plugins may refuse what their tables allow. The data set is not made: that would read its list.
Result<void> create_plugins(const Config& config) {
    if (config.metric) OCTAVO_CHECK_OK(status_of(MetricHandle::create(*config.metric->plugin, config.metric->values)));
    if (config.adapter) OCTAVO_CHECK_OK(status_of(AdapterHandle::create(*config.adapter->plugin, config.adapter->values)));
    for (const PluginUse& use : config.algorithms) OCTAVO_CHECK_OK(status_of(AlgorithmHandle::create(*use.plugin, use.values)));
    return {};
}

}  // namespace

Result<void> check(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo check CONFIG [options]";
    syntax.description =
        "Reads a config, finds its plugins and files, reads the model and holds it against the config and the device; reads no data.\n"
        "Prints the config with all defaults, or everything that is wrong with it (exit code 2, or 3 for the model).\n\n"
        "  octavo check my.json\n"
        "  octavo check my.json --quiet && octavo calibrate my.json";
    syntax.positional = {"config"};
    syntax.flag("quiet,q", "print nothing where all is right");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const Config config, read_config(*parsed.text("config"), registry));
    OCTAVO_CHECK_OK(create_plugins(config));
    OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*config.device.plugin, config.device.values));
    OCTAVO_TRY(const Model model, load_model(config.model));
    OCTAVO_CHECK_OK(check_model(config, model));
    OCTAVO_TRY(const IsIgnored is_ignored, resolve_ignore(config, model.executed));
    OCTAVO_TRY(const Layout layout, lay_out(model, device, is_ignored));
    if (parsed.flag("quiet")) return {};
    std::fputs(pretty_json(boost::json::parse(config.json)).c_str(), stdout);
    const auto is_int8 = [](const auto& one) { return one.second.precision == Precision::int8; };
    std::fprintf(stderr, "all is right: %zu operators, %lld of them can run in int8 on %s (%s)\n", model.executed.nodes.size(),
                 static_cast<long long>(std::count_if(layout.precisions.begin(), layout.precisions.end(), is_int8)), device.title().c_str(),
                 device.isa().c_str());
    return {};
}

}  // namespace octavo::cli
