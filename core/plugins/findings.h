// What is wrong with a config, collected so that one run names everything. A finding has a code from the table of findings.cpp, a place
// (JSON pointer), what was found there, what was expected, and the nearest known name where a name is unknown.
#pragma once

#include <octavo/result.h>

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

enum class FindingCode {
    syntax,
    unknown_key,
    missing_key,
    wrong_type,
    impossible_value,
    unknown_choice,
    unknown_plugin,
    missing_file,
    duplicate_key,
    conflict,
    bad_declaration,
    input_mismatch,
    refused,
};

// What docs/errors.md says of a code. Names are stable: other programs may look for them.
struct FindingRow {
    FindingCode code;
    const char* name;     // "E101-unknown-key"
    const char* meaning;  // one sentence
    const char* remedy;   // what to do about it
};
std::span<const FindingRow> finding_rows();
const FindingRow& row_of(FindingCode code);

struct Finding {
    FindingCode code;
    std::string place;     // "/dataset/images"; empty: the whole file
    std::string found;     // "an unknown key", "\"many\"", "nothing"
    std::string expected;  // "an integer from 1 to 1000"
    std::string nearest;   // a known name, or empty
};

// One line, without the file's name:
// "/dataset/imges: found an unknown key, expected one of images, list; did you mean 'images'? [E101-unknown-key]"
std::string finding_text(const Finding& finding);

// One error with a line for each finding, each beginning with the file's name. There is at least one finding.
Error findings_error(const std::string& file, std::span<const Finding> findings);

// A value as a message shows it: JSON, shortened.
std::string shown(const boost::json::value& value);

// `key` as a step of a JSON pointer.
std::string pointer_step(std::string_view key);

}  // namespace octavo
