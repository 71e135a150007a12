// The checks of single values; each wording of "expected" stands once.
#include "core/pipeline/section.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace octavo {

namespace json = boost::json;

const json::value* Section::find(const char* key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
    const json::value* value = object_.if_contains(key);
    return value && !value->is_null() ? value : nullptr;
}

const json::object* Section::object(const char* key, const char* expected) {
    const json::value* value = find(key);
    if (value && !value->is_object()) wrong(key, expected);
    return value ? value->if_object() : nullptr;
}

const json::array* Section::array(const char* key, const char* expected) {
    const json::value* value = find(key);
    if (value && !value->is_array()) wrong(key, expected);
    return value ? value->if_array() : nullptr;
}

std::optional<std::string> Section::text(const char* key, const char* expected) {
    const json::value* value = find(key);
    if (!value) return {};
    if (value->is_string() && !value->get_string().empty()) return std::string(value->get_string());
    wrong(key, expected);
    return {};
}

std::string Section::choice(const char* key, const std::vector<std::string>& choices, const std::string& fallback) {
    const json::value* value = find(key);
    if (!value) return fallback;
    if (value->is_string()) {
        const std::string given(value->get_string());
        if (std::find(choices.begin(), choices.end(), given) != choices.end()) return given;
        findings_.push_back({place(key), shown(*value), "one of " + join(choices, ", "), nearest(given, choices)});
    } else {
        wrong(key, "one of " + join(choices, ", "));
    }
    return fallback;
}

std::int64_t Section::integer(const char* key, std::int64_t fallback, std::int64_t least, std::int64_t greatest) {
    const json::value* value = find(key);
    if (!value) return fallback;
    json::error_code failed;
    if (value->is_int64() || value->is_uint64()) {
        const std::int64_t number = value->to_number<std::int64_t>(failed);
        if (!failed && number >= least && number <= greatest) return number;
    }
    wrong(key, "an integer from " + std::to_string(least) + " to " + std::to_string(greatest));
    return fallback;
}

std::optional<double> Section::number(const char* key, double least, double greatest) {
    const json::value* value = find(key);
    if (!value) return {};
    if (value->is_number()) {
        const double number = value->to_number<double>();
        if (std::isfinite(number) && number >= least && number <= greatest) return number;
    }
    const auto bound = [](double x) { return std::to_string(static_cast<long long>(x)); };
    wrong(key, "a number from " + bound(least) + " to " + bound(greatest));
    return {};
}

void Section::missing(const char* key, const std::string& expected) {
    findings_.push_back({place(key), "nothing", expected, ""});
}

void Section::wrong(const char* key, const std::string& expected) {
    const json::value* value = object_.if_contains(key);
    findings_.push_back({place(key), value ? shown(*value) : "nothing", expected, ""});
}

void Section::finish() {
    for (const auto& member : object_) {
        const std::string key(member.key());
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        findings_.push_back({place(key), "an unknown key", "one of " + join(known_, ", "), nearest(key, known_)});
    }
}

}  // namespace octavo
