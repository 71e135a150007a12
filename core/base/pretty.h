// JSON as people read it: two blanks a level, keys in their order, numbers as the shortest text that reads back to the same value
// (null where they are none), bytes that are no UTF-8 as U+FFFD.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace octavo {

std::string pretty_json(const boost::json::value& value);
// The same on one line, without an end of line.
std::string line_json(const boost::json::value& value);

}  // namespace octavo
