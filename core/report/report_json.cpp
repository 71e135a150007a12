// report.json: the fields that other tools read, in a fixed order. Numbers that are no numbers (an infinite ratio) are null.
#include "core/base/pretty.h"
#include "core/report/report.h"

#include <boost/json.hpp>

#include <cmath>

namespace octavo {
namespace {

namespace json = boost::json;

constexpr double kMega = 1e6;

// Rounded to what can be meant, so that figures are readable.
json::value number(double value, double digits = 1e6) {
    if (!std::isfinite(value)) return nullptr;
    return std::round(value * digits) / digits;
}

json::value count(const std::optional<std::int64_t>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

void add_figures(const std::vector<ReportFigure>& figures, json::object& to) {
    json::object fp32, int8, drop;
    for (const ReportFigure& figure : figures) {
        if (!figure.group.empty()) continue;
        fp32[figure.name] = number(figure.fp32);
        int8[figure.name] = number(figure.int8);
        drop[figure.name] = number(figure.fp32 - figure.int8);
    }
    to["fp32"] = fp32;
    to["int8"] = int8;
    to["drop"] = drop;
}

json::object notes_of(const std::vector<ReportFigure>& figures) {
    json::object notes;
    for (const ReportFigure& figure : figures)
        if (figure.group.empty() && !figure.note.empty()) notes[figure.name] = figure.note;
    return notes;
}

// Figures that are rows of tables, by the title of their table.
json::object tables_of(const std::vector<ReportFigure>& figures) {
    json::object tables;
    for (const ReportFigure& figure : figures) {
        if (figure.group.empty()) continue;
        json::value& table = tables.emplace(figure.group, json::array()).first->value();
        table.as_array().push_back({{"name", figure.name},
                                    {"fp32", number(figure.fp32)},
                                    {"int8", number(figure.int8)},
                                    {"drop", number(figure.fp32 - figure.int8)},
                                    {"note", figure.note}});
    }
    return tables;
}

json::object accuracy_of(const Report& report) {
    json::object accuracy{{"metric", report.accuracy->metric}, {"images", report.accuracy->images}};
    add_figures(report.accuracy->figures, accuracy);
    accuracy["right_to_wrong"] = count(report.accuracy->right_to_wrong);
    accuracy["wrong_to_right"] = count(report.accuracy->wrong_to_right);
    accuracy["changed"] = count(report.changed);
    if (json::object notes = notes_of(report.accuracy->figures); !notes.empty()) accuracy["notes"] = std::move(notes);
    if (json::object tables = tables_of(report.accuracy->figures); !tables.empty()) accuracy["tables"] = std::move(tables);
    return accuracy;
}

json::value part_of(const std::optional<ReportPart>& part) {
    if (!part) return nullptr;
    json::object object{{"images", part->images}};
    if (!part->figures.empty()) add_figures(part->figures, object);
    object["changed"] = count(part->changed);
    object["snr_db"] = number(part->snr_db, 1e3);
    return object;
}

json::object fidelity_of(const Report& report) {
    json::array outputs;
    for (const ReportFidelity& one : report.fidelity) outputs.push_back({{"name", one.name}, {"snr_db", number(one.snr_db, 1e3)}});
    return {{"snr_db", number(report.snr_db, 1e3)},
            {"images", report.validation_images},
            {"changed", count(report.changed)},
            {"outputs", outputs}};
}

// Null where nothing was measured.
json::value latency_of(const ReportLatency& latency) {
    if (latency.median_ms == 0) return nullptr;
    return json::object{{"median", number(latency.median_ms, 1e4)}, {"p90", number(latency.p90_ms, 1e4)}};
}

json::array operators_of(const Report& report) {
    json::array operators;
    for (const ReportOperator& one : report.operators)
        operators.push_back({{"name", one.name},
                             {"type", one.type},
                             {"precision", one.precision},
                             {"reason", one.reason},
                             {"multiply_adds", one.multiply_adds},
                             {"noise_percent", one.noise ? number(one.noise->percent, 1e3) : json::value(nullptr)},
                             {"noise_channel", one.noise ? json::value(one.noise->channel) : json::value(nullptr)}});
    return operators;
}

json::array names(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& text : texts) list.push_back(json::value(text));
    return list;
}

json::object target_of(const Report& report) {
    json::object target{{"max_drop", nullptr}, {"status", report.target.status}};
    if (!report.target.key.empty()) target[report.target.key] = json::parse(report.target.limit_json);
    target["searched"] = part_of(report.target.searched);
    target["held_back"] = part_of(report.target.held_back);
    return target;
}

json::value search_of(const Report& report) {
    if (!report.search) return nullptr;
    json::array returned;
    for (const ReportReturned& one : report.search->returned)
        returned.push_back(
            {{"name", one.name}, {"type", one.type}, {"precision", one.precision}, {"alone_snr_db", number(one.alone_snr_db, 1e3)}});
    return json::object{{"images", report.search->images},
                        {"groups_ranked", report.search->groups},
                        {"evaluations", report.search->evaluations},
                        {"returned", returned},
                        {"won_back", names(report.search->won_back)}};
}

json::array front_of(const Report& report) {
    json::array points;
    for (const ReportPoint& point : report.front)
        points.push_back({{"plan", point.name},
                          {"ms", number(point.ms, 1e3)},
                          {"snr_db", number(point.snr_db, 1e3)},
                          {"int8_share", number(point.int8_share)},
                          {"chosen", point.is_chosen}});
    return points;
}

json::object seconds_of(const ReportSeconds& seconds) {
    return {{"load", number(seconds.load, 1e3)},           {"calibrate", number(seconds.calibrate, 1e3)},
            {"quantize", number(seconds.quantize, 1e3)},   {"costs", number(seconds.costs, 1e3)},
            {"evaluate", number(seconds.evaluate, 1e3)},   {"search", number(seconds.search, 1e3)},
            {"front", number(seconds.front, 1e3)},         {"benchmark", number(seconds.benchmark, 1e3)},
            {"export", number(seconds.export_files, 1e3)}, {"total", number(seconds.total, 1e3)}};
}

json::array notes(const std::vector<ReportNote>& list, const char* key, const char* text = "reason") {
    json::array rows;
    for (const ReportNote& one : list) rows.push_back({{key, one.id}, {text, one.reason}});
    return rows;
}

}  // namespace

std::string report_json(const Report& report) {
    const Int8Share share = int8_share(report.operators);
    json::object root;
    if (report.accuracy) root["accuracy"] = accuracy_of(report);
    if (report.validation_images > 0) root["fidelity"] = fidelity_of(report);
    root["latency_ms"] = {{"fp32", latency_of(report.latency_fp32)}, {"int8", latency_of(report.latency_int8)}};
    root["memory_mb"] = {{"fp32", number(static_cast<double>(report.memory_fp32_bytes) / kMega, 1e3)},
                         {"int8", number(static_cast<double>(report.memory_int8_bytes) / kMega, 1e3)},
                         {"peak", number(static_cast<double>(report.memory_peak_bytes) / kMega, 1e3)}};
    root["int8_share"] = {{"operators", number(share.operators)}, {"multiply_adds", number(share.multiply_adds)}};
    root["target"] = target_of(report);
    root["search"] = search_of(report);
    root["front"] = front_of(report);
    root["plan"] = {{"algorithm", names(report.algorithm)}, {"objective", report.objective}, {"isa", report.isa}};
    root["seconds"] = seconds_of(report.seconds);
    root["calibration_images"] = report.calibration_images;
    root["interrupted"] = report.interrupted.empty() ? json::value(nullptr) : json::value(report.interrupted);
    root["warnings"] = names(report.warnings);
    root["unreadable_images"] = notes(report.unreadable, "id");
    root["joined_ranges"] = notes(report.joined, "name");
    root["noted_images"] = notes(report.noted, "id", "note");
    root["onnx_float"] = notes(report.exported_float, "name");
    root["files"] = names(report.files);
    root["config"] = report.config_json.empty() ? json::value(nullptr) : json::parse(report.config_json);
    root["environment"] = {
        {"version", report.version}, {"cpu", report.cpu}, {"isa", report.isa}, {"device", report.device}, {"threads", report.threads}};
    root["operators"] = operators_of(report);
    return pretty_json(root);
}

}  // namespace octavo
