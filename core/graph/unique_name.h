// Names for what a reader makes, where a file gives one twice or none.
#pragma once

#include <map>
#include <string>

namespace octavo {

// `wish`, or `wish.2` and so on; `taken` counts what was given.
inline std::string unique_name(std::map<std::string, int>& taken, const std::string& wish) {
    if (taken.emplace(wish, 1).second) return wish;
    std::string name;
    do name = wish + "." + std::to_string(++taken[wish]);
    while (!taken.emplace(name, 1).second);
    return name;
}

}  // namespace octavo
