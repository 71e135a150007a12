// The stages of a run in their order. Each is timed; what they give is put into the report at the end.
#include "core/pipeline/run.h"

#include "core/base/files.h"
#include "core/pipeline/near_chance.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_check.h"
#include "core/pipeline/stage_evaluate.h"
#include "core/pipeline/stage_export.h"
#include "core/pipeline/stage_quantize.h"

#include <boost/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <thread>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Runs one stage between its events and keeps its time. An interrupted stage has its name for a message.
template <class Stage>
auto timed(const RunEvents& events, const std::string& name, std::int64_t total, double& seconds, Stage&& stage) -> decltype(stage()) {
    if (events.begin) events.begin(name, total);
    const Clock::time_point start = Clock::now();
    auto result = stage();
    seconds = seconds_since(start);
    if (!result && result.error().code() == Code::interrupted) return Error(Code::interrupted, name);
    if (result && events.end) events.end(seconds);
    return result;
}

std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
    return "unknown";
}

void add_accuracy(const Config& config, const AccuracyResult& evaluation, Report& report) {
    report.changed = evaluation.changed;
    report.validation_images = evaluation.images;
    report.snr_db = evaluation.snr_db;
    for (const OutputFidelity& one : evaluation.fidelity) report.fidelity.push_back({one.name, one.snr_db});
    if (!config.metric) return;
    ReportAccuracy accuracy;
    accuracy.metric = config.metric->plugin->name();
    accuracy.images = evaluation.images;
    accuracy.right_to_wrong = evaluation.right_to_wrong;
    accuracy.wrong_to_right = evaluation.wrong_to_right;
    for (std::size_t i = 0; i < evaluation.figures[0].size(); ++i) {
        const MetricFigure& fp32 = evaluation.figures[0][i];
        accuracy.figures.push_back(
            {fp32.name, fp32.unit, fp32.value, evaluation.figures[1].at(i).value, fp32.principal, fp32.higher_is_better});
    }
    report.accuracy = std::move(accuracy);
}

std::string rounded(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

void judge_target(const Target& target, Report& report) {
    const bool is_points = target.unit == Target::Unit::points;
    const std::string unit = is_points ? "points" : "percent";
    report.target.max_drop_json = boost::json::serialize(boost::json::object{{unit, target.max_drop}});
    if (!report.accuracy) return;
    for (const ReportFigure& figure : report.accuracy->figures) {
        if (!figure.principal) continue;
        const double worse = figure.higher_is_better ? figure.fp32 - figure.int8 : figure.int8 - figure.fp32;
        const double drop = is_points ? worse : 100 * worse / std::max(std::abs(figure.fp32), 1e-9);
        report.target.status = drop <= target.max_drop ? "met" : "missed";
        if (drop > target.max_drop)
            report.target.sentence = "the accuracy target is missed: " + figure.name + " dropped by " + rounded(drop) + " " + unit +
                                     ", at most " + rounded(target.max_drop) + " was asked for";
    }
}

Result<void> add_benchmark(const Config& config, const Model& model, const DeviceHandle& device, const Plan& plan, std::stop_token stop,
                           Report& report) {
    OCTAVO_TRY(const Graph graph, with_batch(model.executed, 1));
    std::vector<Session> sessions(2);
    const CompileOptions options{config.threads, {}, false};
    OCTAVO_TRY(sessions[0], Session::compile(device, graph, nullptr, options));
    OCTAVO_TRY(sessions[1], Session::compile(device, graph, &plan, options));
    OCTAVO_TRY(const std::vector<Latency> latencies, measure_latency(sessions, {.stop = std::move(stop)}));
    report.latency_fp32 = {latencies[0].median_ms, latencies[0].p90_ms};
    report.latency_int8 = {latencies[1].median_ms, latencies[1].p90_ms};
    report.memory_fp32_bytes = sessions[0].executable().memory_bytes();
    report.memory_int8_bytes = sessions[1].executable().memory_bytes();
    return {};
}

void add_environment(const Config& config, const DeviceHandle& device, Report& report) {
    report.device = config.device.plugin->name();
    report.isa = device.isa();
    report.version = OCTAVO_VERSION;
    report.cpu = cpu_name();
    report.threads = config.threads > 0 ? config.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    report.config_json = config.json;
}

class Run {
public:
    Run(const Config& config, const RunEvents& events) : config_(config), events_(events) {}

    Result<Report> go() {
        const Clock::time_point start = Clock::now();
        OCTAVO_CHECK_OK(nothing_written(prepare()));
        OCTAVO_CHECK_OK(nothing_written(make_plan()));
        OCTAVO_CHECK_OK(export_files());
        if (const Result<void> measured = measure(); !measured) {
            if (measured.error().code() != Code::interrupted) return measured.error();
            report_.interrupted = measured.error().message();
        }
        if (config_.objective == Objective::latency)
            report_.warnings.push_back("objective latency: operators are not chosen by speed yet, so this is the plan of objective int8");
        const std::string isa = device_.isa();
        if (isa == "sse41" || isa == "avx2" || isa == "avx512_core")
            report_.warnings.push_back("this CPU (" + isa +
                                       ") has no VNNI, where ONNX Runtime's int8 kernels saturate: set its session option "
                                       "session.x64quantprecision to 1 (docs/onnx.md); octavo's own kernels are exact");
        add_environment(config_, device_, report_);
        report_.memory_peak_bytes = process_memory().peak_bytes;
        report_.seconds.total = seconds_since(start);
        const std::string path = config_.output + "/report.json";
        report_.files.push_back(path);
        OCTAVO_CHECK_OK(write_atomically(path, report_json(report_), Code::data));
        return std::move(report_);
    }

private:
    static Result<void> nothing_written(Result<void> stage) {
        if (stage || stage.error().code() != Code::interrupted) return stage;
        return Error(Code::interrupted,
                     "interrupted in the stage '" + stage.error().message() + "': there is no plan yet, nothing was written");
    }

    Result<void> prepare() {
        OCTAVO_TRY(model_, timed(events_, "load", 0, report_.seconds.load, [&] { return load_model(config_.model); }));
        OCTAVO_CHECK_OK(check_model(config_, model_));
        OCTAVO_TRY(device_, DeviceHandle::create(*config_.device.plugin, config_.device.values));
        OCTAVO_TRY(layout_, lay_out(model_, device_));
        // Both data sets are opened before hours go into either.
        OCTAVO_TRY(calibration_images_, calibration_size(config_));
        OCTAVO_TRY(validation_images_, validation_size(config_));
        return {};
    }

    Result<void> make_plan() {
        const auto calibrate = [&]() -> Result<Plan> {
            OCTAVO_TRY(const Statistics statistics, collect_statistics({config_, model_, device_, layout_, events_.advance, events_.stop}));
            report_.calibration_images = statistics.images;
            add_unreadable(statistics.unreadable);
            return quantize({config_, model_, device_, layout_, statistics, events_.improve, events_.stop});
        };
        OCTAVO_TRY(plan_, timed(events_, "calibrate", calibration_images_, report_.seconds.calibrate, calibrate));
        report_.algorithm = plan_.algorithm;
        report_.objective = plan_.objective;
        OCTAVO_TRY(const Graph graph, with_batch(model_.executed, 1));
        report_.operators = report_operators(graph, plan_);
        return {};
    }

    // Before the measurements, so that a plan is there whatever they come to.
    Result<void> export_files() {
        OCTAVO_TRY(Exported exported,
                   timed(events_, "export", 0, report_.seconds.export_files, [&] { return export_model(model_, plan_, config_.output); }));
        report_.files = std::move(exported.files);
        for (const UnfusedConvolution& one : exported.unfused) report_.exported_float.push_back({one.node, one.reason});
        return {};
    }

    Result<void> measure() {
        OCTAVO_TRY(const AccuracyResult evaluation, timed(events_, "evaluate", validation_images_, report_.seconds.evaluate, [&] {
                       return evaluate({config_, model_, device_, {nullptr, &plan_}, events_.advance, events_.stop});
                   }));
        add_accuracy(config_, evaluation, report_);
        add_unreadable(evaluation.unreadable);
        if (std::string warning = chance_warning(evaluation); !warning.empty()) report_.warnings.push_back(std::move(warning));
        if (config_.target) judge_target(*config_.target, report_);
        return timed(events_, "benchmark", 0, report_.seconds.benchmark,
                     [&] { return add_benchmark(config_, model_, device_, plan_, events_.stop, report_); });
    }

    void add_unreadable(const std::vector<UnreadableImage>& images) {
        for (const UnreadableImage& image : images) report_.unreadable.push_back({image.id, image.reason});
    }

    const Config& config_;
    const RunEvents& events_;
    Report report_;
    Model model_;
    DeviceHandle device_;
    Layout layout_;
    Plan plan_;
    std::int64_t calibration_images_ = 0, validation_images_ = 0;
};

}  // namespace

Result<Report> run_calibration(const Config& config, const RunEvents& events) {
    return Run(config, events).go();
}

}  // namespace octavo
