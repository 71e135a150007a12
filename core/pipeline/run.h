// Run: a config to a model, a plan and a report, stage after stage. Outputs lie in the config's output folder; they are written whatever an
// accuracy target says, and the report tells whether it was met. A run that is stopped before there is a plan writes nothing and gives
// Code::interrupted; afterwards it leaves model, plan, and a report that says where it was stopped.
#pragma once

#include "core/pipeline/config.h"
#include "core/report/report.h"

#include <functional>
#include <stop_token>
#include <string>

namespace octavo {

// What a run tells while it works; any may be empty.
struct RunEvents {
    std::function<void(const std::string& stage, std::int64_t total)> begin;  // total 0: not counted
    std::function<void(std::int64_t done)> advance;
    std::function<void(double seconds)> end;
    // An algorithm that runs the network: its steps, and by how many dB the error at the outputs has fallen.
    std::function<void(std::int64_t done, std::int64_t total, double gain_db)> improve;
    std::stop_token stop = {};  // asks the run to end at its next batch
};

Result<Report> run_calibration(const Config& config, const RunEvents& events);

}  // namespace octavo
