// Lookups by the table; a key that is asked for and not declared is a mistake of ours.
#include "core/pipeline/section.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/plugins/value_check.h"

#include <algorithm>

namespace octavo {

namespace json = boost::json;

json::object with_defaults(const json::object& given, const KeyTable& table) {
    json::object all = given;
    for (const ConfigKey& key : table.keys) {
        json::value* value = all.if_contains(key.value.name);
        const bool is_there = value && !value->is_null();
        if (is_there && key.form == Form::section) *value = with_defaults(value->as_object(), *key.keys);
        if (is_there || table.exactly_one || !key.value.fallback) continue;
        const json::value fallback = json::parse(key.value.fallback);
        if (!fallback.is_null()) all[key.value.name] = fallback;
    }
    return all;
}

const ConfigKey& Section::row(std::string_view key) const {
    const ConfigKey* row = find_key(table_, key);
    OCTAVO_CHECK(row);
    return *row;
}

const json::value* Section::find(std::string_view key) {
    const json::value* value = object_.if_contains(row(key).value.name);
    return value && !value->is_null() ? value : nullptr;
}

const json::object* Section::object(std::string_view key) {
    const json::value* value = find(key);
    if (value && !value->is_object()) wrong(FindingCode::wrong_type, key, expected_of(row(key)));
    return value ? value->if_object() : nullptr;
}

const json::array* Section::array(std::string_view key) {
    const json::value* value = find(key);
    if (value && !value->is_array()) wrong(FindingCode::wrong_type, key, expected_of(row(key)));
    const json::array* list = value ? value->if_array() : nullptr;
    if (list && list->size() < row(key).least_size) wrong(FindingCode::impossible_value, key, expected_of(row(key)));
    return list;
}

// The value or the default, where it is right.
std::optional<json::value> Section::checked(std::string_view key) {
    const octavo_parameter& declared = row(key).value;
    const json::value* value = find(key);
    if (value) return check_value(declared, *value, place(key), findings_) ? std::optional(*value) : std::nullopt;
    if (!declared.fallback) missing(key);
    const json::value fallback = declared.fallback ? json::parse(declared.fallback) : json::value();
    return fallback.is_null() ? std::nullopt : std::optional(fallback);
}

std::optional<std::string> Section::text(std::string_view key) {
    const std::optional<json::value> value = checked(key);
    return value ? std::optional(std::string(value->as_string())) : std::nullopt;
}

std::vector<std::string> Section::texts(std::string_view key) {
    std::vector<std::string> texts;
    const std::optional<json::value> value = checked(key);
    if (!value) return texts;
    if (value->is_string()) return {std::string(value->as_string())};
    for (const json::value& element : value->as_array()) texts.emplace_back(element.as_string());
    return texts;
}

std::optional<std::int64_t> Section::integer(std::string_view key) {
    const std::optional<json::value> value = checked(key);
    return value ? std::optional(value->as_int64()) : std::nullopt;
}

std::optional<double> Section::number(std::string_view key) {
    const std::optional<json::value> value = checked(key);
    return value ? std::optional(value->to_number<double>()) : std::nullopt;
}

std::optional<std::vector<double>> Section::numbers(std::string_view key) {
    const std::optional<json::value> value = checked(key);
    if (!value) return {};
    const auto size = static_cast<std::size_t>(row(key).list_size);
    const json::array* list = value->if_array();
    if (!list) return std::vector<double>(std::max<std::size_t>(size, 1), value->to_number<double>());
    if (size > 0 && list->size() != size) {
        wrong(FindingCode::impossible_value, key, "a number, or a list of " + std::to_string(size) + " (" + row(key).value.doc + ")");
        return {};
    }
    std::vector<double> numbers;
    for (const json::value& element : *list) numbers.push_back(element.to_number<double>());
    return numbers;
}

void Section::missing(std::string_view key) {
    findings_.push_back({FindingCode::missing_key, place(key), "nothing", expected_of(row(key)), ""});
}

void Section::wrong(FindingCode code, std::string_view key, const std::string& expected) {
    const json::value* value = object_.if_contains(row(key).value.name);
    findings_.push_back({code, place(key), value ? shown(*value) : "nothing", expected, ""});
}

void Section::finish() {
    std::vector<std::string> names;
    for (const ConfigKey& key : table_.keys) names.emplace_back(key.value.name);
    bool all_known = true;
    for (const auto& member : object_) {
        const std::string key(member.key());
        if (find_key(table_, key)) continue;
        findings_.push_back({FindingCode::unknown_key, place(key), "an unknown key", "one of " + join(names, ", "), nearest(key, names)});
        all_known = false;
    }
    const auto given = std::count_if(object_.begin(), object_.end(), [](const auto& member) { return !member.value().is_null(); });
    if (table_.exactly_one && all_known && given != 1)
        findings_.push_back({FindingCode::conflict, pointer_, shown(object_), expected_of(table_), ""});
}

}  // namespace octavo
