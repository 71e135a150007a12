// The child writes the number of each attempt into a pipe before it begins, and `count` when it is done: the last number names the culprit.
#include "core/plugins/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace octavo {
namespace {

using Attempt = std::function<void(std::size_t)>;

// Nothing of the probe is seen outside: no output, no core file, no handler of the host's, and it does not outlive the host.
void become_quiet(pid_t host) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != host) _exit(0);
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGTERM, SIGINT, SIGALRM}) std::signal(signal, SIG_DFL);
}

// noexcept: an exception ends the child, and does not go on as a second host.
[[noreturn]] void be_the_child(pid_t host, int pipe, const std::vector<std::string>& fates, const Attempt& attempt) noexcept {
    become_quiet(host);
    const auto tell = [&](std::size_t number) { return write(pipe, &number, sizeof number) == sizeof number; };
    for (std::size_t i = 0; i < fates.size(); ++i)
        if (fates[i].empty() && tell(i)) attempt(i);
    tell(fates.size());
    _exit(0);
}

// The next number, or nothing: where the pipe ends, or where none comes in time (`is_late`).
bool read_number(int pipe, std::chrono::milliseconds patience, std::size_t& number, bool& is_late) {
    pollfd ready{pipe, POLLIN, 0};
    int found = 0;
    do found = poll(&ready, 1, static_cast<int>(patience.count()));
    while (found < 0 && errno == EINTR);
    is_late = found == 0;
    return found > 0 && read(pipe, &number, sizeof number) == sizeof number;
}

std::string fate_of(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        return "crashed while loading (signal " + std::to_string(signal) + ", " + strsignal(signal) + ")";
    }
    return "ended the process while loading (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

// One child. Fills in the fate of the attempt that ended it; true if none did, or if no child can be had.
bool survives(std::vector<std::string>& fates, std::chrono::milliseconds patience, const Attempt& attempt) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return true;
    std::fflush(nullptr);  // or a child that calls exit() would print it again
    const pid_t host = getpid(), child = fork();
    if (child == 0) be_the_child(host, ends[1], fates, attempt);
    close(ends[1]);
    std::size_t number = fates.size();
    bool is_late = false;
    while (child > 0 && read_number(ends[0], patience, number, is_late) && number < fates.size()) {
    }
    close(ends[0]);
    if (child < 0) return true;
    if (is_late) kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (number >= fates.size()) return true;
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%g", static_cast<double>(patience.count()) / 1000);
    fates[number] = is_late ? std::string("did not finish loading within ") + seconds + " s" : fate_of(status);
    return false;
}

}  // namespace

std::vector<std::string> try_in_child(std::size_t count, std::chrono::milliseconds patience, const Attempt& attempt) {
    std::vector<std::string> fates(count);
    while (count > 0 && !survives(fates, patience, attempt)) {
    }
    return fates;
}

}  // namespace octavo
