// The bar is drawn at most ten times a second.
#include "core/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace octavo::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr int kBarWidth = 30;

}  // namespace

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

RunEvents Progress::events() {
    return {[this](const std::string& stage, std::int64_t total) { begin(stage, total); }, [this](std::int64_t done) { advance(done); },
            [this](double seconds) { end(seconds); },
            [this](std::int64_t done, std::int64_t total, double gain_db) { improve(done, total, gain_db); }};
}

void Progress::begin(const std::string& stage, std::int64_t total) {
    stage_ = stage;
    total_ = total;
    begun_ = std::chrono::steady_clock::now();
    drawn_ = begun_;
    if (!quiet_ && terminal_) std::fprintf(stderr, "\r\033[K%s", stage.c_str());
}

void Progress::advance(std::int64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || !terminal_ || total_ <= 0 || now - drawn_ < kBetweenDrawings) return;
    drawn_ = now;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    const double rate = static_cast<double>(done) / std::max(seconds, 1e-3);
    const auto filled = static_cast<std::size_t>(done * kBarWidth / total_);
    const std::string bar =
        std::string(std::min<std::size_t>(filled, kBarWidth), '#') + std::string(kBarWidth - std::min<std::size_t>(filled, kBarWidth), '.');
    std::fprintf(stderr, "\r\033[K%-12s [%s] %lld/%lld  %.1f/s  %.0f s left", stage_.c_str(), bar.c_str(), static_cast<long long>(done),
                 static_cast<long long>(total_), rate, static_cast<double>(total_ - done) / std::max(rate, 1e-3));
}

void Progress::improve(std::int64_t done, std::int64_t total, double gain_db) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_last = done == total;
    if (quiet_ || (!is_last && (!terminal_ || now - drawn_ < kBetweenDrawings))) return;
    drawn_ = now;
    std::fprintf(stderr, "%s%-12s step %lld of %lld, %.2f dB gained%s", terminal_ ? "\r\033[K" : "", stage_.c_str(),
                 static_cast<long long>(done), static_cast<long long>(total), gain_db, terminal_ ? "" : "\n");
}

void Progress::end(double seconds) {
    if (quiet_) return;
    const std::string count = total_ > 0 ? ", " + std::to_string(total_) + " images" : "";
    std::fprintf(stderr, "%s%-12s %.1f s%s\n", terminal_ ? "\r\033[K" : "", stage_.c_str(), seconds, count.c_str());
}

}  // namespace octavo::cli
