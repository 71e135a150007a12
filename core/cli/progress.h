// Progress on stderr: a bar with rate and time left on a terminal, plain lines elsewhere, a JSON object a line for machines, or nothing.
//
//     calibrate: 300 images
//     calibrate: 120 of 300 images, 24.0/s, 8 s left        (every five seconds)
//     calibrate    12.5 s, 300 images
//
//     {"stage": "calibrate", "done": 120, "total": 300, "per_second": 24, "seconds_left": 7.5}
#pragma once

#include "core/pipeline/run.h"

#include <chrono>
#include <string>

namespace octavo::cli {

enum class ProgressForm { none, bar, lines, json };

// What a verb's --quiet and --json mean for this stderr.
ProgressForm progress_form(bool quiet, bool json);

class Progress {
public:
    explicit Progress(ProgressForm form) : form_(form) {}
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // The events of a run, bound to this object.
    RunEvents events(std::stop_token stop = {});

private:
    void begin(const std::string& stage, std::int64_t total);
    void advance(std::int64_t done);
    void improve(std::int64_t done, std::int64_t total, double gain_db);
    void end(double seconds);

    ProgressForm form_;
    std::string stage_;
    std::int64_t total_ = 0;
    bool is_drawn_ = false;  // a bar that end() has not replaced
    std::chrono::steady_clock::time_point begun_{}, shown_{};
};

}  // namespace octavo::cli
