// Progress on stderr: a bar with rate and time left on a terminal, a line a stage elsewhere, nothing where it is to be quiet.
#pragma once

#include "core/pipeline/run.h"

#include <chrono>
#include <string>

namespace octavo::cli {

class Progress {
public:
    explicit Progress(bool quiet);

    // The events of a run, bound to this object.
    RunEvents events();

private:
    void begin(const std::string& stage, std::int64_t total);
    void advance(std::int64_t done);
    void improve(std::int64_t done, std::int64_t total, double gain_db);
    void end(double seconds);

    bool quiet_;
    bool terminal_;
    std::string stage_;
    std::int64_t total_ = 0;
    std::chrono::steady_clock::time_point begun_{}, drawn_{};
};

}  // namespace octavo::cli
