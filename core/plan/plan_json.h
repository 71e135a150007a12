// The words of plan.json and costs.json that more than one file needs. Of no interest outside of core/plan.
#pragma once

#include "core/plan/plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

inline constexpr std::string_view kPlanFormat = "octavo-plan";
inline constexpr std::int64_t kPlanVersion = 1;

std::optional<Precision> find_precision(std::string_view text);
std::optional<Reason> find_reason(std::string_view text);
std::optional<ResidualSums> find_residual_sums(std::string_view text);
// All texts, for "did you mean".
std::vector<std::string> precision_texts();
std::vector<std::string> reason_texts();
std::vector<std::string> residual_sums_texts();

// "runs/plan.json" has "plan.delta.bin" beside it.
std::string delta_name(const std::string& plan_path);
std::string beside(const std::string& plan_path, const std::string& name);

std::string json_text(std::string_view text);  // in quotes

// "key": { one line an entry }
template <class Map, class Entry>
std::string section_text(const char* key, const Map& entries, Entry&& text) {
    std::string lines;
    for (const auto& [name, value] : entries) lines += (lines.empty() ? "\n    " : ",\n    ") + json_text(name) + ": " + text(value);
    return std::string("  \"") + key + "\": {" + lines + (lines.empty() ? "}" : "\n  }");
}

std::string to_json(const Plan& plan, const std::string& delta_name, const std::string& delta_hash);

}  // namespace octavo
