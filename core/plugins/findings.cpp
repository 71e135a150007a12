// Wording of findings.
#include "core/plugins/findings.h"

#include <boost/json.hpp>

namespace octavo {

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
    std::string text = boost::json::serialize(value);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
    return text;
}

std::string pointer_step(std::string_view key) {
    std::string step = "/";
    for (const char c : key) step += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return step;
}

}  // namespace octavo
