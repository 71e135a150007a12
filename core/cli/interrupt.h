// Ctrl-C (SIGINT) and SIGTERM as a stop token: the first asks the run to stop at its next batch, the second ends the process at once with
// exit code 130. As long as the object lives; made before any other thread is, so that all threads leave these signals to it.
#pragma once

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace octavo::cli {

class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return source_.get_token(); }

private:
    void wait();

    std::stop_source source_;
    std::atomic<bool> done_ = false;
    sigset_t before_{};
    std::thread thread_;
};

}  // namespace octavo::cli
