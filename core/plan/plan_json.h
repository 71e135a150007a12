// The words of plan.json that more than one file needs. Of no interest outside of core/plan.
#pragma once

#include "core/plan/plan.h"

#include <optional>
#include <string_view>

namespace octavo {

inline constexpr std::string_view kPlanFormat = "octavo-plan";
inline constexpr std::int64_t kPlanVersion = 1;

std::optional<Precision> find_precision(std::string_view text);
std::optional<Reason> find_reason(std::string_view text);
// All texts, for "did you mean".
std::vector<std::string> precision_texts();
std::vector<std::string> reason_texts();

// "runs/plan.json" has "plan.delta.bin" beside it.
std::string delta_name(const std::string& plan_path);
std::string beside(const std::string& plan_path, const std::string& name);

std::string to_json(const Plan& plan, const std::string& delta_name, const std::string& delta_hash);

}  // namespace octavo
