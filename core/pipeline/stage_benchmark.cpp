// Times are wall-clock times of whole runs on the calling thread.
#include "core/pipeline/stage_benchmark.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Latency latency_of(const std::vector<double>& times) {
    return {quantile(times, 0), quantile(times, 0.5), quantile(times, 0.9), quantile(times, 0.99), static_cast<int>(times.size())};
}

// What one thread has done.
struct Stream {
    std::vector<double> times;
    double runs_per_s = 0;
    Result<void> end = {};
};

void run_stream(Session& session, const std::vector<std::vector<std::byte>>& inputs, const BenchmarkLimits& limits, Stream& stream) {
    const Clock::time_point begin = Clock::now();
    const auto is_late = [&] { return milliseconds_since(begin) > limits.seconds * 1000; };
    for (int i = 0; i < limits.most_runs && (i < limits.least_runs || !is_late()) && !limits.stop.stop_requested(); ++i) {
        const Clock::time_point start = Clock::now();
        if (stream.end = session.run(inputs); !stream.end) return;
        stream.times.push_back(milliseconds_since(start));
    }
    stream.runs_per_s = 1000 * static_cast<double>(stream.times.size()) / std::max(milliseconds_since(begin), 1e-6);
}

}  // namespace

std::vector<std::vector<std::byte>> random_inputs(const std::vector<Port>& ports) {
    std::vector<std::vector<std::byte>> inputs;
    std::mt19937 random(1);
    for (const Port& port : ports) {
        inputs.emplace_back(port.size_bytes());
        if (port.type != OCTAVO_F32) continue;
        for (std::size_t i = 0; i + sizeof(float) <= inputs.back().size(); i += sizeof(float)) {
            const float value = static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F;
            std::memcpy(inputs.back().data() + i, &value, sizeof value);
        }
    }
    return inputs;
}

double quantile(std::vector<double> times, double share) {
    if (times.empty()) return 0;
    std::sort(times.begin(), times.end());
    const double place = share * static_cast<double>(times.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, times.size() - 1);
    return times[below] + (times[above] - times[below]) * (place - std::floor(place));
}

Result<std::vector<Latency>> measure_latency(std::vector<Session>& sessions, const BenchmarkLimits& limits) {
    if (sessions.empty()) return std::vector<Latency>();
    const std::vector<std::vector<std::byte>> inputs = random_inputs(sessions[0].inputs());
    std::vector<std::vector<double>> times(sessions.size());
    const Clock::time_point begin = Clock::now();
    const auto is_late = [&](double share) { return milliseconds_since(begin) > limits.seconds * 1000 * share; };
    for (int i = 0; i < limits.warm_up && (i == 0 || !is_late(0.25)); ++i)
        for (Session& session : sessions) OCTAVO_CHECK_OK(session.run(inputs));
    for (int i = 0; i < limits.most_runs && (i < limits.least_runs || !is_late(1)); ++i) {
        if (limits.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
        for (std::size_t s = 0; s < sessions.size(); ++s) {
            const Clock::time_point start = Clock::now();
            OCTAVO_CHECK_OK(sessions[s].run(inputs));
            times[s].push_back(milliseconds_since(start));
        }
    }
    std::vector<Latency> latencies;
    for (const std::vector<double>& of : times) latencies.push_back(latency_of(of));
    return latencies;
}

Result<Throughput> measure_throughput(std::vector<Session>& sessions, const BenchmarkLimits& limits) {
    if (sessions.empty()) return Throughput();
    const std::vector<std::vector<std::byte>> inputs = random_inputs(sessions[0].inputs());
    for (Session& session : sessions) OCTAVO_CHECK_OK(session.run(inputs));
    std::vector<Stream> streams(sessions.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t s = 0; s < sessions.size(); ++s)
            threads.emplace_back([&, s] { run_stream(sessions[s], inputs, limits, streams[s]); });
    }
    if (limits.stop.stop_requested()) return Error(Code::interrupted, "interrupted");
    Throughput throughput;
    std::vector<double> times;
    for (const Stream& stream : streams) {
        OCTAVO_CHECK_OK(stream.end);
        throughput.runs_per_s += stream.runs_per_s;
        times.insert(times.end(), stream.times.begin(), stream.times.end());
    }
    throughput.latency = latency_of(times);
    return throughput;
}

ProcessMemory process_memory() {
    constexpr std::int64_t kKibi = 1024;
    ProcessMemory memory;
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::int64_t size = 0;
        if (word == "VmRSS:" && status >> size) memory.steady_bytes = size * kKibi;
        if (word == "VmHWM:" && status >> size) memory.peak_bytes = size * kKibi;
    }
    return memory;
}

void give_back_memory() {
    malloc_trim(0);
}

}  // namespace octavo
