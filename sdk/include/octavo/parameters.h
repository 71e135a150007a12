// A plugin's parameters in C++: how they are declared, and how their values are read by name. The host has validated values against the
// declaration before a plugin sees them, so a wrong name or type here is a mistake of the plugin's author and throws.
#pragma once

#include <octavo/abi.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace octavo {

constexpr octavo_parameter integer(const char* name, const char* fallback, double minimum, double maximum, const char* doc) {
    return {name, OCTAVO_INT, fallback, minimum, maximum, nullptr, doc};
}
constexpr octavo_parameter real(const char* name, const char* fallback, double minimum, double maximum, const char* doc) {
    return {name, OCTAVO_REAL, fallback, minimum, maximum, nullptr, doc};
}
constexpr octavo_parameter boolean(const char* name, const char* fallback, const char* doc) {
    return {name, OCTAVO_BOOL, fallback, 0, 0, nullptr, doc};
}
constexpr octavo_parameter string(const char* name, const char* fallback, const char* choices, const char* doc) {
    return {name, OCTAVO_STRING, fallback, 0, 0, choices, doc};
}
constexpr octavo_parameter path(const char* name, const char* fallback, const char* doc) {
    return {name, OCTAVO_PATH, fallback, 0, 0, nullptr, doc};
}
constexpr octavo_parameter integers(const char* name, const char* fallback, double minimum, double maximum, const char* doc) {
    return {name, OCTAVO_INT_LIST, fallback, minimum, maximum, nullptr, doc};
}
constexpr octavo_parameter reals(const char* name, const char* fallback, double minimum, double maximum, const char* doc) {
    return {name, OCTAVO_REAL_LIST, fallback, minimum, maximum, nullptr, doc};
}
constexpr octavo_parameter strings(const char* name, const char* fallback, const char* doc) {
    return {name, OCTAVO_STRING_LIST, fallback, 0, 0, nullptr, doc};
}

class Values {
public:
    Values(std::span<const octavo_parameter> declared, const octavo_value* values) : declared_(declared), values_(values) {}

    bool has(const char* name) const { return find(name).count > 0; }
    std::int64_t integer(const char* name) const { return one(name).ints[0]; }
    double real(const char* name) const { return one(name).reals[0]; }
    bool boolean(const char* name) const { return one(name).ints[0] != 0; }
    std::string text(const char* name) const { return one(name).strings[0]; }
    std::span<const std::int64_t> integers(const char* name) const { return {find(name).ints, static_cast<std::size_t>(find(name).count)}; }
    std::span<const double> reals(const char* name) const { return {find(name).reals, static_cast<std::size_t>(find(name).count)}; }
    std::vector<std::string> texts(const char* name) const {
        const octavo_value& value = find(name);
        return {value.strings, value.strings + value.count};
    }

private:
    const octavo_value& find(const char* name) const {
        for (std::size_t i = 0; i < declared_.size(); ++i)
            if (std::strcmp(declared_[i].name, name) == 0) return values_[i];
        throw std::logic_error(std::string("parameter '") + name + "' is not declared");
    }
    const octavo_value& one(const char* name) const {
        const octavo_value& value = find(name);
        if (value.count < 1) throw std::logic_error(std::string("parameter '") + name + "' has no value");
        return value;
    }

    std::span<const octavo_parameter> declared_;
    const octavo_value* values_;
};

}  // namespace octavo
