// The table of codes, and the wording of findings.
#include "core/plugins/findings.h"

#include "core/base/pretty.h"

#include <boost/json.hpp>

#include <array>
#include <cstddef>

namespace octavo {
namespace {

constexpr std::array<FindingRow, 13> kRows = {{
    {FindingCode::syntax, "E100-syntax", "The file is not JSON.",
     "Look just before the place that is named: a comma, a quote or a bracket is missing or one too many. Comments (// and /* */) and a "
     "comma behind the last element are allowed."},
    {FindingCode::unknown_key, "E101-unknown-key", "A key that nobody reads, most often mistyped.",
     "Take one of the keys that the message lists, or remove it. Plugins have the parameters that docs/config.md lists."},
    {FindingCode::missing_key, "E102-missing-key", "A key without a default is not there.", "Add it; docs/config.md has an example."},
    {FindingCode::wrong_type, "E103-wrong-type", "A value is of another JSON type than its key needs.",
     "Mind quotes: 8 is a number, \"8\" a string. A whole number is written without a point."},
    {FindingCode::impossible_value, "E104-impossible-value", "A value has the right type, but can never work.",
     "Stay within the bounds that the message names."},
    {FindingCode::unknown_choice, "E105-unknown-choice", "A word that is none of those a key knows.",
     "Take one of the words that the message lists; upper and lower case differ."},
    {FindingCode::unknown_plugin, "E106-unknown-plugin", "No plugin of that kind and name was found.",
     "octavo plugins list shows what was found and what was refused, --plugin-path adds a folder to search."},
    {FindingCode::missing_file, "E107-missing-file", "A file or folder that the config names is not there.",
     "Relative paths start from the folder of the config, not from where octavo is started."},
    {FindingCode::duplicate_key, "E108-duplicate-key", "An object has the same key twice, and only one of the two could count.",
     "Remove one of them."},
    {FindingCode::conflict, "E109-conflict", "Values are right one by one, but do not go together.",
     "The message says which; keep one or add what the other needs."},
    {FindingCode::bad_declaration, "E110-bad-declaration", "A plugin declares a parameter with a default that is no JSON.",
     "This is a mistake of the plugin: tell its author. Until then, give the parameter a value."},
    {FindingCode::input_mismatch, "E201-input-mismatch", "The preprocessing or the batch size is not what the model's input takes.",
     "octavo inspect MODEL shows the input's shape; crop or resize to its height and width."},
    {FindingCode::refused, "E202-refused", "A plugin cannot work with its parameters, with what the model gives or with the annotations.",
     "The message says what it found and expected; octavo inspect MODEL shows the outputs, octavo plugins describe NAME the parameters."},
}};

constexpr bool are_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (static_cast<std::size_t>(kRows[i].code) != i) return false;
    return static_cast<std::size_t>(FindingCode::refused) + 1 == kRows.size();
}
static_assert(are_in_order(), "row_of() takes the code for the row's number");

}  // namespace

std::span<const FindingRow> finding_rows() {
    return kRows;
}

const FindingRow& row_of(FindingCode code) {
    return kRows[static_cast<std::size_t>(code)];
}

std::string finding_text(const Finding& finding) {
    std::string text = finding.place.empty() ? "" : finding.place + ": ";
    text += "found " + finding.found;
    if (!finding.expected.empty()) text += ", expected " + finding.expected;
    if (!finding.nearest.empty()) text += "; did you mean '" + finding.nearest + "'?";
    return text + " [" + row_of(finding.code).name + "]";
}

Error findings_error(const std::string& file, std::span<const Finding> findings) {
    std::string text;
    for (const Finding& finding : findings) text += (text.empty() ? "" : "\n") + file + ": " + finding_text(finding);
    return {Code::config, text};
}

std::string shown(const boost::json::value& value) {
    constexpr std::size_t kLongest = 60;
    std::string text = line_json(value);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
    return text;
}

std::string pointer_step(std::string_view key) {
    std::string step = "/";
    for (const char c : key) step += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return step;
}

}  // namespace octavo
