// From the JSON object of a config to the values that a plugin is created with, by the plugin's declared table: unknown keys, wrong types,
// numbers out of bounds, wrong choices and files that are not there become findings, defaults are filled in, paths are resolved against the
// config's folder.
#pragma once

#include "core/plugins/findings.h"
#include "core/plugins/registry.h"

#include <octavo/abi.h>

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace octavo {

// Values in the order of declaration, with the storage they point into. Moves, but is not copied.
class ParameterValues {
public:
    ParameterValues() = default;
    ParameterValues(ParameterValues&&) = default;
    ParameterValues& operator=(ParameterValues&&) = default;
    ParameterValues(const ParameterValues&) = delete;
    ParameterValues& operator=(const ParameterValues&) = delete;

    const octavo_value* data() const { return values_.data(); }
    std::size_t size() const { return values_.size(); }
    // The values as JSON text, defaults included and paths resolved: what the report shows.
    const std::string& json() const { return json_; }

private:
    friend class ParameterReader;
    struct Storage {
        std::vector<std::int64_t> ints;
        std::vector<double> reals;
        std::vector<std::string> strings;
        std::vector<const char*> pointers;
    };
    std::vector<Storage> storage_;
    std::vector<octavo_value> values_;
    std::string json_ = "{}";
};

struct ParameterPlace {
    std::string folder;                                              // of the config
    std::string pointer;                                             // of the object in the config
    std::map<std::string, std::string, std::less<>> elsewhere = {};  // keys that another object holds, with its pointer
    std::vector<std::string> own_keys = {};                          // that such another object knows besides the parameters
};

// `given` holds parameters only (the key "plugin" has been taken out). Findings are appended; where there are some the values are not to be
// used.
ParameterValues check_parameters(const LoadedPlugin& plugin, const boost::json::object& given, const ParameterPlace& place,
                                 std::vector<Finding>& findings);

// `path` relative to `folder`, unless it is absolute.
std::string resolve_path(const std::string& folder, const std::string& path);

}  // namespace octavo
