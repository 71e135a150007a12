// Reads one JSON object of a config key by key. Every key that is asked for is known; `finish` reports the others with the nearest known
// name. Wrong types and values become findings, and the fallback is returned so that reading goes on.
#pragma once

#include "core/plugins/findings.h"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace octavo {

class Section {
public:
    // All three outlive the section.
    Section(const boost::json::object& object, std::string pointer, std::vector<Finding>& findings)
        : object_(object), pointer_(std::move(pointer)), findings_(findings) {}

    const std::string& pointer() const { return pointer_; }
    std::vector<Finding>& findings() { return findings_; }
    std::string place(std::string_view key) const { return pointer_ + pointer_step(key); }

    // nullptr where the key is absent or null.
    const boost::json::value* find(const char* key);
    // The same of an object or a list; another type is a finding.
    const boost::json::object* object(const char* key, const char* expected);
    const boost::json::array* array(const char* key, const char* expected);

    std::optional<std::string> text(const char* key, const char* expected);
    // "one of a, b"
    std::string choice(const char* key, const std::vector<std::string>& choices, const std::string& fallback);
    std::int64_t integer(const char* key, std::int64_t fallback, std::int64_t least, std::int64_t greatest);
    std::optional<double> number(const char* key, double least, double greatest);

    void missing(const char* key, const std::string& expected);
    void wrong(const char* key, const std::string& expected);
    void finish();

private:
    const boost::json::object& object_;
    std::string pointer_;
    std::vector<Finding>& findings_;
    std::vector<std::string> known_;
};

}  // namespace octavo
