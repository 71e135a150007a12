// octavo check CONFIG: everything that can be known about a run before it reads images.
#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/pipeline/rehearsal.h"
#include "core/pipeline/stage_check.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace octavo::cli {

Result<void> check(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo check CONFIG [options]";
    syntax.description =
        "Reads a config, finds its plugins and files, opens the data sets, and holds the model, run once on zeros, against all that;\n"
        "reads no image. Prints the config with all defaults, or what is wrong with it: everything that the config shows by itself, and\n"
        "where that is nothing everything that plugins, data sets and model show (exit code 2, 3 for the model, or 4 for data).\n\n"
        "  octavo check my.json\n"
        "  octavo check my.json --quiet && octavo calibrate my.json";
    syntax.positional = {"config"};
    syntax.flag("quiet,q", "print nothing where all is right");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const Config config, read_config(*parsed.text("config"), registry));
    OCTAVO_TRY(const Ready ready, make_ready(config));
    OCTAVO_CHECK_OK(rehearse_on_zeros(config, ready.model, ready.device));
    if (parsed.flag("quiet")) return {};
    std::fputs(pretty_json(boost::json::parse(config.json)).c_str(), stdout);
    const auto is_int8 = [](const auto& one) { return one.second.precision == Precision::int8; };
    std::fprintf(stderr, "all is right: %s, %lld of them can run in int8 on %s (%s)\n",
                 counted(ready.model.executed.nodes.size(), "operator").c_str(),
                 static_cast<long long>(std::count_if(ready.layout.precisions.begin(), ready.layout.precisions.end(), is_int8)),
                 ready.device.title().c_str(), ready.device.isa().c_str());
    return {};
}

}  // namespace octavo::cli
