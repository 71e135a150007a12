// Costs to JSON and back: keys in a fixed order, names sorted, one operator or tensor a line, times rounded to whole nanoseconds.
#include "core/plan/costs.h"
#include "core/plan/place.h"
#include "core/plan/plan_json.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace octavo {
namespace {

constexpr std::string_view kCostsFormat = "octavo-costs";
constexpr std::int64_t kCostsVersion = 1;
constexpr double kMostMs = 1e9;

std::string milliseconds(double ms) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", ms);
    return text;
}

std::string times_text(const std::map<Precision, double>& times) {
    std::string text;
    for (const auto& [precision, ms] : times)
        text += (text.empty() ? "" : ", ") + json_text(precision_text(precision)) + ": " + milliseconds(ms);
    return "{" + text + "}";
}

std::string conversion_text(const ConversionCost& cost) {
    return "{\"to_int8\": " + milliseconds(cost.to_int8) + ", \"to_float\": " + milliseconds(cost.to_float) + "}";
}

Result<double> time_of(const Place& place) {
    const bool is_time = place.value.is_number() && place.value.to_number<double>() >= 0 && place.value.to_number<double>() <= kMostMs;
    if (!is_time) return place.expected("milliseconds");
    return place.value.to_number<double>();
}

Result<std::map<Precision, double>> times_of(const Place& place) {
    OCTAVO_CHECK_OK(check_keys(place, precision_texts()));
    std::map<Precision, double> times;
    for (const auto& entry : place.value.as_object()) {
        OCTAVO_TRY(times[*find_precision(std::string_view(entry.key()))], time_of(place.at(entry.value(), entry.key())));
    }
    return times;
}

// An object of just these times.
using TwoTimes = std::array<double, 2>;
Result<TwoTimes> two_times(const Place& place, const std::array<std::string, 2>& names) {
    OCTAVO_CHECK_OK(check_keys(place, names));
    TwoTimes times{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        OCTAVO_TRY(const Place entry, member(place, names[i].c_str()));
        OCTAVO_TRY(times[i], time_of(entry));
    }
    return times;
}

Result<ConversionCost> conversion_of(const Place& place) {
    OCTAVO_TRY(const TwoTimes times, two_times(place, {"to_int8", "to_float"}));
    return ConversionCost{times[0], times[1]};
}

Result<PlanTimes> plan_times_of(const Place& root) {
    OCTAVO_TRY(const Place place, member(root, "plans"));
    OCTAVO_TRY(const TwoTimes times, two_times(place, {"int8", "fastest"}));
    return PlanTimes{times[0], times[1]};
}

Result<void> read_costs(const Place& root, Costs& costs) {
    const std::array<std::string, 11> known = {"format", "version", "graph",     "device",      "isa",  "int8_operators",
                                               "cpu",    "threads", "operators", "conversions", "plans"};
    OCTAVO_CHECK_OK(check_keys(root, known));
    OCTAVO_TRY(const Place graph, member(root, "graph"));
    OCTAVO_TRY(costs.graph_structure, text_member(graph, "structure"));
    OCTAVO_TRY(costs.graph_constants, text_member(graph, "constants"));
    OCTAVO_TRY(costs.device, text_member(root, "device"));
    OCTAVO_TRY(costs.isa, text_member(root, "isa"));
    OCTAVO_TRY(costs.cpu, text_member(root, "cpu"));
    OCTAVO_TRY(const Place threads, member(root, "threads"));
    if (root.value.as_object().contains("int8_operators")) {
        OCTAVO_TRY(costs.int8_operators, text_member(root, "int8_operators"));
    }
    const std::int64_t* number = threads.value.if_int64();
    if (!number || *number < 1 || *number > 1 << 20) return threads.expected("a number of threads");
    costs.threads = static_cast<int>(*number);
    OCTAVO_TRY(costs.operators, (section<std::map<Precision, double>>(root, "operators", &times_of)));
    OCTAVO_TRY(costs.conversions, section<ConversionCost>(root, "conversions", &conversion_of));
    if (!root.value.as_object().contains("plans")) return {};
    OCTAVO_TRY(costs.plans, plan_times_of(root));
    return {};
}

}  // namespace

std::string to_json(const Costs& costs) {
    std::string text = "{\n  \"format\": " + json_text(kCostsFormat) + ",\n  \"version\": " + std::to_string(kCostsVersion) + ",\n";
    text += "  \"graph\": {\"structure\": " + json_text(costs.graph_structure) + ", \"constants\": " + json_text(costs.graph_constants) +
            "},\n";
    text += "  \"device\": " + json_text(costs.device) + ",\n  \"isa\": " + json_text(costs.isa) + ",\n";
    text += "  \"cpu\": " + json_text(costs.cpu) + ",\n  \"threads\": " + std::to_string(costs.threads) + ",\n";
    text += "  \"int8_operators\": " + json_text(costs.int8_operators) + ",\n";
    if (costs.plans)
        text +=
            "  \"plans\": {\"int8\": " + milliseconds(costs.plans->int8) + ", \"fastest\": " + milliseconds(costs.plans->fastest) + "},\n";
    text += section_text("operators", costs.operators, times_text) + ",\n";
    text += section_text("conversions", costs.conversions, conversion_text) + "\n}\n";
    return text;
}

Result<Costs> load_costs(const std::string& path) {
    Costs costs;
    OCTAVO_CHECK_OK(read_json(path, {kCostsFormat, kCostsVersion, "costs that octavo calibrate has measured"},
                              [&](const Place& root) { return read_costs(root, costs); }));
    return costs;
}

}  // namespace octavo
