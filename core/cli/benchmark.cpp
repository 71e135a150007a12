// octavo benchmark MODEL: latency, throughput and memory of one executable.
#include "core/cli/interrupt.h"
#include "core/cli/options.h"
#include "core/pipeline/stage_benchmark.h"
#include "core/pipeline/stage_load.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace octavo::cli {
namespace {

namespace json = boost::json;

constexpr double kMega = 1e6;
constexpr const char* kPrecisions[] = {"fp32", "bf16", "int8"};

struct Figures {
    Latency latency;
    std::int64_t batch = 1;
    double steady_mb = 0, peak_mb = 0, device_mb = 0;
    std::vector<OperatorTime> operators;

    double throughput() const { return latency.median_ms > 0 ? 1000.0 * static_cast<double>(batch) / latency.median_ms : 0; }
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
                            {"runs", figures.latency.runs},
                            {"operators", operators}};
    std::puts(json::serialize(root).c_str());
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
    std::printf("throughput  %.1f images/s\n", figures.throughput());
    std::printf("memory      steady %.1f  peak %.1f  held by the device %.1f MB\n", figures.steady_mb, figures.peak_mb, figures.device_mb);
}

struct Wanted {
    std::int64_t batch = 1;
    int threads = 0;
    BenchmarkLimits limits;
};

Result<Figures> measure(const DeviceHandle& device, const Graph& graph, const Plan* plan, const Wanted& wanted) {
    Figures figures;
    figures.batch = wanted.batch;
    OCTAVO_TRY(const Graph batched, with_batch(graph, figures.batch));
    std::vector<Session> sessions(1);
    OCTAVO_TRY(sessions[0], Session::compile(device, batched, plan, {wanted.threads, {}, false}));
    OCTAVO_TRY(const std::vector<Latency> latencies, measure_latency(sessions, wanted.limits));
    figures.latency = latencies[0];
    const ProcessMemory memory = process_memory();
    figures.steady_mb = static_cast<double>(memory.steady_bytes) / kMega;
    figures.peak_mb = static_cast<double>(memory.peak_bytes) / kMega;
    figures.device_mb = static_cast<double>(sessions[0].executable().memory_bytes()) / kMega;
    // Times by operator come from an executable of their own, since keeping them costs time.
    OCTAVO_TRY(sessions[0], Session::compile(device, batched, plan, {wanted.threads, {}, true}));
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
        "  octavo benchmark model.onnx --plan runs/my/plan.json --batch 8 --json";
    syntax.positional = {"model"};
    add_plan(syntax);
    syntax.text("device", "device plugin that runs the model");
    syntax.number("threads", "0: all");
    syntax.number("batch", "images that run together");
    syntax.number("seconds", "how long to measure (4)");
    syntax.flag("json", "print JSON");
    add_plugin_path(syntax);
    OCTAVO_TRY(const Parsed parsed, parse(syntax, arguments, 1));
    if (parsed.help) return {};
    OCTAVO_CHECK_OK(check_least(parsed, "seconds", 0));
    OCTAVO_CHECK_OK(check_least(parsed, "batch", 1));
    Wanted wanted;
    OCTAVO_TRY(wanted.threads, threads_of(parsed));
    wanted.batch = parsed.number("batch").value_or(wanted.batch);
    wanted.limits.seconds = static_cast<double>(parsed.number("seconds").value_or(4));

    const Interrupt interrupt;
    wanted.limits.stop = interrupt.token();
    const Registry registry = registry_of(parsed);
    OCTAVO_TRY(const DeviceHandle device, device_of(parsed, registry));
    OCTAVO_TRY(const Model model, load_model(*parsed.text("model")));
    OCTAVO_TRY(const std::optional<Plan> plan, plan_of(parsed, model));
    OCTAVO_TRY(const Figures figures, measure(device, model.executed, plan ? &*plan : nullptr, wanted));
    parsed.flag("json") ? print_json(figures) : print_text(figures);
    return {};
}

}  // namespace octavo::cli
