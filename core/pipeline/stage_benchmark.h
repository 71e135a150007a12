// Benchmark: latency of several executables of one graph, their runs interleaved so that whatever else the machine does hits all alike; and
// what they hold in memory.
#pragma once

#include "core/pipeline/session.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace octavo {

struct Latency {
    double min_ms = 0, median_ms = 0, p90_ms = 0, p99_ms = 0;
    int runs = 0;
};

struct BenchmarkLimits {
    int warm_up = 3;
    int most_runs = 100;  // of each session
    int least_runs = 5;
    double seconds = 4;  // for all sessions together, once the least number is reached
    std::stop_token stop = {};
};

// [session]; the inputs are the same numbers from a fixed seed for all.
Result<std::vector<Latency>> measure_latency(std::vector<Session>& sessions, const BenchmarkLimits& limits);

struct Throughput {
    double runs_per_s = 0;  // of all sessions together
    Latency latency;        // of each run while the others run too
};

// The sessions at once, each on a thread of its own. Limits of runs are those of each session.
Result<Throughput> measure_throughput(std::vector<Session>& sessions, const BenchmarkLimits& limits);

// Numbers of both signs for f32 from a fixed seed, zeros for everything else (indices and flags).
std::vector<std::vector<std::byte>> random_inputs(const std::vector<Port>& ports);

// Of sorted or unsorted times; `share` 0.5 is the median. Between two values it is interpolated.
double quantile(std::vector<double> times, double share);

struct ProcessMemory {
    std::int64_t steady_bytes = 0;  // resident now
    std::int64_t peak_bytes = 0;    // resident at most since the process began
};
ProcessMemory process_memory();

// What the allocator holds free goes back to the system.
void give_back_memory();

}  // namespace octavo
