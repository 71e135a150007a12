// Times are wall-clock times of whole runs on the calling thread.
#include "core/pipeline/stage_benchmark.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <string>

namespace octavo {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
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
    for (const std::vector<double>& of : times)
        latencies.push_back({quantile(of, 0), quantile(of, 0.5), quantile(of, 0.9), quantile(of, 0.99), static_cast<int>(of.size())});
    return latencies;
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

}  // namespace octavo
