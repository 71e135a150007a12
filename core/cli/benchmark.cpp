// octavo benchmark MODEL: latency, throughput and memory of one executable, of several at once, or beside other runtimes.
#include "core/base/pretty.h"
#include "core/base/threads.h"
#include "core/cli/interrupt.h"
#include "core/cli/peer_script.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_load.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <limits>

namespace octavo::cli {
namespace {

namespace json = boost::json;

constexpr double kMega = 1e6;
constexpr const char* kPrecisions[] = {"fp32", "bf16", "int8"};

struct Figures {
    Latency latency;
    std::int64_t batch = 1, streams = 1;
    double runs_per_s = 0;
    double steady_mb = 0, peak_mb = 0, device_mb = 0;
    std::vector<OperatorTime> operators;

    double throughput() const { return runs_per_s * static_cast<double>(batch); }
};

const char* precision_of(const OperatorTime& time) {
    return time.precision >= OCTAVO_FP32 && time.precision <= OCTAVO_INT8 ? kPrecisions[time.precision] : "?";
}

void print_json(const Figures& figures) {
    json::array operators;
    for (const OperatorTime& time : figures.operators)
        operators.push_back({{"name", time.name},
                             {"type", time.op},
                             {"implementation", time.implementation},
                             {"precision", precision_of(time)},
                             {"ms", time.milliseconds}});
    const json::object root{{"latency_ms",
                             {{"min", figures.latency.min_ms},
                              {"median", figures.latency.median_ms},
                              {"p90", figures.latency.p90_ms},
                              {"p99", figures.latency.p99_ms}}},
                            {"throughput_per_s", figures.throughput()},
                            {"memory_mb", {{"steady", figures.steady_mb}, {"peak", figures.peak_mb}, {"device", figures.device_mb}}},
                            {"batch", figures.batch},
                            {"streams", figures.streams},
                            {"runs", figures.latency.runs},
                            {"operators", operators}};
    std::puts(line_json(root).c_str());
}

void print_text(const Figures& figures) {
    double all = 0;
    for (const OperatorTime& time : figures.operators) all += time.milliseconds;
    std::printf("%9s %6s  %-4s  %-28s %-18s %s\n", "ms", "%", "", "implementation", "operator", "name");
    for (const OperatorTime& time : figures.operators)
        std::printf("%9.3f %6.1f  %-4s  %-28s %-18s %s\n", time.milliseconds, 100 * time.milliseconds / std::max(all, 1e-9),
                    precision_of(time), time.implementation.c_str(), time.op.c_str(), time.name.c_str());
    std::printf("\nlatency     min %.3f  median %.3f  p90 %.3f  p99 %.3f ms, batch %lld, %d runs\n", figures.latency.min_ms,
                figures.latency.median_ms, figures.latency.p90_ms, figures.latency.p99_ms, static_cast<long long>(figures.batch),
                figures.latency.runs);
    std::printf("throughput  %.1f images/s, %lld at once\n", figures.throughput(), static_cast<long long>(figures.streams * figures.batch));
    std::printf("memory      steady %.1f  peak %.1f  held by the device %.1f MB\n", figures.steady_mb, figures.peak_mb, figures.device_mb);
}

struct Wanted {
    std::optional<std::int64_t> batch;  // nothing: the model's own, or 1
    std::int64_t streams = 1;
    int threads = 0;  // of all streams together
    BenchmarkLimits limits;
};

// One session's latency, or what several get done at once.
Result<void> measure_speed(std::vector<Session>& sessions, const BenchmarkLimits& limits, Figures& figures) {
    if (sessions.size() == 1) {
        OCTAVO_TRY(const std::vector<Latency> latencies, measure_latency(sessions, limits));
        figures.latency = latencies[0];
        figures.runs_per_s = figures.latency.median_ms > 0 ? 1000 / figures.latency.median_ms : 0;
        return {};
    }
    BenchmarkLimits of_each = limits;
    if (of_each.least_runs < of_each.most_runs) of_each.most_runs = std::numeric_limits<int>::max();
    OCTAVO_TRY(const Throughput found, measure_throughput(sessions, of_each));
    figures.latency = found.latency;
    figures.runs_per_s = found.runs_per_s;
    return {};
}

// The options that a comparison shares with one measurement, and its own.
Result<void> compare(const Parsed& parsed) {
    for (const char* option : {"plan", "streams", "batch", "device", "runs"})
        if (parsed.has(option))
            return Error(Code::config, "--compare: found --" + std::string(option) +
                                           " besides, which other runtimes do not get; expected --run RUN, --threads, --seconds, --rounds");
    std::vector<std::string> passed = {*parsed.text("model")};
    static constexpr const char* kPassed[] = {"compare", "run", "rounds", "threads", "seconds", "json"};
    pass_on(parsed, kPassed, passed);
    return become_script(parsed, "compare.py", std::move(passed));
}

// The model is gone when it is compiled, as it would be in a product.
Result<std::vector<Session>> compile(const Parsed& parsed, const DeviceHandle& device, const Wanted& wanted, std::int64_t streams,
                                     bool profile) {
    OCTAVO_TRY(const Model model, load_model(*parsed.text("model")));
    OCTAVO_TRY(const std::optional<Plan> plan, plan_of(parsed, model));
    OCTAVO_TRY(const Graph batched, with_batch(model.executed, wanted.batch.value_or(own_batch(model.executed))));
    const int threads = wanted.streams == 1 ? wanted.threads : std::max(1, thread_count(wanted.threads) / static_cast<int>(wanted.streams));
    std::vector<Session> sessions(static_cast<std::size_t>(streams));
    for (Session& session : sessions) {
        OCTAVO_TRY(session, Session::compile(device, batched, plan ? &*plan : nullptr, {threads, {}, profile}));
    }
    return sessions;
}

Result<Figures> measure(const Parsed& parsed, const DeviceHandle& device, const Wanted& wanted) {
    Figures figures;
    figures.streams = wanted.streams;
    OCTAVO_TRY(std::vector<Session> sessions, compile(parsed, device, wanted, wanted.streams, false));
    const std::vector<Port>& inputs = sessions[0].inputs();
    figures.batch = inputs.empty() || inputs[0].shape.empty() ? 1 : inputs[0].shape[0];
    give_back_memory();
    OCTAVO_CHECK_OK(measure_speed(sessions, wanted.limits, figures));
    const ProcessMemory memory = process_memory();
    figures.steady_mb = static_cast<double>(memory.steady_bytes) / kMega;
    figures.peak_mb = static_cast<double>(memory.peak_bytes) / kMega;
    for (const Session& session : sessions) figures.device_mb += static_cast<double>(session.executable().memory_bytes()) / kMega;
    // Times by operator come from an executable of their own, since keeping them costs time.
    sessions.clear();
    OCTAVO_TRY(sessions, compile(parsed, device, wanted, 1, true));
    BenchmarkLimits limits = wanted.limits;
    limits.seconds /= 4;
    OCTAVO_TRY(const std::vector<Latency> ignored, measure_latency(sessions, limits));
    (void)ignored;
    figures.operators = sessions[0].executable().operators();
    return figures;
}

}  // namespace

Result<void> benchmark(Arguments arguments) {
    Syntax syntax;
    syntax.usage = "octavo benchmark MODEL [options]";
    syntax.description =
        "Runs the model on random numbers and prints the time of each operator, latency, throughput and memory: what the process holds\n"
        "while it runs (steady), held at most (peak, loading included), and what the device keeps for the model.\n\n"
        "  octavo benchmark model.onnx\n"
        "  octavo benchmark model.onnx --plan runs/my/plan.json --batch 8 --json\n"
        "  octavo benchmark model.onnx --streams 4                          (throughput)\n"
        "  octavo benchmark model.onnx --run runs/my --compare openvino,onnxruntime";
    syntax.positional = {"model"};
    add_plan(syntax);
    syntax.text("device", "device plugin that runs the model");
    syntax.number("threads", "0: all");
    syntax.number("batch", "images that run together");
    syntax.number("streams", "executables that run at once and share the threads (1)");
    syntax.number("seconds", "how long to measure (4; with --compare 1 a turn)");
    syntax.number("runs", "how many runs to measure, however long they take");
    syntax.text("compare", "runtimes that take turns with octavo, separated by commas (openvino,onnxruntime)");
    syntax.text("run", "with --compare: folder of a calibration whose int8 model is measured too");
    syntax.number("rounds", "with --compare: turns, whose median counts (3)");
    add_python(syntax);
    syntax.flag("json", "print JSON");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    OCTAVO_CHECK_OK(check_least(parsed, "seconds", 0));
    for (const char* option : {"batch", "streams", "runs", "rounds"}) OCTAVO_CHECK_OK(check_least(parsed, option, 1));
    Wanted wanted;
    OCTAVO_TRY(wanted.threads, threads_of(parsed));
    wanted.batch = parsed.number("batch");
    wanted.streams = parsed.number("streams").value_or(wanted.streams);
    if (wanted.streams > kMostThreads) return Error(Code::config, "--streams: expected 1 to " + std::to_string(kMostThreads));
    wanted.limits.seconds = static_cast<double>(parsed.number("seconds").value_or(4));
    if (const auto runs = parsed.number("runs"))
        wanted.limits.least_runs = wanted.limits.most_runs =
            static_cast<int>(std::min<std::int64_t>(*runs, std::numeric_limits<int>::max()));
    if (parsed.has("compare")) return compare(parsed);
    for (const char* option : {"run", "rounds"})
        if (parsed.has(option)) return Error(Code::config, "--" + std::string(option) + ": expected --compare besides");

    const Interrupt interrupt;
    wanted.limits.stop = interrupt.token();
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const DeviceHandle device, device_of(parsed, registry));
    OCTAVO_TRY(const Figures figures, measure(parsed, device, wanted));
    parsed.flag("json") ? print_json(figures) : print_text(figures);
    return {};
}

}  // namespace octavo::cli
