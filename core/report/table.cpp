// The tables at the end of a run: a row a figure, columns fp32, int8 and what lies between; then operators by precision, and files.
#include "core/base/text.h"
#include "core/report/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace octavo {
namespace {

constexpr double kMega = 1e6;

std::string fixed(double value, int digits) {
    if (!std::isfinite(value)) return "-";
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

struct Row {
    std::string name, fp32, int8, between, note = {};
};

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
    const std::string blanks(width > text.size() ? width - text.size() : 0, ' ');
    return to_the_right ? blanks + text : text + blanks;
}

std::string printed(const std::vector<Row>& rows) {
    std::size_t name = 0, fp32 = 0, int8 = 0, between = 0;
    for (const Row& row : rows) {
        name = std::max(name, row.name.size());
        fp32 = std::max(fp32, row.fp32.size());
        int8 = std::max(int8, row.int8.size());
        between = std::max(between, row.between.size());
    }
    std::string text;
    for (const Row& row : rows)
        text += padded(row.name, name, false) + "  " + padded(row.fp32, fp32, true) + "  " + padded(row.int8, int8, true) + "  " +
                padded(row.between, between, true) + (row.note.empty() ? "" : "  " + row.note) + "\n";
    return text;
}

std::string ratio(double fp32, double int8) {
    return int8 > 0 ? fixed(fp32 / int8, 2) + "x" : "-";
}

std::string with_unit(const std::string& name, const std::string& unit) {
    return name + (unit.empty() ? "" : ", " + unit);
}

Row row_of(const std::string& name, const ReportFigure& figure) {
    const double difference = figure.int8 - figure.fp32;
    return {name, fixed(figure.fp32, 2), fixed(figure.int8, 2), (difference > 0 ? "+" : "") + fixed(difference, 2), figure.note};
}

std::vector<Row> rows_of(const Report& report) {
    std::vector<Row> rows = {{"", "fp32", "int8", "difference"}};
    if (report.accuracy)
        for (const ReportFigure& figure : report.accuracy->figures)
            if (figure.group.empty()) rows.push_back(row_of(with_unit(figure.name, figure.unit), figure));
    rows.push_back({"latency, ms", fixed(report.latency_fp32.median_ms, 2), fixed(report.latency_int8.median_ms, 2),
                    ratio(report.latency_fp32.median_ms, report.latency_int8.median_ms)});
    const double fp32_mb = static_cast<double>(report.memory_fp32_bytes) / kMega;
    const double int8_mb = static_cast<double>(report.memory_int8_bytes) / kMega;
    rows.push_back({"memory, MB", fixed(fp32_mb, 1), fixed(int8_mb, 1), ratio(fp32_mb, int8_mb)});
    return rows;
}

// Each of the metric's tables beneath an empty line. A table's unit is that of its first figure, and stands in the title.
std::string metric_tables(const Report& report) {
    std::vector<std::pair<std::string, std::vector<Row>>> tables;  // by group
    if (!report.accuracy) return "";
    for (const ReportFigure& figure : report.accuracy->figures) {
        if (figure.group.empty()) continue;
        auto table = std::find_if(tables.begin(), tables.end(), [&](const auto& one) { return one.first == figure.group; });
        if (table == tables.end())
            table = tables.insert(table, {figure.group, {{with_unit(figure.group, figure.unit), "fp32", "int8", "difference"}}});
        table->second.push_back(row_of(figure.name, figure));
    }
    std::string text;
    for (const auto& [group, rows] : tables) text += "\n" + printed(rows);
    return text;
}

std::string answers_line(const Report& report) {
    std::string text;
    if (report.changed) text = std::to_string(*report.changed) + " of " + counted(report.validation_images, "answer") + " changed";
    if (report.accuracy && report.accuracy->right_to_wrong && report.accuracy->wrong_to_right)
        text += std::string(text.empty() ? "" : ", ") + std::to_string(*report.accuracy->right_to_wrong) + " right to wrong, " +
                std::to_string(*report.accuracy->wrong_to_right) + " wrong to right";
    return text + (text.empty() ? "" : "; ") + "outputs " + fixed(report.snr_db, 1) + " dB above the error\n";
}

std::string target_lines(const Report& report) {
    const ReportTarget& target = report.target;
    if (target.key.empty()) return "";
    std::string text = "target " + target.status + ": " + target.judged;
    if (target.searched) text += " on " + counted(target.searched->images, "search image");
    text += "\n";
    if (target.held_back) text += "  on the " + std::to_string(target.held_back->images) + " held back " + target.held_back_judged + "\n";
    return text;
}

std::string search_lines(const Report& report) {
    if (!report.search) return "";
    const ReportSearch& search = *report.search;
    std::map<std::string, std::int64_t> by_precision;
    for (const ReportReturned& one : search.returned) ++by_precision[one.precision];
    std::string text = "search: ";
    for (const auto& [precision, count] : by_precision) text += std::to_string(count) + " back in " + precision + ", ";
    return text + std::to_string(search.won_back.size()) + " won back; " + counted(search.groups, "group") + " ranked, " +
           counted(search.evaluations, "plan") + " evaluated, " + fixed(report.seconds.search, 1) + " s\n";
}

// Of plans rather than of precisions, so its columns have heads of their own.
std::string front_table(const Report& report) {
    if (report.front.empty()) return "";
    std::vector<Row> rows = {{"what accuracy costs", "ms", "dB", "% in int8"}};
    for (const ReportPoint& point : report.front)
        rows.push_back(
            {point.name, fixed(point.ms, 2), fixed(point.snr_db, 1), fixed(100 * point.int8_share, 1), point.is_chosen ? "chosen" : ""});
    return "\n" + printed(rows);
}

std::string operators_lines(const Report& report) {
    std::map<std::string, std::int64_t> by_precision;
    std::map<std::string, std::int64_t> floating;  // "Softmax (reason)"
    for (const ReportOperator& one : report.operators) {
        ++by_precision[one.precision];
        if (one.precision != "int8") ++floating[one.type + ": " + one.reason];
    }
    std::string text = "operators:";
    for (const auto& [precision, count] : by_precision) text += " " + std::to_string(count) + " " + precision + ",";
    text += " " + fixed(100 * int8_share(report.operators).multiply_adds, 1) + " % of the multiply-adds in int8\n";
    for (const auto& [what, count] : floating) text += "  " + std::to_string(count) + " " + what + "\n";
    return text;
}

}  // namespace

std::string report_table(const Report& report) {
    std::string text = "\n" + printed(rows_of(report)) + metric_tables(report) + front_table(report) + "\n" + answers_line(report) +
                       operators_lines(report);
    for (const ReportNote& one : report.joined) text += one.id + " " + one.reason + "\n";
    if (!report.unreadable.empty()) text += counted(report.unreadable.size(), "image") + " could not be read, left out\n";
    if (!report.noted.empty())
        text += "data: " + std::to_string(report.noted.size()) + " of " + counted(report.validation_images, "image") + " with notes\n";
    text += target_lines(report) + search_lines(report);
    for (const std::string& warning : report.warnings) text += "warning: " + warning + "\n";
    text += "files:\n";
    for (const std::string& file : report.files) text += "  " + file + "\n";
    return text;
}

}  // namespace octavo
