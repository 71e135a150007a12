// The stages of a run in their order. Each is timed; what they give is put into the report at the end.
#include "core/pipeline/run.h"
#include "core/base/threads.h"

#include "core/base/files.h"
#include "core/pipeline/near_chance.h"
#include "core/pipeline/rehearsal.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_check.h"
#include "core/pipeline/stage_costs.h"
#include "core/pipeline/stage_evaluate.h"
#include "core/pipeline/stage_export.h"
#include "core/pipeline/stage_front.h"
#include "core/pipeline/stage_quantize.h"
#include "core/pipeline/stage_search.h"
#include "core/pipeline/target.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLittleSnr = 10;                              // dB; detectors and classifiers that can be used have more
constexpr std::size_t kPictureBytes = std::size_t{256} << 20;  // 1783 of 224 x 224 pixels

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Runs one stage between its events and adds its time. An interrupted stage has its name for a message.
template <class Stage>
auto timed(const RunEvents& events, const std::string& name, std::int64_t total, double& seconds, Stage&& stage) -> decltype(stage()) {
    if (events.begin) events.begin(name, total);
    const Clock::time_point start = Clock::now();
    auto result = stage();
    const double taken = seconds_since(start);
    seconds += taken;
    if (!result && result.error().code() == Code::interrupted) return Error(Code::interrupted, name);
    if (result && events.end) events.end(taken);
    return result;
}

std::string cpu_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
    return "unknown";
}

std::string note_of(const MetricFigure& fp32, const MetricFigure& int8) {
    if (fp32.note == int8.note) return fp32.note;
    std::string text = fp32.note.empty() ? "" : "fp32: " + fp32.note;
    if (!int8.note.empty()) text += (text.empty() ? "int8: " : ", int8: ") + int8.note;
    return text;
}

std::vector<ReportFigure> report_figures(const AccuracyPart& part) {
    std::vector<ReportFigure> figures;
    for (std::size_t i = 0; i < part.figures[0].size(); ++i) {
        const MetricFigure& fp32 = part.figures[0][i];
        const MetricFigure& int8 = part.figures[1].at(i);
        figures.push_back(
            {fp32.name, fp32.unit, fp32.value, int8.value, fp32.principal, fp32.higher_is_better, fp32.group, note_of(fp32, int8)});
    }
    return figures;
}

void add_accuracy(const Config& config, const AccuracyPart& all, Report& report) {
    report.changed = all.changed;
    report.validation_images = all.images;
    report.snr_db = all.snr_db;
    report.fidelity.clear();
    for (const OutputFidelity& one : all.fidelity) report.fidelity.push_back({one.name, one.snr_db});
    if (config.metric)
        report.accuracy = ReportAccuracy{std::string(config.metric->plugin->name()), all.images, report_figures(all), all.right_to_wrong,
                                         all.wrong_to_right};
}

// Whether the metric says what the target is judged on.
Result<void> check_figures(const Config& config, const AccuracyPart& all) {
    const auto is_principal = [](const MetricFigure& figure) { return figure.principal; };
    if (!config.target || config.target->unit == Target::Unit::snr_db) return {};
    if (std::any_of(all.figures[0].begin(), all.figures[0].end(), is_principal)) return {};
    return Error(Code::config, config.file + ": /target: metric '" + std::string(config.metric->plugin->name()) +
                                   "' gives no principal figure, which max_drop speaks of; expected min_snr_db, or another metric");
}

std::string judged_text(const Target& target, const AccuracyPart& part) {
    std::string principal;
    for (const MetricFigure& figure : part.figures[0])
        if (figure.principal) principal = figure.name;
    return judgement_text(target, principal, judge(target, part.figures[0], part.figures[1], part.snr_db).value);
}

void judge_target(const Target& target, const AccuracyResult& evaluation, Report& report) {
    const auto shown = [](const AccuracyPart& part) { return ReportPart{part.images, report_figures(part), part.changed, part.snr_db}; };
    const AccuracyPart& judged = evaluation.searched ? *evaluation.searched : evaluation.all;
    const bool is_met = judge(target, judged.figures[0], judged.figures[1], judged.snr_db).met();
    ReportTarget& told = report.target;
    told.key = target.unit == Target::Unit::snr_db ? "min_snr_db" : "max_drop";
    told.limit_json = limit_json(target);
    told.status = is_met ? "met" : "missed";
    told.judged = judged_text(target, judged);
    told.sentence = is_met ? "" : "the accuracy target is missed: " + told.judged;
    if (!evaluation.held_back) return;
    told.searched = shown(*evaluation.searched);
    told.held_back = shown(*evaluation.held_back);
    told.held_back_judged = judged_text(target, *evaluation.held_back);
}

// What was chosen on the search images may have been their luck.
void warn_of_luck(const Target& target, const AccuracyResult& evaluation, Report& report) {
    if (!evaluation.held_back || report.target.status != "met") return;
    const AccuracyPart& other = *evaluation.held_back;
    if (judge(target, other.figures[0], other.figures[1], other.snr_db).met()) return;
    report.warnings.push_back("the target is met on the " + std::to_string(evaluation.searched->images) +
                              " search images, but not on the " + std::to_string(other.images) +
                              " held back: " + report.target.held_back_judged + "; more search_images make a better choice");
}

ReportSearch report_search(const SearchResult& found, const Graph& graph, std::int64_t images) {
    ReportSearch told{images, static_cast<std::int64_t>(found.ranking.size()), found.evaluations, {}, {}};
    for (const RankedGroup& group : found.ranking)
        for (const NodeId node : group.nodes) {
            if (std::find(found.returned.begin(), found.returned.end(), node) == found.returned.end()) continue;
            const Precision precision = found.plan.operators.at(graph[node].name).precision;
            told.returned.push_back({graph[node].name, graph[node].op, precision_text(precision), -10 * std::log10(group.error)});
        }
    for (const NodeId node : found.won_back) told.won_back.push_back(graph[node].name);
    return told;
}

void add_joined(const std::vector<JoinedRanges>& joined, const Graph& graph, Report& report) {
    for (const JoinedRanges& one : joined) {
        const std::string ratio = std::to_string(std::llround(one.ratio));
        report.joined.push_back({graph[one.node].name, "joins '" + graph[one.wide].name + "' and '" + graph[one.narrow].name +
                                                           "', whose ranges differ " + ratio + "-fold, " +
                                                           (one.is_int8 ? "on one grid, which int8 operators read" : "in floating point")});
    }
}

Result<void> add_benchmark(const Config& config, const Model& model, const DeviceHandle& device, const Plan& plan, std::stop_token stop,
                           Report& report) {
    OCTAVO_TRY(const Graph graph, with_batch_if_free(model.executed, 1));
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
    report.threads = thread_count(config.threads);
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
        const Result<void> measured = report_.interrupted.empty() ? measure() : Result<void>();
        if (!measured && measured.error().code() != Code::interrupted) return measured.error();
        if (!measured) report_.interrupted = measured.error().message();
        const std::string isa = ready_.device.isa();
        if (isa == "sse41" || isa == "avx2" || isa == "avx512_core")
            report_.warnings.push_back("this CPU (" + isa +
                                       ") has no VNNI, where ONNX Runtime's int8 kernels saturate: set its session option "
                                       "session.x64quantprecision to 1 (docs/onnx.md); octavo's own kernels are exact");
        add_environment(config_, ready_.device, report_);
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
        OCTAVO_TRY(ready_, timed(events_, "load", 0, report_.seconds.load, [&] { return make_ready(config_); }));
        return {};
    }

    Result<void> make_plan() {
        const auto in_rehearsal = [&](Session& session) { return rehearse(config_, session); };
        OCTAVO_TRY(const Statistics statistics, timed(events_, "calibrate", ready_.calibration_images, report_.seconds.calibrate, [&] {
                       return collect_statistics(
                           {config_, ready_.model, ready_.device, ready_.layout, events_.advance, events_.stop, in_rehearsal});
                   }));
        report_.calibration_images = statistics.images;
        add_notes(statistics.unreadable, report_.unreadable);
        OCTAVO_TRY(Quantized quantized, timed(events_, "quantize", 0, report_.seconds.quantize, [&] {
                       return quantize({config_, ready_.model, ready_.device, ready_.layout, statistics, events_.improve, events_.stop});
                   }));
        plan_ = std::move(quantized.plan);
        if (config_.objective == Objective::latency) OCTAVO_CHECK_OK(choose_fastest());
        noise_ = std::move(quantized.noise);
        add_joined(quantized.joined, ready_.model.executed, report_);
        report_.algorithm = plan_.algorithm;
        report_.objective = plan_.objective;
        return {};
    }

    // The plan becomes the fastest one. Interrupted, it stays what it is.
    Result<void> choose_fastest() {
        Result<FastestPlan> chosen = timed(events_, "costs", 0, report_.seconds.costs, [&] {
            return choose_by_speed({config_, ready_.model, ready_.device, plan_, cpu_name(), events_.stop});
        });
        if (!chosen && chosen.error().code() == Code::interrupted) {
            report_.interrupted = "costs";
            return {};
        }
        if (!chosen) return chosen.error();
        plan_ = fastest_ = std::move(chosen->plan);
        costs_ = std::move(chosen->costs);
        if (!chosen->measured)
            report_.warnings.push_back("times of operators are those of " + config_.output +
                                       "/costs.json, which an earlier run has measured; remove it to have them measured anew");
        return {};
    }

    // Before the measurements, so that a plan is there whatever they come to.
    Result<void> export_files() {
        OCTAVO_TRY(Exported exported, timed(events_, "export", 0, report_.seconds.export_files,
                                            [&] { return export_model(ready_.model, plan_, config_.export_as, config_.output); }));
        report_.files = std::move(exported.files);
        if (costs_) {
            report_.files.push_back(config_.output + "/costs.json");
            OCTAVO_CHECK_OK(write_atomically(report_.files.back(), to_json(*costs_), Code::data));
        }
        OCTAVO_TRY(const Graph graph, with_batch_if_free(ready_.model.executed, 1));
        report_.operators = report_operators(graph, plan_);
        for (const ProductNoise& one : noise_) report_.operators[index(one.node)].noise = ReportNoise{100 * one.share, one.channel};
        report_.exported_float.clear();
        for (const FloatOperator& one : exported.in_float) report_.exported_float.push_back({one.node, one.reason});
        return {};
    }

    Result<void> measure() {
        OCTAVO_CHECK_OK(evaluate_plan());
        if (std::string warning = chance_warning(evaluation_); !warning.empty()) report_.warnings.push_back(std::move(warning));
        add_notes(evaluation_.unreadable, report_.unreadable);
        add_notes(evaluation_.noted, report_.noted);
        if (report_.target.status == "missed") OCTAVO_CHECK_OK(search());
        evaluation_.first.clear();
        if (config_.target)
            warn_of_luck(*config_.target, evaluation_, report_);
        else if (evaluation_.all.snr_db < kLittleSnr)
            report_.warnings.push_back(noise_warning(evaluation_.all.snr_db));
        if (costs_) {
            OCTAVO_TRY(report_.front, timed(events_, "front", 0, report_.seconds.front, [&] {
                           return find_front({config_, ready_.model, ready_.device, *costs_, fastest_, plan_, noise_, ready_.search_images,
                                              events_.stop, pictures()});
                       }));
        }
        return timed(events_, "benchmark", 0, report_.seconds.benchmark,
                     [&] { return add_benchmark(config_, ready_.model, ready_.device, plan_, events_.stop, report_); });
    }

    Result<void> evaluate_plan() {
        const std::int64_t images = ready_.search_images.images + ready_.search_images.held_back;
        OCTAVO_TRY(evaluation_, timed(events_, "evaluate", images, report_.seconds.evaluate, [&] {
                       return evaluate({config_,
                                        ready_.model,
                                        ready_.device,
                                        {nullptr, &plan_},
                                        events_.advance,
                                        events_.stop,
                                        &ready_.search_images,
                                        pictures(),
                                        config_.target ? &evaluation_ : nullptr});
                   }));
        OCTAVO_CHECK_OK(check_figures(config_, evaluation_.all));
        add_accuracy(config_, evaluation_.all, report_);
        if (config_.target) judge_target(*config_.target, evaluation_, report_);
        return {};
    }

    static std::string noise_warning(double snr_db) {
        char ratio[32];
        std::snprintf(ratio, sizeof ratio, "%.1f", snr_db);
        return "the outputs are " + std::string(ratio) +
               " dB above their error, so much of what they say is noise; \"target\": {\"min_snr_db\": 20} gives operators that cost most "
               "back to floating point";
    }

    // What was measured is that of another plan.
    void forget_accuracy() {
        report_.accuracy.reset();
        report_.changed.reset();
        report_.validation_images = 0;
        report_.snr_db = 0;
        report_.fidelity.clear();
        report_.target = {};
    }

    // The plan becomes the best one that is found, whatever ended the search.
    Result<void> search() {
        const AccuracyPart& plain = evaluation_.searched ? *evaluation_.searched : evaluation_.all;
        OCTAVO_TRY(SearchResult found, timed(events_, "search", 0, report_.seconds.search, [&] {
                       return search_plan({config_, ready_.model, ready_.device, plan_, plain, ready_.search_images,
                                           costs_ ? &*costs_ : nullptr, events_.advance, events_.stop, pictures()});
                   }));
        report_.search = report_search(found, ready_.model.executed, plain.images);
        if (!found.returned.empty()) {
            plan_ = std::move(found.plan);
            forget_accuracy();
            OCTAVO_CHECK_OK(export_files());
        }
        if (found.stopped) return found.stopped->code() == Code::interrupted ? Error(Code::interrupted, "search") : *found.stopped;
        if (!found.returned.empty()) OCTAVO_CHECK_OK(evaluate_plan());
        if (report_.target.status == "missed")
            report_.target.sentence += "; the best of " + std::to_string(found.evaluations + 1) + " plans that were tried is written" +
                                       (found.is_spent ? " (max_evaluations ended the search)" : "");
        return {};
    }

    // Only where validation images are looked at more than once.
    PictureCache* pictures() { return config_.target || costs_ ? &pictures_ : nullptr; }

    static void add_notes(const std::vector<ImageNote>& notes, std::vector<ReportNote>& to) {
        for (const ImageNote& note : notes) to.push_back({note.id, note.text});
    }

    const Config& config_;
    const RunEvents& events_;
    Report report_;
    Ready ready_;
    Plan plan_;
    Plan fastest_;  // where costs are known: before the search
    std::optional<Costs> costs_;
    std::vector<ProductNoise> noise_;
    AccuracyResult evaluation_;
    PictureCache pictures_{kPictureBytes};
};

}  // namespace

Result<Report> run_calibration(const Config& config, const RunEvents& events) {
    return Run(config, events).go();
}

}  // namespace octavo
