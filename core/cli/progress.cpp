// One function an event; stages without a count show only that they ended.
#include "core/cli/progress.h"

#include "core/base/pretty.h"
#include "core/base/text.h"

#include <unistd.h>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace octavo::cli {
namespace {

using std::chrono::milliseconds;

constexpr int kBarWidth = 30;

milliseconds pause_of(ProgressForm form) {
    return form == ProgressForm::bar ? milliseconds(100) : form == ProgressForm::json ? milliseconds(1000) : milliseconds(5000);
}

void print_json(const boost::json::object& object) {
    std::fprintf(stderr, "%s\n", line_json(object).c_str());
}

double rounded(double value) {
    return std::round(value * 10) / 10;
}

}  // namespace

ProgressForm progress_form(bool quiet, bool json) {
    if (quiet) return ProgressForm::none;
    if (json) return ProgressForm::json;
    return isatty(STDERR_FILENO) == 1 ? ProgressForm::bar : ProgressForm::lines;
}

// A stage that failed leaves its bar, where a message is to stand.
Progress::~Progress() {
    if (is_drawn_) std::fputs("\r\033[K", stderr);
}

RunEvents Progress::events(std::stop_token stop) {
    return {[this](const std::string& stage, std::int64_t total) { begin(stage, total); }, [this](std::int64_t done) { advance(done); },
            [this](double seconds) { end(seconds); },
            [this](std::int64_t done, std::int64_t total, double gain_db) { improve(done, total, gain_db); }, std::move(stop)};
}

void Progress::begin(const std::string& stage, std::int64_t total) {
    stage_ = stage;
    total_ = total;
    begun_ = shown_ = std::chrono::steady_clock::now();
    is_drawn_ = form_ == ProgressForm::bar;
    if (is_drawn_) std::fprintf(stderr, "\r\033[K%s", stage.c_str());
    if (form_ == ProgressForm::json) print_json({{"stage", stage}, {"done", 0}, {"total", total}});
    if (form_ == ProgressForm::lines && total > 0) std::fprintf(stderr, "%s: %s\n", stage.c_str(), counted(total, "image").c_str());
}

void Progress::advance(std::int64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (form_ == ProgressForm::none || total_ <= 0 || now - shown_ < pause_of(form_)) return;
    shown_ = now;
    const double rate = static_cast<double>(done) / std::max(std::chrono::duration<double>(now - begun_).count(), 1e-3);
    const double left = static_cast<double>(std::max<std::int64_t>(total_ - done, 0)) / std::max(rate, 1e-3);
    const auto done_text = static_cast<long long>(done), total_text = static_cast<long long>(total_);
    if (form_ == ProgressForm::json) {
        print_json({{"stage", stage_}, {"done", done}, {"total", total_}, {"per_second", rounded(rate)}, {"seconds_left", rounded(left)}});
    } else if (form_ == ProgressForm::lines) {
        std::fprintf(stderr, "%s: %lld of %s, %.1f/s, %.0f s left\n", stage_.c_str(), done_text, counted(total_, "image").c_str(), rate,
                     left);
    } else {
        const auto filled = static_cast<std::size_t>(std::clamp<std::int64_t>(done * kBarWidth / total_, 0, kBarWidth));
        const std::string bar = std::string(filled, '#') + std::string(kBarWidth - filled, '.');
        std::fprintf(stderr, "\r\033[K%-12s [%s] %lld/%lld  %.1f/s  %.0f s left", stage_.c_str(), bar.c_str(), done_text, total_text, rate,
                     left);
    }
}

void Progress::improve(std::int64_t done, std::int64_t total, double gain_db) {
    const auto now = std::chrono::steady_clock::now();
    if (form_ == ProgressForm::none || (done < total && now - shown_ < pause_of(form_))) return;
    shown_ = now;
    if (form_ == ProgressForm::json)
        return print_json({{"stage", stage_}, {"step", done}, {"steps", total}, {"gain_db", std::round(gain_db * 100) / 100}});
    const bool is_bar = form_ == ProgressForm::bar;
    std::fprintf(stderr, "%s%-12s step %lld of %lld, %.2f dB gained%s", is_bar ? "\r\033[K" : "", stage_.c_str(),
                 static_cast<long long>(done), static_cast<long long>(total), gain_db, is_bar ? "" : "\n");
}

void Progress::end(double seconds) {
    is_drawn_ = false;
    if (form_ == ProgressForm::none) return;
    if (form_ == ProgressForm::json) return print_json({{"stage", stage_}, {"seconds", std::round(seconds * 1000) / 1000}});
    const std::string count = total_ > 0 ? ", " + counted(total_, "image") : "";
    std::fprintf(stderr, "%s%-12s %.1f s%s\n", form_ == ProgressForm::bar ? "\r\033[K" : "", stage_.c_str(), seconds, count.c_str());
}

}  // namespace octavo::cli
