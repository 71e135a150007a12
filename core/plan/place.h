// JSON values that know their place, so that each error of a plan, of costs or of another file that programs write names it (a JSON
// pointer).
#pragma once

#include "core/base/text.h"

#include <octavo/result.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace octavo {

struct Place {
    const boost::json::value& value;
    std::string pointer;

    Error error(const std::string& text) const;
    Error expected(const std::string& what) const;  // "found ..., expected ..."
    Place at(const boost::json::value& inner, std::string_view key) const;
};

Result<const boost::json::object*> object_of(const Place& place);
// All members must be known: others are typing mistakes or of a newer version.
Result<void> check_keys(const Place& place, std::span<const std::string> known);
Result<Place> member(const Place& place, const char* key);
Result<std::string> text_of(const Place& place);
Result<std::string> text_member(const Place& place, const char* key);

// An object whose members are all of one kind.
template <class T>
Result<std::map<std::string, T>> section(const Place& root, const char* key, Result<T> (*read)(const Place&)) {
    OCTAVO_TRY(const Place place, member(root, key));
    OCTAVO_TRY(const boost::json::object* object, object_of(place));
    std::map<std::string, T> entries;
    for (const auto& entry : *object) {
        OCTAVO_TRY(entries[std::string(entry.key())], read(place.at(entry.value(), entry.key())));
    }
    return entries;
}

// What a file must be, and what is expected in place of another one.
struct JsonFormat {
    std::string_view name;
    std::int64_t version;
    std::string wanted;
};

// The file's root, which must be an object of this format and version; or is whatever the file holds.
using ReadRoot = std::function<Result<void>(const Place& root)>;
Result<void> read_json(const std::string& path, const JsonFormat& format, const ReadRoot& read);
Result<void> read_json(const std::string& path, const std::string& wanted, const ReadRoot& read);

}  // namespace octavo
