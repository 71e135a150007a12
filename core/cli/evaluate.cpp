// octavo evaluate CONFIG: accuracy of the config's model in fp32, or with a plan.
#include "core/base/files.h"
#include "core/base/pretty.h"
#include "core/base/text.h"
#include "core/cli/answers.h"
#include "core/cli/interrupt.h"
#include "core/cli/options.h"
#include "core/cli/progress.h"
#include "core/pipeline/drawings.h"
#include "core/pipeline/npy.h"
#include "core/pipeline/stage_check.h"
#include "core/pipeline/stage_evaluate.h"
#include "core/pipeline/stage_infer.h"

#include <boost/json.hpp>

#include <chrono>
#include <cstdio>

namespace octavo::cli {
namespace {

// Which form of the model it is that the figures are of.
struct Form {
    std::string model;
    std::string plan;  // file of the plan, or "own": the model's own quantization; empty: fp32
    std::int64_t int8_operators = 0, operators = 0;
};

Form form_of(const Parsed& parsed, const Model& model, const std::optional<Plan>& plan) {
    Form form{model.path, "", 0, static_cast<std::int64_t>(model.executed.nodes.size())};
    if (!plan) return form;
    form.plan = parsed.text("plan").value_or("own");
    form.int8_operators = static_cast<std::int64_t>(count_int8(*plan, model.executed));
    return form;
}

void print_form(const Form& form) {
    const std::string count = std::to_string(form.int8_operators) + " of " + counted(form.operators, "operator") + " in int8 by ";
    std::printf("model  %s, %s\n", form.model.c_str(),
                form.plan.empty() ? "fp32" : (count + (form.plan == "own" ? "its own quantization" : form.plan)).c_str());
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
    boost::json::object figures, tables;
    for (const MetricFigure& figure : evaluation.all.figures.back()) {
        if (figure.group.empty())
            figures[figure.name] = figure.value;
        else
            tables.emplace(figure.group, boost::json::object()).first->value().as_object()[figure.name] = figure.value;
    }
    boost::json::object root{{"model", form.model},
                             {"plan", form.plan.empty() ? boost::json::value(nullptr) : boost::json::value(form.plan)},
                             {"operators", form.operators},
                             {"int8_operators", form.int8_operators},
                             {"images", evaluation.all.images},
                             {"figures", figures},
                             {"unreadable", static_cast<std::int64_t>(evaluation.unreadable.size())},
                             {"noted", static_cast<std::int64_t>(evaluation.noted.size())}};
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

// What went in and what came out of each batch, as FOLDER/NUMBER/FILE.npy; FOLDER/arrays.json tells which file is of which tensor, and how
// many images each batch has: rows behind them are zeros.
class ArrayFiles {
public:
    explicit ArrayFiles(std::string folder) : folder_(std::move(folder)) {}

    Result<void> add(const Batch& batch, const Session& session) {
        const auto file = [this](const std::string& tensor) {
            return folder_ + "/" + std::to_string(images_.size()) + "/" + names_.of(tensor) + ".npy";
        };
        for (std::size_t i = 0; i < session.inputs().size(); ++i) {
            const Port& port = session.inputs()[i];
            OCTAVO_CHECK_OK(write_npy(file(port.name), port.type, port.shape, batch.inputs[i]));
        }
        for (const auto& [name, array] : output_arrays(session))
            OCTAVO_CHECK_OK(write_npy(file(name), array.type, array.shape, array.bytes));
        images_.push_back(batch.size());
        return {};
    }

    Result<void> finish() const {
        boost::json::object files;
        for (const auto& [tensor, file] : names_.given()) files[tensor] = file + ".npy";
        return write_atomically(folder_ + "/arrays.json", pretty_json({{"files", files}, {"images", images_}}), Code::data);
    }

private:
    std::string folder_;
    FileNames names_;
    boost::json::array images_;
};

Syntax syntax() {
    Syntax syntax;
    syntax.usage = "octavo evaluate CONFIG [options]";
    syntax.description =
        "Runs the model over the config's validation images and prints the metric's figures.\n\n"
        "  octavo evaluate my.json                                (fp32)\n"
        "  octavo evaluate my.json --plan runs/my/plan.json       (the quantized model)\n"
        "  octavo evaluate my.json --model other.onnx --device NAME";
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

}  // namespace

Result<void> evaluate(Arguments arguments) {
    OCTAVO_TRY(const Parsed parsed, parse(syntax(), arguments, 1));
    if (parsed.help) return {};

    const Interrupt interrupt;
    const Registry registry = registry_of(parsed);
    OCTAVO_CHECK_OK(check_least(parsed, "limit", 1));
    OCTAVO_CHECK_OK(check_least(parsed, "draw", 1));
    OCTAVO_TRY(const Config config, read_config(*parsed.text("config"), registry, overrides_by(parsed)));
    const bool is_judged = !parsed.has("answers") && !parsed.has("arrays");
    if (!config.metric && is_judged)
        return Error(Code::config, config.file + ": /metric: found nothing, expected a metric to evaluate with");
    if (parsed.has("draw")) OCTAVO_CHECK_OK(check_drawable(config));
    OCTAVO_TRY(const Model model, load_model(config.model));
    OCTAVO_CHECK_OK(check_model(config, model));
    OCTAVO_TRY(const std::optional<Plan> plan, plan_of(parsed, model));
    OCTAVO_TRY(const DeviceHandle device, DeviceHandle::create(*config.device.plugin, config.device.values));
    OCTAVO_TRY(const std::int64_t images, validation_size(config));
    Progress progress(progress_form(parsed.flag("quiet"), parsed.flag("json")));
    const RunEvents events = progress.events(interrupt.token());
    events.begin("evaluate", images);
    const auto start = std::chrono::steady_clock::now();
    EvaluateRequest request{config, model, device, {plan ? &*plan : nullptr}, events.advance, events.stop};
    Answers answers;
    std::optional<ArrayFiles> arrays;
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
