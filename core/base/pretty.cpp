// Short lists and objects of plain values stand on one line.
#include "core/base/pretty.h"

#include "core/base/text.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace octavo {
namespace {

namespace json = boost::json;

std::string quoted(std::string_view text) {
    return json::serialize(json::string(as_utf8(text)));
}

// Of what is no object and no list, or an empty one.
std::string plain(const json::value& value) {
    if (const json::string* text = value.if_string()) return quoted(*text);
    if (!value.is_double()) return json::serialize(value);
    if (!std::isfinite(value.get_double())) return "null";
    char digits[32];  // the shortest that reads back the same
    return {digits, std::to_chars(digits, digits + sizeof digits, value.get_double()).ptr};
}

void print(std::string& out, const json::value& value, const std::string& indent) {
    const auto is_flat = [](const json::value& v) { return !v.is_structured(); };
    const std::string inner = indent + "  ";
    if (const json::object* object = value.if_object(); object && !object->empty()) {
        const bool is_row =
            object->size() <= 5 && std::all_of(object->begin(), object->end(), [&](const auto& m) { return is_flat(m.value()); });
        out += is_row ? "{" : "{\n";
        bool first = true;
        for (const auto& member : *object) {
            if (!first) out += is_row ? ", " : ",\n";
            first = false;
            out += (is_row ? "" : inner) + quoted(member.key()) + ": ";
            print(out, member.value(), inner);
        }
        out += is_row ? "}" : "\n" + indent + "}";
    } else if (const json::array* array = value.if_array(); array && !array->empty()) {
        const bool is_row = array->size() <= 8 && std::all_of(array->begin(), array->end(), is_flat);
        out += is_row ? "[" : "[\n";
        bool first = true;
        for (const json::value& element : *array) {
            if (!first) out += is_row ? ", " : ",\n";
            first = false;
            if (!is_row) out += inner;
            print(out, element, inner);
        }
        out += is_row ? "]" : "\n" + indent + "]";
    } else {
        out += plain(value);
    }
}

}  // namespace

std::string line_json(const json::value& value) {
    std::string text;
    if (const json::object* object = value.if_object()) {
        for (const auto& member : *object) text += (text.empty() ? "" : ", ") + quoted(member.key()) + ": " + line_json(member.value());
        return "{" + text + "}";
    }
    if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array) text += (text.empty() ? "" : ", ") + line_json(element);
        return "[" + text + "]";
    }
    return plain(value);
}

std::string pretty_json(const json::value& value) {
    std::string text;
    print(text, value, "");
    return text + "\n";
}

}  // namespace octavo
