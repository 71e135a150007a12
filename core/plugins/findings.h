// What is wrong with a config, collected so that one run names everything. A finding has a place (JSON pointer), what was found there, what
// was expected, and the nearest known name where a name is unknown.
#pragma once

#include <octavo/result.h>

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace octavo {

struct Finding {
    std::string place;     // "/dataset/images"; empty: the whole file
    std::string found;     // "an unknown key", "\"many\"", "nothing"
    std::string expected;  // "an integer from 1 to 1000"
    std::string nearest;   // a known name, or empty
};

// One line, without the file's name: "/dataset/imges: found an unknown key, expected one of images, list; did you mean 'images'?"
std::string finding_text(const Finding& finding);

// One error with a line for each finding, each beginning with the file's name. There is at least one finding.
Error findings_error(const std::string& file, std::span<const Finding> findings);

// A value as a message shows it: JSON, shortened.
std::string shown(const boost::json::value& value);

// `key` as a step of a JSON pointer.
std::string pointer_step(std::string_view key);

}  // namespace octavo
