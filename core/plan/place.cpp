// Errors say what was found in at most 60 letters.
#include "core/plan/place.h"

#include "core/base/files.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace octavo {
namespace {

namespace json = boost::json;

std::string shown(const json::value& value) {
    const std::string text = json::serialize(value);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

// Another file than was meant has another format, or none: its place in JSON says nothing then.
Result<void> check_format(const Place& root, const JsonFormat& expected) {
    const json::object* object = root.value.if_object();
    const json::value* format = object ? object->if_contains("format") : nullptr;
    const std::string found = format ? "the format " + shown(*format) : "JSON without a format";
    if (!format || !format->is_string() || std::string_view(format->get_string()) != expected.name)
        return Error(Code::config, "found " + found + ", expected " + expected.wanted);
    OCTAVO_TRY(const Place version, member(root, "version"));
    const std::int64_t* number = version.value.if_int64();
    if (!number || *number != expected.version) return version.expected(std::to_string(expected.version));
    return {};
}

}  // namespace

Error Place::error(const std::string& text) const {
    return {Code::config, (pointer.empty() ? "/" : pointer) + ": " + text};
}

Error Place::expected(const std::string& what) const {
    return error("found " + shown(value) + ", expected " + what);
}

Place Place::at(const json::value& inner, std::string_view key) const {
    std::string escaped;  // RFC 6901
    for (const char letter : key) escaped += letter == '~' ? "~0" : letter == '/' ? "~1" : std::string(1, letter);
    return {inner, pointer + "/" + escaped};
}

Result<const json::object*> object_of(const Place& place) {
    if (const json::object* object = place.value.if_object()) return object;
    return place.expected("an object");
}

Result<void> check_keys(const Place& place, std::span<const std::string> known) {
    OCTAVO_TRY(const json::object* object, object_of(place));
    for (const auto& member : *object) {
        const std::string key(member.key());
        if (std::find(known.begin(), known.end(), key) == known.end())
            return place.error("has an unknown key '" + key + "'" + did_you_mean(key, known));
    }
    return {};
}

Result<Place> member(const Place& place, const char* key) {
    OCTAVO_TRY(const json::object* object, object_of(place));
    const json::value* found = object->if_contains(key);
    if (!found) return place.error(std::string("lacks '") + key + "'");
    return place.at(*found, key);
}

Result<std::string> text_of(const Place& place) {
    if (const json::string* text = place.value.if_string()) return std::string(*text);
    return place.expected("a string");
}

Result<std::string> text_member(const Place& place, const char* key) {
    OCTAVO_TRY(const Place found, member(place, key));
    return text_of(found);
}

Result<void> read_json(const std::string& path, const JsonFormat& format, const ReadRoot& read) {
    return read_json(path, format.wanted, [&](const Place& root) {
        const Result<void> fits = check_format(root, format);
        return fits ? read(root) : fits;
    });
}

Result<void> read_json(const std::string& path, const std::string& wanted, const ReadRoot& read) {
    OCTAVO_TRY(const MappedFile file, map_file(path, Code::config));
    boost::json::error_code failed;
    const json::value value = json::parse(json::string_view(file.text().data(), file.text().size()), failed);
    if (failed) return Error(Code::config, path + ": found no JSON (" + failed.message() + "), expected " + wanted);
    const Result<void> done = read({value, ""});
    return done ? Result<void>() : done.error().within(path);
}

}  // namespace octavo
