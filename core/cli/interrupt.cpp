// The signals are blocked everywhere and one thread waits for them, so nothing has to be safe inside a signal handler.
#include "core/cli/interrupt.h"

#include <unistd.h>

#include <octavo/result.h>

#include <cstdio>

namespace octavo::cli {
namespace {

sigset_t interrupts() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

Interrupt::Interrupt() {
    const sigset_t set = interrupts();
    pthread_sigmask(SIG_BLOCK, &set, &before_);
    thread_ = std::thread([this] { wait(); });
}

Interrupt::~Interrupt() {
    done_ = true;
    pthread_kill(thread_.native_handle(), SIGTERM);  // wakes it
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::wait() {
    constexpr const char* kSeen = "octavo: stopping at the next batch; once more ends at once\n";
    const sigset_t set = interrupts();
    for (int seen = 0, signal = 0; sigwait(&set, &signal) == 0 && !done_; ++seen) {
        if (seen > 0) _exit(static_cast<int>(Code::interrupted));
        if (isatty(STDERR_FILENO) == 1) std::fputc('\n', stderr);  // the terminal has shown ^C behind the bar
        std::fputs(kSeen, stderr);
        source_.request_stop();
    }
}

}  // namespace octavo::cli
