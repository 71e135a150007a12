// The text that a config was read from, so that findings can say where: "my.json:3:5: /objectiv: found ...". What the command line put into
// the config has its option for a place: "--batch: /batch: found 0, ...".
#pragma once

#include "core/pipeline/json_places.h"
#include "core/plugins/findings.h"

#include <octavo/result.h>

#include <boost/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace octavo {

struct ConfigSource {
    std::string file;  // for messages
    std::string text;
    JsonPlaces places;
    std::map<std::string, std::string, std::less<>> options;  // pointer of a key at the top to the option that set it
};

// Comments and trailing commas are allowed. The error names line and column, and what was expected there.
Result<boost::json::object> parse_source(const ConfigSource& source);

// Of a source whose places have been found.
std::vector<Finding> repeated_keys(const ConfigSource& source);

// One error with a line for each finding, in the order of the file. There is at least one finding; what is said twice counts once.
Error findings_error(const ConfigSource& source, std::vector<Finding> findings);

// What a plugin says, with the place in the config that it is about. Keeps the error's code.
Error refused_at(const ConfigSource& source, const std::string& pointer, const Error& reason);

}  // namespace octavo
