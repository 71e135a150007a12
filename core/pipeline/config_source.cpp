// Findings about keys are placed at the key, all others at the value.
#include "core/pipeline/config_source.h"

#include <algorithm>
#include <set>

namespace octavo {
namespace {

namespace json = boost::json;

bool is_about_key(FindingCode code) {
    return code == FindingCode::unknown_key || code == FindingCode::duplicate_key;
}

std::size_t offset_of(const ConfigSource& source, const Finding& finding) {
    const JsonPlace place = source.places.find(finding.place);
    return is_about_key(finding.code) ? place.key : place.value;
}

std::string place_at(const ConfigSource& source, std::size_t offset) {
    const Position position = position_of(source.text, offset);
    return source.file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string place_of(const ConfigSource& source, const Finding& finding) {
    const std::string top = finding.place.substr(0, finding.place.find('/', 1));
    const auto option = source.options.find(top);
    return option == source.options.end() ? place_at(source, offset_of(source, finding)) : option->second;
}

Error syntax_error(const ConfigSource& source, std::size_t offset, const std::string& found, const std::string& expected) {
    return {Code::config, place_at(source, offset) + ": " + finding_text({FindingCode::syntax, "", found, expected, ""})};
}

}  // namespace

Result<json::object> parse_source(const ConfigSource& source) {
    if (const std::optional<JsonFault>& fault = source.places.fault)
        return syntax_error(source, fault->offset, fault->found, fault->expected);
    json::parse_options options;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    json::stream_parser parser({}, options);
    json::error_code failed;
    const std::size_t read = parser.write_some(source.text.data(), source.text.size(), failed);
    if (!failed) parser.finish(failed);
    if (failed) return syntax_error(source, read, "something that is no JSON (" + failed.message() + ")", "");
    const json::value value = parser.release();
    if (const json::object* object = value.if_object()) return *object;
    return findings_error(source, {{FindingCode::wrong_type, "", shown(value), "an object: { ... }", ""}});
}

std::vector<Finding> repeated_keys(const ConfigSource& source) {
    std::vector<Finding> findings;
    for (const RepeatedKey& key : source.places.repeated)
        findings.push_back({FindingCode::duplicate_key, key.pointer,
                            "this key again at line " + std::to_string(position_of(source.text, key.again).line), "it once", ""});
    return findings;
}

Error findings_error(const ConfigSource& source, std::vector<Finding> findings) {
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const Finding& a, const Finding& b) { return offset_of(source, a) < offset_of(source, b); });
    std::string text;
    std::set<std::string> said;
    for (const Finding& finding : findings) {
        const std::string line = place_of(source, finding) + ": " + finding_text(finding);
        if (said.insert(line).second) text += (text.empty() ? "" : "\n") + line;
    }
    return {Code::config, text};
}

Error refused_at(const ConfigSource& source, const std::string& pointer, const Error& reason) {
    const std::string place = place_of(source, {FindingCode::refused, pointer, "", "", ""});
    return {reason.code(), place + ": " + pointer + ": " + reason.message() + " [" + row_of(FindingCode::refused).name + "]"};
}

}  // namespace octavo
