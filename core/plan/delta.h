// The delta file: the constants that an algorithm replaced, kept out of plan.json because they are many numbers.
#pragma once

#include "core/plan/plan.h"

#include <string_view>

namespace octavo {

using Replaced = std::map<std::string, std::vector<float>>;

std::string write_delta(const Replaced& replaced);
// `hash` of the bytes as plan.json gives it. Errors: Code::config, without the file's name.
Result<Replaced> read_delta(std::string_view bytes, const std::string& hash);
std::string delta_hash(std::string_view bytes);

}  // namespace octavo
