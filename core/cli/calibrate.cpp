// octavo calibrate CONFIG: the main job.
#include "core/cli/interrupt.h"
#include "core/cli/options.h"
#include "core/cli/progress.h"
#include "core/pipeline/run.h"

#include <cstdio>

namespace octavo::cli {

Result<void> calibrate(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo calibrate CONFIG [options]";
    syntax.description =
        "Quantizes the model that the config names, measures accuracy, latency and memory of both forms, and writes model.qdq.onnx\n"
        "(model.int8.xml with --export openvino, and where the model is an IR), plan.json and report.json into the output folder. Options\n"
        "stand above what the config says. Ctrl-C leaves what is there (exit code 130), a second one ends at once.\n\n"
        "  octavo calibrate configs/quickstart/classify.json\n"
        "  octavo calibrate my.json --algorithm NAME --output runs/try   (octavo plugins list prints the names)\n"
        "  octavo calibrate my.json --algorithm NAME,                    (exactly this list: without the corrections)";
    syntax.positional = {"config"};
    syntax.text("output,o", "folder for what is written");
    syntax.text("algorithm", "one name: it chooses the ranges, corrections stay on; names with commas: exactly these in this order");
    syntax.text("device", "device plugin that runs the model");
    syntax.text("objective", "int8 or latency");
    syntax.text("export", "onnx or openvino: form of the written model");
    syntax.number("limit", "most images of calibration and of each validation list, for a quick try");
    syntax.number("threads", "0: all");
    syntax.number("batch", "images that run together");
    syntax.flag("quiet,q", "no progress");
    syntax.flag("json", "print report.json instead of the table, and progress as a JSON object a line on stderr");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};

    const Interrupt interrupt;
    const Registry registry = registry_of(parsed);
    Overrides overrides;
    overrides.output = parsed.text("output");
    overrides.algorithm = parsed.text("algorithm");
    overrides.device = parsed.text("device");
    overrides.objective = parsed.text("objective");
    overrides.export_as = parsed.text("export");
    overrides.limit = parsed.number("limit");
    overrides.threads = parsed.number("threads");
    overrides.batch = parsed.number("batch");
    OCTAVO_CHECK_OK(check_least(parsed, "limit", 1));
    OCTAVO_TRY(const Config config, read_config(*parsed.text("config"), registry, overrides));

    const bool is_json = parsed.flag("json");
    Progress progress(progress_form(parsed.flag("quiet"), is_json));
    OCTAVO_TRY(const Report report, run_calibration(config, progress.events(interrupt.token())));
    const bool is_whole = report.interrupted.empty();
    if (is_whole || is_json) std::fputs(is_json ? report_json(report).c_str() : report_table(report).c_str(), stdout);
    if (!is_whole)
        return Error(Code::interrupted,
                     "interrupted in the stage '" + report.interrupted + "': model, plan and what is known so far are in " + config.output);
    if (report.target.status == "missed") return Error(Code::target, report.target.sentence);
    return {};
}

}  // namespace octavo::cli
