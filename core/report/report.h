// Report: everything that a run tells, as plain values. `report_json` writes what other tools read, `report_table` what people read at the
// end of a run. Accuracy is in the metric's unit (percent for classifiers), drops are fp32 less int8, times in milliseconds or seconds,
// memory in bytes.
#pragma once

#include "core/graph/graph.h"
#include "core/plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

struct ReportFigure {
    std::string name, unit;
    double fp32 = 0, int8 = 0;
    bool principal = false;
    bool higher_is_better = true;
    std::string group = {};  // the title of the table that it is a row of; empty: stands for itself
    std::string note = {};   // what to know of it
};

struct ReportAccuracy {
    std::string metric;
    std::int64_t images = 0;
    std::vector<ReportFigure> figures;
    std::optional<std::int64_t> right_to_wrong, wrong_to_right;  // nothing where an image has no score of its own
};

struct ReportFidelity {
    std::string name;
    double snr_db = 0;
};

struct ReportLatency {
    double median_ms = 0, p90_ms = 0;
};

// What rounding an operator's input puts into the output channel that it hurts most.
struct ReportNoise {
    double percent = 0;  // of that channel's span
    std::int64_t channel = 0;
};

struct ReportOperator {
    std::string name, type, precision, reason;
    std::int64_t multiply_adds = 0;
    std::optional<ReportNoise> noise = {};  // where a grid is read
};

// Of some of the validation images.
struct ReportPart {
    std::int64_t images = 0;
    std::vector<ReportFigure> figures;
    std::optional<std::int64_t> changed;
    double snr_db = 0;
};

struct ReportTarget {
    std::string key, limit_json;  // "max_drop", {"points": 1}: as in the config; empty: no target
    std::string status = "none";
    std::string sentence;                 // where it is missed
    std::string judged;                   // "top1 dropped by 0.80 points, at most 1.00 was asked for"
    std::optional<ReportPart> searched;   // the images it was judged on, where that is not all of them
    std::optional<ReportPart> held_back;  // the others
    std::string held_back_judged;         // the same sentence of them
};

// An operator that the search put back into floating point.
struct ReportReturned {
    std::string name, type, precision;
    double alone_snr_db = 0;  // of the outputs where nothing but it and what reads the same values is int8
};

struct ReportSearch {
    std::int64_t images = 0, groups = 0, evaluations = 0;
    std::vector<ReportReturned> returned;  // the costliest first
    std::vector<std::string> won_back;     // went back and are int8 again
};

// A plan between the fastest and fp32.
struct ReportPoint {
    std::string name;
    double ms = 0;          // as its operators' times say
    double snr_db = 0;      // on a few images; infinite for fp32
    double int8_share = 0;  // of all multiply-adds
    bool is_chosen = false;
};

struct ReportSeconds {
    double load = 0, calibrate = 0, quantize = 0, costs = 0, evaluate = 0, search = 0, front = 0, benchmark = 0, export_files = 0,
           total = 0;
};

struct ReportNote {
    std::string id, reason;
};

struct Report {
    std::optional<ReportAccuracy> accuracy;
    std::optional<std::int64_t> changed;  // answers; nothing where outputs are no answers
    std::int64_t calibration_images = 0, validation_images = 0;
    double snr_db = 0;
    std::vector<ReportFidelity> fidelity;
    ReportLatency latency_fp32, latency_int8;
    std::int64_t memory_fp32_bytes = 0, memory_int8_bytes = 0, memory_peak_bytes = 0;
    std::vector<ReportOperator> operators;
    std::vector<ReportPoint> front;  // the fastest first; empty where operators' times are not known
    ReportTarget target;
    std::optional<ReportSearch> search;
    std::vector<std::string> algorithm;
    std::string objective, isa, device;
    ReportSeconds seconds;
    std::vector<std::string> files;
    std::vector<std::string> warnings;
    std::string interrupted;                 // the stage that was cut off, with all behind it; empty: none
    std::vector<ReportNote> unreadable;      // images
    std::vector<ReportNote> joined;          // operators that join values of very different range
    std::vector<ReportNote> noted;           // validation images whose annotation was left out in part or put right
    std::vector<ReportNote> exported_float;  // int8 operators that the written ONNX model leaves to floating point
    std::string config_json;
    std::string version, cpu;
    int threads = 0;
};

struct Int8Share {
    double operators = 0;      // of all operators
    double multiply_adds = 0;  // of all multiply-adds
};
Int8Share int8_share(const std::vector<ReportOperator>& operators);

// The operators of a graph whose shapes are those of one image, with what the plan says of each.
std::vector<ReportOperator> report_operators(const Graph& graph, const Plan& plan);

// Multiplications of an operator that multiplies with constants; 0 for all others.
std::int64_t multiply_adds(const Graph& graph, const Node& node);

std::string report_json(const Report& report);
std::string report_table(const Report& report);

}  // namespace octavo
