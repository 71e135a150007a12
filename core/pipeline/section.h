// Reads one JSON object of a config by the table that declares its keys. Values that are wrong become findings and are then absent or the
// default, so that reading goes on; `finish` reports keys that the table does not have, with the nearest that it has.
#pragma once

#include "core/pipeline/config_keys.h"
#include "core/plugins/findings.h"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

// What was read, with the table's defaults for keys that are not there; keys that may be absent stay so.
boost::json::object with_defaults(const boost::json::object& given, const KeyTable& table);

class Section {
public:
    // All but the pointer outlive the section.
    Section(const boost::json::object& object, std::string pointer, const KeyTable& table, std::vector<Finding>& findings)
        : object_(object), pointer_(std::move(pointer)), table_(table), findings_(findings) {}

    std::string place(std::string_view key) const { return pointer_ + pointer_step(key); }
    std::vector<Finding>& findings() { return findings_; }

    // Every `key` below is one that the table declares. nullptr where it is absent or null.
    const boost::json::value* find(std::string_view key);
    // The same of an object or a list; another type is a finding.
    const boost::json::object* object(std::string_view key);
    const boost::json::array* array(std::string_view key);

    // Values with the default of the table; absent where they are wrong, or have none.
    std::optional<std::string> text(std::string_view key);
    std::vector<std::string> texts(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key);
    std::optional<double> number(std::string_view key);
    // One value stands for all elements of the list.
    std::optional<std::vector<double>> numbers(std::string_view key);

    // Findings about a key as a whole.
    void missing(std::string_view key);
    void wrong(FindingCode code, std::string_view key, const std::string& expected);
    // Also reports where not exactly one key is there and the table wants that.
    void finish();

private:
    const ConfigKey& row(std::string_view key) const;
    std::optional<boost::json::value> checked(std::string_view key);

    const boost::json::object& object_;
    std::string pointer_;
    const KeyTable& table_;
    std::vector<Finding>& findings_;
};

}  // namespace octavo
