// octavo evaluate CONFIG: accuracy of the config's model in fp32, or with a plan, or of outputs that another runtime has computed.
#include "core/base/files.h"
#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/cli/answers.h"
#include "core/cli/interrupt.h"
#include "core/cli/options.h"
#include "core/cli/progress.h"
#include "core/pipeline/array_files.h"
#include "core/pipeline/drawings.h"
#include "core/pipeline/stage_check.h"
#include "core/pipeline/stage_evaluate.h"

#include <boost/json.hpp>

#include <chrono>
#include <cstdio>

namespace octavo::cli {
namespace {

// Which form of the model it is that the figures are of.
struct Form {
    std::string model;
    std::string plan;     // file of the plan, or "own": the model's own quantization; empty: fp32
    std::string outputs;  // folder of what was computed elsewhere, in a form that only its maker knows; empty: none
    std::int64_t int8_operators = 0, operators = 0;
};

Form form_of(const Parsed& parsed, const Model& model, const std::optional<Plan>& plan) {
    Form form{model.path, "", parsed.text("outputs").value_or(""), 0, static_cast<std::int64_t>(model.executed.nodes.size())};
    if (!plan) return form;
    form.plan = parsed.text("plan").value_or("own");
    form.int8_operators = static_cast<std::int64_t>(count_int8(*plan, model.executed));
    return form;
}

void print_form(const Form& form) {
    const std::string count = std::to_string(form.int8_operators) + " of " + counted(form.operators, "operator") + " in int8 by ";
    std::string text = "fp32";
    if (!form.plan.empty()) text = count + (form.plan == "own" ? "its own quantization" : form.plan);
    if (!form.outputs.empty()) text = "outputs of " + form.outputs;
    std::printf("model  %s, %s\n", form.model.c_str(), text.c_str());
}

void print_figures(const AccuracyResult& evaluation) {
    std::printf("images  %lld\n", static_cast<long long>(evaluation.all.images));
    std::string group;
    for (const MetricFigure& figure : evaluation.all.figures.back()) {
        if (figure.group != group) std::printf("%s\n", figure.group.c_str());
        group = figure.group;
        std::printf("%s%s  %.3f%s%s\n", group.empty() ? "" : "  ", figure.name.c_str(), figure.value,
                    figure.unit.empty() ? "" : (" " + figure.unit).c_str(), figure.note.empty() ? "" : (", " + figure.note).c_str());
    }
    for (const ImageNote& image : evaluation.unreadable) std::printf("unreadable  %s\n", image.text.c_str());
    for (const ImageNote& image : evaluation.noted) std::printf("noted  %s: %s\n", image.id.c_str(), image.text.c_str());
}

void print_json(const Form& form, const AccuracyResult& evaluation) {
    const auto text_or_null = [](const std::string& text) { return text.empty() ? boost::json::value(nullptr) : boost::json::value(text); };
    boost::json::object figures, units, tables;
    std::string principal;
    for (const MetricFigure& figure : evaluation.all.figures.back()) {
        if (figure.principal && principal.empty()) principal = figure.name;
        if (figure.group.empty()) {
            figures[figure.name] = figure.value;
            units[figure.name] = figure.unit;
        } else {
            tables.emplace(figure.group, boost::json::object()).first->value().as_object()[figure.name] = figure.value;
        }
    }
    boost::json::object root{{"model", form.model},
                             {"plan", text_or_null(form.plan)},
                             {"outputs", text_or_null(form.outputs)},
                             {"operators", form.operators},
                             {"int8_operators", form.int8_operators},
                             {"images", evaluation.all.images},
                             {"figures", figures},
                             {"units", units},
                             {"principal", text_or_null(principal)},
                             {"unreadable", static_cast<std::int64_t>(evaluation.unreadable.size())},
                             {"noted", static_cast<std::int64_t>(evaluation.noted.size())}};
    if (!form.outputs.empty()) root["int8_operators"] = nullptr;
    if (!tables.empty()) root["tables"] = std::move(tables);
    std::puts(line_json(root).c_str());
}

std::optional<Drawings> drawings_of(const Parsed& parsed, const Config& config, bool has_plan) {
    const std::optional<std::int64_t> count = parsed.number("draw");
    if (!count) return {};
    std::vector<std::string> titles = {"fp32"};
    if (has_plan) titles.push_back("plan");
    return Drawings(config.output + "/drawn", *count, std::move(titles));
}

Syntax syntax() {
    Syntax syntax;
    syntax.usage = "octavo evaluate CONFIG [options]";
    syntax.description =
        "Runs the model over the config's validation images and prints the metric's figures; or prints those of outputs that another\n"
        "runtime has computed from these images.\n\n"
        "  octavo evaluate my.json                                (fp32)\n"
        "  octavo evaluate my.json --plan runs/my/plan.json       (the quantized model)\n"
        "  octavo evaluate my.json --model other.onnx --device NAME\n"
        "  octavo evaluate my.json --outputs elsewhere";
    syntax.positional = {"config"};
    syntax.text("model", "ONNX file in place of the config's");
    add_plan(syntax);
    syntax.text("device", "device plugin that runs the model");
    syntax.text("answers",
                "file for one line a sample: id, class, the metric's score of it, label; of a detector one line a box: id, class,\n"
                "score, left, top, right, bottom in pixels of the picture");
    syntax.text("arrays",
                "folder for the model's inputs and outputs: DIR/NUMBER/TENSOR.npy, numbered by batch from 0, and arrays.json,\n"
                "which tells the file of each tensor and the images of each batch");
    syntax.text("outputs",
                "folder of outputs that are judged in place of a run, in the form of --arrays (inputs may be missing), from the same\n"
                "images in the same batches");
    syntax.number("draw", "images of a detector's data set to draw into OUTPUT/drawn: boxes annotated, found in fp32, and with --plan");
    syntax.number("limit", "most images of each validation list");
    syntax.number("threads", "0: all");
    syntax.number("batch", "images that run together");
    syntax.flag("quiet,q", "no progress");
    syntax.flag("json", "print JSON, and progress as a JSON object a line on stderr");
    add_plugin_path(syntax);
    return syntax;
}

Overrides overrides_by(const Parsed& parsed) {
    Overrides overrides;
    overrides.model = parsed.text("model");
    overrides.device = parsed.text("device");
    overrides.limit = parsed.number("limit");
    overrides.threads = parsed.number("threads");
    overrides.batch = parsed.number("batch");
    return overrides;
}

Result<void> check_options(const Parsed& parsed) {
    OCTAVO_CHECK_OK(check_least(parsed, "limit", 1));
    OCTAVO_CHECK_OK(check_least(parsed, "draw", 1));
    for (const char* option : {"plan", "arrays", "draw"})
        if (parsed.has("outputs") && parsed.has(option))
            return Error(Code::config,
                         "found --" + std::string(option) + " with --outputs: nothing is run, outputs are judged as they are");
    return {};
}

}  // namespace

Result<void> evaluate(Arguments arguments) {
    OCTAVO_TRY(const Parsed parsed, parse(syntax(), arguments, 1));
    if (parsed.help) return {};

    const Interrupt interrupt;
    const Registry registry = registry_of(parsed);
    OCTAVO_CHECK_OK(check_options(parsed));
    OCTAVO_TRY(const Config config, read_config(*parsed.text("config"), registry, overrides_by(parsed)));
    const bool is_judged = !parsed.has("answers") && !parsed.has("arrays");
    if (!config.metric && is_judged)
        return Error(Code::config, config.file + ": /metric: found nothing, expected a metric to evaluate with");
    if (parsed.has("draw")) OCTAVO_CHECK_OK(check_drawable(config));
    OCTAVO_TRY(const Model model, load_model(config.model));
    OCTAVO_CHECK_OK(check_model(config, model));
    OCTAVO_TRY(const std::optional<Plan> plan, parsed.has("outputs") ? std::optional<Plan>() : plan_of(parsed, model));
    OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*config.device.plugin, config.device.values));
    OCTAVO_TRY(const std::int64_t images, validation_size(config));
    Progress progress(progress_form(parsed.flag("quiet"), parsed.flag("json")));
    const RunEvents events = progress.events(interrupt.token());
    events.begin("evaluate", images);
    const auto start = std::chrono::steady_clock::now();
    EvaluateRequest request{config, model, device, {plan ? &*plan : nullptr}, events.advance, events.stop};
    request.outputs = parsed.text("outputs");
    Answers answers;
    std::optional<ArrayWriter> arrays;
    if (const auto folder = parsed.text("arrays")) arrays.emplace(*folder);
    request.record = [&](const SeenBatch& seen) -> Result<void> {
        if (parsed.has("answers")) answers.add(seen);
        return arrays ? arrays->add(seen.batch, seen.contender.session()) : Result<void>();
    };
    std::optional<Drawings> drawings = drawings_of(parsed, config, plan.has_value());
    if (drawings && plan) request.beside = {nullptr};
    if (drawings) request.watch = [&](const SeenSample& seen) { return drawings->add(seen); };
    OCTAVO_TRY(const AccuracyResult evaluation, octavo::evaluate(request));
    events.end(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (arrays) OCTAVO_CHECK_OK(arrays->finish());
    if (drawings) OCTAVO_CHECK_OK(drawings->finish());
    if (const auto file = parsed.text("answers")) OCTAVO_CHECK_OK(write_atomically(*file, answers.table(evaluation), Code::data));
    const Form form = form_of(parsed, model, plan);
    if (parsed.flag("json")) {
        print_json(form, evaluation);
        return {};
    }
    print_form(form);
    print_figures(evaluation);
    if (drawings) std::printf("drawn  %s in %s\n", counted(drawings->count(), "image").c_str(), drawings->folder().c_str());
    return {};
}

}  // namespace octavo::cli
