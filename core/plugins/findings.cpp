// Wording of findings.
#include "core/plugins/findings.h"

#include <boost/json.hpp>

#include <charconv>

namespace octavo {
namespace {

// JSON on one line, numbers as people write them.
std::string text_of(const boost::json::value& value) {
    if (value.is_double()) {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value.get_double()).ptr;
        return {digits, end};
    }
    std::string text;
    if (const boost::json::array* array = value.if_array()) {
        for (const boost::json::value& element : *array) text += (text.empty() ? "" : ", ") + text_of(element);
        return "[" + text + "]";
    }
    if (const boost::json::object* object = value.if_object()) {
        for (const auto& member : *object)
            text += (text.empty() ? "\"" : ", \"") + std::string(member.key()) + "\": " + text_of(member.value());
        return "{" + text + "}";
    }
    return boost::json::serialize(value);
}

}  // namespace

std::string finding_text(const Finding& finding) {
    std::string text = finding.place.empty() ? "" : finding.place + ": ";
    text += "found " + finding.found;
    if (!finding.expected.empty()) text += ", expected " + finding.expected;
    if (!finding.nearest.empty()) text += "; did you mean '" + finding.nearest + "'?";
    return text;
}

Error findings_error(const std::string& file, std::span<const Finding> findings) {
    std::string text;
    for (const Finding& finding : findings) text += (text.empty() ? "" : "\n") + file + ": " + finding_text(finding);
    return {Code::config, text};
}

std::string shown(const boost::json::value& value) {
    constexpr std::size_t kLongest = 60;
    std::string text = text_of(value);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
    return text;
}

std::string pointer_step(std::string_view key) {
    std::string step = "/";
    for (const char c : key) step += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return step;
}

}  // namespace octavo
