// One JSON value against one row of a declared table, be it a plugin's parameter or a key of the config: type, bounds, choices, and whether
// a file is there. Wordings of "expected" stand here only.
#pragma once

#include "core/plugins/findings.h"

#include <octavo/abi.h>

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace octavo {

// "an integer from 0 to 100 (start of the random numbers)"
std::string expected_text(const octavo_parameter& parameter);

// The words that a string may be; empty: any.
std::vector<std::string> choices_of(const octavo_parameter& parameter);

bool is_list(octavo_parameter_type type);
bool is_bounded(const octavo_parameter& parameter);

// True if the value may be used. A list of one may be given without brackets. What is wrong with an element is said of that element.
bool check_value(const octavo_parameter& parameter, const boost::json::value& value, const std::string& place,
                 std::vector<Finding>& findings);

// True if a file or folder is there. `path` has been resolved; the nearest name in its folder is offered.
bool check_exists(const std::string& path, const std::string& expected, const std::string& place, std::vector<Finding>& findings);

}  // namespace octavo
