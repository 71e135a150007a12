// One row of a table gives the text of what is expected and the check; scalars are lists of one.
#include "core/plugins/value_check.h"

#include "core/base/text.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>

namespace octavo {
namespace {

namespace json = boost::json;

enum class Content { integer, real, boolean, text, path };

struct TypeRow {
    octavo_parameter_type type;
    Content content;
    bool is_list;
    const char* one;   // "an integer"
    const char* many;  // "a list of integers"
};

constexpr TypeRow kTypes[] = {
    {OCTAVO_INT, Content::integer, false, "an integer", ""},
    {OCTAVO_REAL, Content::real, false, "a number", ""},
    {OCTAVO_BOOL, Content::boolean, false, "true or false", ""},
    {OCTAVO_STRING, Content::text, false, "a string", ""},
    {OCTAVO_PATH, Content::path, false, "a path", ""},
    {OCTAVO_INT_LIST, Content::integer, true, "an integer", "a list of integers"},
    {OCTAVO_REAL_LIST, Content::real, true, "a number", "a list of numbers"},
    {OCTAVO_STRING_LIST, Content::text, true, "a string", "a list of strings"},
};

const TypeRow& row_of(octavo_parameter_type type) {
    return kTypes[static_cast<std::size_t>(type) - 1];
}

std::string number_text(double value) {
    std::ostringstream text;
    text.precision(15);
    text << value;
    return text.str();
}

std::string expected_of(const octavo_parameter& parameter, bool is_element) {
    const TypeRow& row = row_of(parameter.type);
    std::string text = row.is_list && !is_element ? row.many : row.one;
    if (const std::vector<std::string> choices = choices_of(parameter); !choices.empty()) text = "one of " + join(choices, ", ");
    if (is_bounded(parameter)) text += " from " + number_text(parameter.minimum) + " to " + number_text(parameter.maximum);
    return text + " (" + parameter.doc + ")";
}

std::optional<FindingCode> number_fault(const octavo_parameter& parameter, double value) {
    const bool fits = std::isfinite(value) && (!is_bounded(parameter) || (value >= parameter.minimum && value <= parameter.maximum));
    return fits ? std::nullopt : std::optional(FindingCode::impossible_value);
}

std::optional<FindingCode> text_fault(const octavo_parameter& parameter, std::string_view text) {
    if (text.empty() && row_of(parameter.type).content == Content::path) return FindingCode::impossible_value;
    if (text.find('\0') != std::string_view::npos) return FindingCode::impossible_value;  // plugins get it as a C string
    const std::vector<std::string> choices = choices_of(parameter);
    const bool fits = choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end();
    return fits ? std::nullopt : std::optional(FindingCode::unknown_choice);
}

// An integer of so many digits that it is read as another number.
bool is_huge(const json::value& value) {
    return value.is_double() && std::abs(value.get_double()) >= 0x1p63;
}

std::optional<FindingCode> fault_of(const octavo_parameter& parameter, const json::value& value) {
    switch (row_of(parameter.type).content) {
        case Content::boolean:
            return value.is_bool() ? std::nullopt : std::optional(FindingCode::wrong_type);
        case Content::integer:
            if (value.is_int64()) return number_fault(parameter, static_cast<double>(value.get_int64()));
            return value.is_uint64() || is_huge(value) ? FindingCode::impossible_value : FindingCode::wrong_type;
        case Content::real:
            if (!value.is_number()) return FindingCode::wrong_type;
            return number_fault(parameter, value.to_number<double>());
        case Content::text:
        case Content::path:
            if (!value.is_string()) return FindingCode::wrong_type;
            return text_fault(parameter, value.get_string());
    }
    return {};
}

bool check_one(const octavo_parameter& parameter, const json::value& value, const std::string& place, bool is_element,
               std::vector<Finding>& findings) {
    const std::optional<FindingCode> fault = fault_of(parameter, value);
    if (!fault) return true;
    const std::string near = value.is_string() ? nearest(value.get_string().c_str(), choices_of(parameter)) : "";
    findings.push_back({*fault, place, shown(value), expected_of(parameter, is_element), near});
    return false;
}

// Names in a folder; nothing of one that holds very many.
std::vector<std::string> names_in(const std::filesystem::path& folder) {
    constexpr std::size_t kMost = 2000;
    std::vector<std::string> names;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (names.size() == kMost) return {};
        names.push_back(entry->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::string expected_text(const octavo_parameter& parameter) {
    return expected_of(parameter, false);
}

std::vector<std::string> choices_of(const octavo_parameter& parameter) {
    return parameter.choices ? split(parameter.choices, '|') : std::vector<std::string>();
}

bool is_list(octavo_parameter_type type) {
    return row_of(type).is_list;
}

bool is_bounded(const octavo_parameter& parameter) {
    return parameter.minimum != 0 || parameter.maximum != 0;
}

bool check_value(const octavo_parameter& parameter, const json::value& value, const std::string& place, std::vector<Finding>& findings) {
    if (!is_list(parameter.type) || !value.is_array()) return check_one(parameter, value, place, false, findings);
    bool fits = true;
    for (std::size_t i = 0; i < value.get_array().size(); ++i)
        fits = check_one(parameter, value.get_array()[i], place + "/" + std::to_string(i), true, findings) && fits;
    return fits;
}

bool check_exists(const std::string& path, const std::string& expected, const std::string& place, std::vector<Finding>& findings) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return true;
    const std::filesystem::path missing(path);
    findings.push_back({FindingCode::missing_file, place, "nothing at " + path, expected,
                        nearest(missing.filename().string(), names_in(missing.parent_path()))});
    return false;
}

}  // namespace octavo
